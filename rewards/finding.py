"""Which program, card, rule or reward an address means; raise a Problem where there is none."""

from access.problems import not_found
from campaigns.models import Campaign, Voucher
from rewards.models import EarningRule, Reward, RewardAssignment


def the_program(id_or_name: str, kind: str = Campaign.Kind.LOYALTY_PROGRAM) -> Campaign:
    """Return the campaign of this id, else the one of this name, where it is of the kind."""
    named = Campaign.objects.named(id_or_name).filter(campaign_type=kind).select_related("category")
    found = sorted(named, key=lambda campaign: campaign.public_id != id_or_name)
    if not found:
        raise not_found("campaign", id_or_name)
    return found[0]


def the_card(code_or_id: str, program: Campaign | None = None, *, kind: str = Campaign.Kind.LOYALTY_PROGRAM) -> Voucher:
    """Return the card of this code, else the one of this id; of the program, where one is named."""
    named = Voucher.objects.named(code_or_id).filter(campaign__campaign_type=kind)
    if program is not None:
        named = named.filter(campaign=program)
    found = sorted(named.with_names(), key=lambda voucher: voucher.code != code_or_id)
    if not found:
        raise not_found("voucher", code_or_id)
    return found[0]


def the_rule(program: Campaign, public_id: str) -> EarningRule:
    found = EarningRule.objects.filter(campaign=program, public_id=public_id).select_related("campaign", "segment")
    rule = None if "\0" in public_id else found.first()
    if rule is None:
        raise not_found("earning_rule", public_id)
    return rule


def the_reward(public_id: str) -> Reward:
    reward = None if "\0" in public_id else Reward.objects.filter(public_id=public_id).first()
    if reward is None:
        raise not_found("reward", public_id)
    return reward


def the_assignment(
    public_id: str, *, program: Campaign | None = None, reward: Reward | None = None
) -> RewardAssignment:
    """Return what puts a reward into a program; within a program, the reward's own id serves as well."""
    found = RewardAssignment.objects.select_related("reward", "campaign")
    if program is not None:
        found = found.filter(campaign=program)
    if reward is not None:
        found = found.filter(reward=reward)
    named = None if "\0" in public_id else found.filter(public_id=public_id).first()
    if named is None and program is not None and "\0" not in public_id:
        named = found.filter(reward__public_id=public_id).first()
    if named is None:
        raise not_found("reward_assignment", public_id)
    return named
