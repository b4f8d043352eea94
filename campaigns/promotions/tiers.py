"""Tiers come to be, change, rest and go: the one writer of them; every change is told as an event."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Now

from access.problems import Problem, not_found
from access.strict_json import moment
from campaigns import categories, validity, values
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign, PromotionTier
from campaigns.promotions import telling
from campaigns.rules import assignments
from campaigns.rules.origins import By
from events.clock import database_now
from schemas import checking

MOST: Final = 100


@transaction.atomic
def create(campaign: Campaign, said: dict[str, Any], *, origin: Origin = INSIDE) -> PromotionTier:
    """Add a tier to a promotion; without a place of its own it comes last."""
    made = write(campaign, [said], origin=origin)
    telling.tell_tiers("created", made, origin)
    return made[0]


@transaction.atomic
def write(campaign: Campaign, said: Sequence[dict[str, Any]], *, origin: Origin = INSIDE) -> list[PromotionTier]:
    """Store these tiers of a promotion, without telling of them yet; raise Problem where there can be none."""
    held = Campaign.objects.select_for_update(no_key=True, of=("self",)).filter(pk=campaign.pk).first()
    if held is None:
        raise not_found("campaign", campaign.public_id)
    if held.campaign_type != Campaign.Kind.PROMOTION:
        raise _refused(f"A campaign of the type {held.campaign_type} has no tiers.")
    of_campaign = PromotionTier.objects.filter(campaign=held)
    if of_campaign.count() + len(said) > MOST:
        raise _refused(f"A promotion has at most {MOST} tiers.")
    last = of_campaign.aggregate(last=Max("hierarchy"))["last"] or 0
    made = [_write(held, {"hierarchy": last + n, **each}, origin) for n, each in enumerate(said, start=1)]
    return _loaded([tier.pk for tier in made])


def _write(campaign: Campaign, said: dict[str, Any], origin: Origin) -> PromotionTier:
    fields = dict(said)
    rule_ids = fields.pop("validation_rules", ())
    fields["category"] = categories.resolve(fields.get("category"))
    fields["validity"] = validity.parse(fields.get("validity") or {})
    _check(fields.get("start_date"), fields.get("expiration_date"), fields["validity"])
    checking.check("promotion_tier", fields.get("metadata", {}))
    tier: PromotionTier = PromotionTier.objects.create(campaign=campaign, **fields)
    assignments.put_on(tier, rule_ids, by=By.within(origin))
    return tier


def _loaded(keys: Sequence[int]) -> list[PromotionTier]:
    rows = PromotionTier.objects.with_names().in_bulk(keys)
    return [rows[key] for key in keys]


@transaction.atomic
def change(tier: PromotionTier, said: dict[str, Any], *, by: By) -> PromotionTier:
    """Change what is said to be other than it is; no change tells nothing."""
    held = _held(tier)
    changes = _changes(held, said)
    rule_ids = changes.pop("validation_rules", None)
    fields = {name: value for name, value in changes.items() if getattr(held, name) != value}
    if rule_ids is not None:
        assignments.set_on(held, rule_ids, by=by)
    if not fields:
        return _loaded([held.pk])[0]
    for name, value in fields.items():
        setattr(held, name, value)
    _check(held.start_date, held.expiration_date, held.validity)
    held.updated_at = database_now()
    held.save(update_fields=[*fields, "updated_at"])
    changed = _loaded([held.pk])
    telling.tell_tiers("updated", changed, by)
    return changed[0]


def _changes(tier: PromotionTier, said: dict[str, Any]) -> dict[str, Any]:
    changes = dict(said)
    if "category" in changes:
        changes["category"] = categories.resolve(changes["category"])
    if "validity" in changes:
        changes["validity"] = validity.parse(changes["validity"], tier.validity)
    if "metadata" in changes:
        checking.check("promotion_tier", changes["metadata"])
    return changes


@transaction.atomic
def set_active(tier: PromotionTier, *, active: bool, origin: Origin = INSIDE) -> PromotionTier:
    """Enable or disable a tier; whoever comes second finds it so already, and tells nothing."""
    rows = PromotionTier.objects.filter(pk=tier.pk, active=not active)
    changed = rows.update(active=active, updated_at=Now())
    told = _loaded([_held(tier).pk])
    if changed:
        telling.tell_tiers("enabled" if active else "disabled", told, origin)
    return told[0]


@transaction.atomic
def delete(tier: PromotionTier, *, by: By) -> None:
    """Take a tier out of sight, with the rules on it; what it gave keeps naming it."""
    held = _held(tier)
    if held.stacked.filter(stack__deleted_at__isnull=True).exists():
        raise _in_use(held, "A stack holds this tier. Take it out of the stack first.")
    if (user := held.distributions.first()) is not None:
        raise _in_use(held, f"The distribution {user} tells of this tier. Take it out of there, or delete that, first.")
    telling.tell_tiers("deleted", _loaded([held.pk]), by, deleted_at=moment(database_now()))
    assignments.set_on(held, [], by=by)
    PromotionTier.objects.filter(pk=held.pk).update(active=False, category=None, deleted_at=Now(), updated_at=Now())


def _in_use(tier: PromotionTier, details: str) -> Problem:
    name, kind = tier.public_id, "promotion_tier"
    return Problem(400, "resource_in_use", "Resource is in use", details, resource_id=name, resource_type=kind)


def _held(tier: PromotionTier) -> PromotionTier:
    rows = PromotionTier.objects.select_for_update(no_key=True, of=("self",))
    held: PromotionTier | None = rows.filter(pk=tier.pk).first()
    if held is None:
        raise not_found("promotion_tier", tier.public_id)
    return held


def _check(start: Any, end: Any, hours: validity.Validity | None) -> None:
    values.check_dates(start, end)
    validity.require_start(hours, start)


def _refused(details: str) -> Problem:
    return Problem(400, "invalid_campaign_params", "The campaign is not valid", details)
