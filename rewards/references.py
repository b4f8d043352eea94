"""What other apps ask of this one by name, in settings."""

from rewards.models import EarningRule, RewardAssignment


def is_earning_rule(public_id: str) -> bool:
    return EarningRule.objects.filter(public_id=public_id).exists()


def is_reward_assignment(public_id: str) -> bool:
    return RewardAssignment.objects.filter(public_id=public_id).exists()


def rules_about(segment: str) -> list[str]:
    """Say in words which earning rule needs a segment."""
    found = EarningRule.objects.filter(segment__public_id=segment).select_related("campaign")[:1]
    return [f"An earning rule of {rule.campaign.name} waits for its members." for rule in found]
