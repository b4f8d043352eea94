"""What a rule may be put on, as callers name it. What other apps or rooms own is asked by a setting."""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from access.problems import Problem, invalid_payload, not_found
from campaigns.models import Campaign, PromotionTier, RuleAssignment, Voucher
from campaigns.rules.assignments import on

OWN: dict[str, Any] = {
    RuleAssignment.On.CAMPAIGN.value: Campaign,
    RuleAssignment.On.VOUCHER.value: Voucher,
    RuleAssignment.On.PROMOTION_TIER.value: PromotionTier,
}


def on_named(kind: object, name: object) -> RuleAssignment:
    """Return an unsaved assignment to what is named by its kind and id; raise a Problem where it is not there."""
    if kind not in RuleAssignment.On.values:
        raise invalid_payload(f"related_object_type must be one of {', '.join(RuleAssignment.On.values)}")
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        raise invalid_payload("related_object_id must be the id of what the rule is put on")
    return _own(str(kind), name) if kind in OWN else _others(str(kind), name)


def _own(kind: str, name: str) -> RuleAssignment:
    found = sorted(OWN[kind].objects.named(name), key=lambda each: each.public_id != name)
    if not found:
        raise not_found(kind, name)
    return on(found[0])


def _others(kind: str, name: str) -> RuleAssignment:
    """Ask the owner, by a function from a public id to whether it is there."""
    path = settings.RULE_SUBJECTS.get(kind)
    if path is None:
        details = f"A rule cannot be put on {kind} here"
        raise Problem(400, "invalid_payload", "Payload is invalid", details)
    if "\0" in name or not import_string(path)(name):
        raise not_found(kind, name)
    return RuleAssignment(related_object_type=kind, related_object_id=name)
