"""What happens to rules, told as events: of each campaign and each code that a rule is on.

A rule on a campaign is told of the campaign, once, however many codes the campaign has.
"""

from collections.abc import Iterable
from typing import Any, Final

from campaigns.models import RuleAssignment, ValidationRule
from campaigns.representation import campaign_reference, voucher_reference
from campaigns.rules.origins import By
from campaigns.rules.representation import assignment_json, rule_reference
from events.tracking import Fact, track_many

# A change of a rule that is on more things is told of the latest of them.
TOLD_MOST: Final = 1_000


def tell_put_on(assignment: RuleAssignment, by: By) -> None:
    track_many(_facts("created", [assignment], by))


def tell_taken_off(assignments: Any, by: By) -> None:
    track_many(_facts("deleted", assignments.with_names().order_by("-id")[:TOLD_MOST], by))


def tell_updated(rule: ValidationRule, by: By) -> None:
    """Tell of every campaign and code that uses a rule that it was changed."""
    told = {"rule": rule_reference(rule), "updated_at": rule_reference(rule)["updated_at"]}
    uses = RuleAssignment.objects.filter(rule=rule).with_names().order_by("-id")[:TOLD_MOST]
    track_many([fact for use in uses for fact in _fact("updated", use, told, by)])


def _facts(verb: str, assignments: Iterable[RuleAssignment], by: By) -> list[Fact]:
    facts = []
    for each in assignments:
        facts += _fact(verb, each, {"rule": rule_reference(each.rule), "assignment": assignment_json(each)}, by)
    return facts


def _fact(verb: str, assignment: RuleAssignment, told: dict[str, Any], by: By) -> list[Fact]:
    """Return the event of the object that a rule is on; only campaigns and codes have such events."""
    kind = assignment.related_object_type
    if assignment.campaign is not None:
        named = campaign_reference(assignment.campaign)
    elif assignment.voucher is not None:
        named = voucher_reference(assignment.voucher)
    else:
        return []
    return [by.fact(f"{kind}.validation_rules.{verb}", assignment.related_object_id, {**told, kind: named})]
