"""The rules on a campaign, a code or a tier, as its page shows them."""

from dataclasses import dataclass
from typing import Any

from campaigns.models import Campaign, RuleAssignment, ValidationRule
from campaigns.rules.assignments import Ruled, on
from campaigns.rules.vocabulary import said

MOST_OFFERED = 200


@dataclass(frozen=True)
class Shown:
    """One rule on the page: where it is put, and what it says."""

    use: RuleAssignment
    sentences: list[str]
    is_inherited: bool


def rules_panel(thing: Ruled) -> dict[str, Any]:
    """Return what the panel shows: the rules on this, and on its campaign, and those to choose from."""
    own = RuleAssignment.objects.filter(related_object_id=thing.public_id)
    of_campaign = None if isinstance(thing, Campaign) else thing.campaign_id
    inherited = RuleAssignment.objects.filter(campaign_id=of_campaign) if of_campaign else own.none()
    uses = [*own.with_names(), *inherited.with_names()]
    spoken = said([use.rule for use in uses])
    shown = [Shown(use, spoken[use.rule.pk], use.related_object_id != thing.public_id) for use in uses]
    there = [each.use.rule.pk for each in shown if not each.is_inherited]
    return {
        "rules": shown,
        "offered": ValidationRule.objects.exclude(pk__in=there).order_by("name")[:MOST_OFFERED],
        "kind": on(thing).related_object_type,
        "id": thing.public_id,
    }
