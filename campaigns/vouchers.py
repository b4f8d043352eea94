"""Single codes change: enabled, disabled, given terms, dates and facts of their own."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from access import limits
from access.problems import Problem
from campaigns import categories, facts, incentives, validity, values
from campaigns.facts import INSIDE, Origin
from campaigns.incentives import DISCOUNT
from campaigns.models import Voucher, Withdrawal
from events.tracking import track
from schemas import checking


def parse_change(data: object) -> dict[str, Any]:
    """Read the body of ``PUT /v1/vouchers/{code}``; what cannot be changed, and what is null, is ignored."""
    given = limits.mapping(data, "voucher")
    changes: dict[str, Any] = {}
    for name, field in (("start_date", "starts_at"), ("expiration_date", "expires_at")):
        if given.get(name) is not None:
            changes[field] = values.moment_or_none(given[name], name)
    if given.get("active") is not None:
        changes["active"] = values.flag(given["active"], "active")
    if given.get("metadata") is not None:
        changes["metadata"] = limits.metadata(given["metadata"], "metadata")
    if given.get("additional_info") is not None:
        changes["additional_info"] = limits.text(given["additional_info"], "additional_info", 400)
    if hours := validity.said_in(given):
        changes["validity"] = hours
    changes |= values.category_in(given)
    if given.get("discount") is not None:
        changes["discount"] = incentives.parse(DISCOUNT, given["discount"])
    return changes


def change(voucher: Voucher, said: dict[str, Any], *, origin: Origin = INSIDE) -> Voucher:
    """Change what is said of one code and differs; tell it once where something did."""
    with transaction.atomic():
        held = Voucher.objects.select_for_update(of=("self",), no_key=True).with_names().get(pk=voucher.pk)
        changes = _changes(held, said)
        if not changes:
            return held
        for name, value in changes.items():
            setattr(held, name, value)
        values.check_dates(held.begins_at, held.ends_at)
        validity.require_start(held.validity, held.begins_at)
        return _update(held, changes, "updated", origin)


def _changes(voucher: Voucher, said: dict[str, Any]) -> dict[str, Any]:
    changes = dict(said)
    if "category" in changes:
        changes["category"] = categories.resolve(changes["category"])
    if "metadata" in changes:
        checking.check("voucher", changes["metadata"])
    if "validity" in changes:
        changes["validity"] = validity.parse(changes["validity"], voucher.validity)
    if (discount := changes.pop("discount", None)) is not None and discount != voucher.discount_terms:
        changes["own_terms"] = _own_discount(voucher, discount)
    return {name: value for name, value in changes.items() if getattr(voucher, name) != value}


def _own_discount(voucher: Voucher, discount: dict[str, Any]) -> dict[str, Any]:
    if voucher.kind != DISCOUNT:
        details = f"A voucher of the type {voucher.kind} has no discount."
        raise Problem(400, "invalid_voucher", "The voucher is not valid", details, resource_id=voucher.code)
    return discount


def set_active(voucher: Voucher, *, active: bool, origin: Origin = INSIDE) -> Voucher:
    """Enable or disable one code; a disabled one is neither given nor counts. A voided one stays as it is."""
    with transaction.atomic():
        if active and Withdrawal.objects.filter(pk=voucher.pk).exists():
            details = "This code was voided. Give its holder another one instead."
            raise Problem(400, "invalid_voucher", "The voucher stays void", details, resource_id=voucher.code)
        changed = Voucher.objects.filter(pk=voucher.pk, active=not active).update(active=active, updated_at=Now())
        held = Voucher.objects.with_names().get(pk=voucher.pk)
        if changed:
            track(facts.of_voucher("enabled" if active else "disabled", held, origin))
    return held


def _update(voucher: Voucher, changes: dict[str, Any], verb: str, origin: Origin) -> Voucher:
    Voucher.objects.filter(pk=voucher.pk).update(**changes, updated_at=Now())
    changed = Voucher.objects.with_names().get(pk=voucher.pk)
    track(facts.of_voucher(verb, changed, origin))
    return changed
