"""Single codes change: enabled, disabled, given an end of their own."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from access import limits
from access.problems import Problem, invalid_payload
from campaigns import pools, terms
from campaigns.models import Campaign, Voucher
from campaigns.representation import campaign_reference, voucher_reference
from events.tracking import Fact, track


def make(campaign: Campaign) -> Voucher:
    """Make one code now."""
    made = pools.make_now(campaign, 1)
    if not made:
        details = "No further code fits the campaign's pattern."
        raise Problem(400, "invalid_code_config", "The codes cannot be made", details)
    return Voucher.objects.with_names().get(code=made[0])


def add(campaign: Campaign, code: str) -> Voucher:
    """Take one given code into the campaign; raise Problem where it exists."""
    code = limits.identifier(code, "code")
    if pools.add_given(campaign, [code]).taken:
        message = "Duplicate resource found"
        details = f"A voucher with the code {code} already exists"
        raise Problem(409, "duplicate_found", message, details, resource_id=code, resource_type="voucher")
    return Voucher.objects.with_names().get(code=code)


def parse_change(data: object) -> dict[str, Any]:
    """Read the body of ``PUT /v1/vouchers/{code}``; what cannot be changed is ignored, as callers expect."""
    given = limits.mapping(data, "voucher")
    changes: dict[str, Any] = {}
    if "expiration_date" in given:
        end = given["expiration_date"]
        changes["expires_at"] = None if end is None else terms.moment(end, "expiration_date")
    if given.get("active") is not None:
        if not isinstance(given["active"], bool):
            raise invalid_payload("active must be true or false")
        changes["active"] = given["active"]
    if given.get("metadata") is not None:
        changes["metadata"] = limits.metadata(given["metadata"], "metadata")
    return changes


def change(voucher: Voucher, changes: dict[str, Any]) -> Voucher:
    changes = {name: value for name, value in changes.items() if getattr(voucher, name) != value}
    return _update(voucher, changes, "updated") if changes else voucher


def set_active(voucher: Voucher, *, active: bool) -> Voucher:
    """Enable or disable one code; a disabled one is neither given nor counts."""
    if voucher.active == active:
        return voucher
    return _update(voucher, {"active": active}, "enabled" if active else "disabled")


def _update(voucher: Voucher, changes: dict[str, Any], verb: str) -> Voucher:
    with transaction.atomic():
        Voucher.objects.filter(pk=voucher.pk).update(**changes, updated_at=Now())
        changed = Voucher.objects.with_names().get(pk=voucher.pk)
        properties = {"campaign": campaign_reference(changed.campaign)}
        properties["voucher"] = voucher_reference(changed, changed.campaign)
        track(Fact(f"voucher.{verb}", entity_id=changed.public_id, properties=properties))
    return changed
