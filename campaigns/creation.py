"""Campaigns come to be, change, rest and go: every one of it recorded as an event."""

from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from access.problems import Problem, not_found
from access.strict_json import moment
from campaigns import categories, facts, incentives, pools, terms, validity, values
from campaigns.facts import INSIDE, Origin
from campaigns.incentives import BLOCKS, DISCOUNT
from campaigns.models import Campaign
from campaigns.promotions import tiers as promotions
from campaigns.promotions.telling import tell_tiers
from campaigns.promotions.terms import tier as read_tier
from campaigns.rules import assignments
from campaigns.rules.origins import By
from campaigns.terms import Terms
from events.clock import database_now
from events.models import Event
from events.tracking import track
from schemas import checking

# What is said at creation only, or resolved before it is stored.
APART = ("codes", "code", "vouchers_count", "category", "validation_rules", "tiers")


def create(asked: Terms | None = None, *, origin: Origin = INSIDE, **given: Any) -> Campaign:
    """Create a campaign and order its codes; they are made in the background, slice by slice.

    Takes checked terms, or the fields of ``Terms`` by name (``code_config`` and ``discount`` as JSON).
    """
    asked = asked or _terms(given)
    asked.check()
    _require_rewards(asked.referral_program)
    checking.check("voucher" if asked.use_voucher_metadata_schema else "campaign", asked.metadata)
    fields = {name: value for name, value in asdict(asked).items() if name not in APART}
    tiers = [read_tier(tier) for tier in asked.tiers]
    try:
        with transaction.atomic():
            category = categories.resolve(asked.category)
            campaign = Campaign.objects.create(**fields, category=category, code_config=asked.codes.as_json())
            campaign.refresh_from_db(fields=["created_at"])
            created_at = moment(campaign.created_at)
            made = promotions.write(campaign, tiers, origin=origin) if tiers else []
            created = track(facts.of_campaign("created", campaign, origin, created_at=created_at))
            tell_tiers("created", made, origin)
            _fill(campaign, asked, origin, created)
    except IntegrityError as error:
        raise _name_is_taken(asked.name) from error
    return campaign


def _require_rewards(program: dict[str, Any] | None) -> None:
    """Raise a Problem unless the campaigns from which a referral is rewarded are there."""
    promised = [program[name] for name in incentives.REWARDED if name in program] if program else []
    for reward in promised:
        parent = reward["related_object_parent"]
        named = parent.get("id") or parent["name"]
        found = Campaign.objects.named(named).first()
        if found is None:
            raise not_found("campaign", named)
        if found.voucher_kind != reward["type"]:
            raise _stays(f"The codes of {found.name} are not of the type {reward['type']}.")


def _fill(campaign: Campaign, asked: Terms, origin: Origin, created: Event) -> None:
    """Order the codes of a campaign, or take in the one code that all customers use; put on the rules asked for."""
    assignments.put_on(campaign, asked.validation_rules, by=By.within(origin))
    caused = replace(origin, caused_by=created)
    if asked.vouchers_count:
        pools.order_codes(campaign, asked.vouchers_count, caused)
    if asked.code is not None and pools.add_given(campaign, [asked.code], origin=caused).taken:
        raise pools.code_is_taken(asked.code)


def _terms(given: dict[str, Any]) -> Terms:
    names = ("discount", "gift", "loyalty_card", "code_config", "code")
    voucher: dict[str, Any] = {key: given.pop(key) for key in names if key in given}
    if "redemption_quantity" in given:
        voucher["redemption"] = {"quantity": given.pop("redemption_quantity")}
    return terms.parse({**given, "voucher": voucher})


def _name_is_taken(name: str) -> Problem:
    details = f"A campaign with the name {name} already exists"
    return Problem(
        409, "duplicate_found", "Duplicate resource found", details, resource_id=name, resource_type="campaign"
    )


def change(campaign: Campaign, said: dict[str, Any], *, origin: Origin = INSIDE) -> Campaign:
    """Change what may change later; dates do not touch codes that customers hold already or have used."""
    with transaction.atomic():
        held = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related("category")
        campaign = held.get(pk=campaign.pk)
        changes = _changes(campaign, said)
        if not changes:
            return campaign
        if {"start_date", "expiration_date"} & set(changes):
            pools.keep_dates(campaign)
        for name, value in changes.items():
            setattr(campaign, name, value)
        values.check_dates(campaign.start_date, campaign.expiration_date)
        validity.require_start(campaign.validity, campaign.start_date)
        campaign.updated_at = database_now()
        campaign.save(update_fields=[*changes, "updated_at"])
        track(facts.of_campaign("updated", campaign, origin))
    return campaign


def _changes(campaign: Campaign, said: dict[str, Any]) -> dict[str, Any]:
    """Return what differs from what is, in stored form; raise Problem where it must stay as it is."""
    changes = dict(said)
    if "category" in changes:
        changes["category"] = categories.resolve(changes["category"])
    if "validity" in changes:
        changes["validity"] = validity.parse(changes["validity"], campaign.validity)
    if dropped := changes.pop("unset_metadata_fields", None):
        kept = changes.get("metadata", campaign.metadata)
        changes["metadata"] = {name: value for name, value in kept.items() if name not in dropped}
    if "metadata" in changes:
        by_voucher = changes.get("use_voucher_metadata_schema", campaign.use_voucher_metadata_schema)
        checking.check("voucher" if by_voucher else "campaign", changes["metadata"])
    if "referral_program" in changes:
        changes["referral_program"] = _changed_program(campaign, changes["referral_program"])
    for block in BLOCKS.values():
        if block in changes:
            changes[block] = _changed_terms(campaign, block, changes[block])
    _refuse_what_stays(campaign, changes)
    return {name: value for name, value in changes.items() if getattr(campaign, name) != value}


def _changed_terms(campaign: Campaign, block: str, said: dict[str, Any]) -> dict[str, Any]:
    known = getattr(campaign, block)
    if known is None or campaign.voucher_kind is None:
        raise _stays(f"A campaign of the type {campaign.campaign_type} has no {block}.")
    if campaign.voucher_kind == DISCOUNT:
        if said["type"] != known["type"]:
            raise _stays("The kind of discount cannot be changed; its value can.")
        return said
    changed = incentives.parse(campaign.voucher_kind, incentives.over(known, said))
    if incentives.first_balance(campaign.voucher_kind, changed) != campaign.first_balance:
        raise _stays("What is put on each card cannot be changed.")
    return changed


def _changed_program(campaign: Campaign, said: dict[str, Any]) -> dict[str, Any]:
    """Lay what is said of a referral program over what is known; what is not said of it stays."""
    if not campaign.is_referral:
        raise _stays(f"A campaign of the type {campaign.campaign_type} has no referral_program.")
    return incentives.parse_referral_program(incentives.over(campaign.referral_program or {}, said))


def _refuse_what_stays(campaign: Campaign, changes: dict[str, Any]) -> None:
    if changes.get("code_config", campaign.code_config) != campaign.code_config:
        raise _stays("How the codes look cannot be changed.")
    kind = changes.get("type", campaign.type)
    if kind != campaign.type and Campaign.Type.STANDALONE in (kind, campaign.type):
        raise _stays("A campaign with one code for everybody stays one, and no other becomes one.")
    if campaign.campaign_type == Campaign.Kind.LOYALTY_PROGRAM and changes.get("join_once") is False:
        raise _stays("A customer has one card of a loyalty program.")
    if campaign.type == Campaign.Type.STANDALONE and changes.get("join_once"):
        raise _stays("A campaign with one code for everybody cannot give it once per customer.")
    _require_rewards(changes.get("referral_program"))


def _stays(details: str) -> Problem:
    return Problem(400, "invalid_campaign_params", "The campaign is not valid", details)


def set_active(campaign: Campaign, *, active: bool, origin: Origin = INSIDE) -> Campaign:
    """Enable or disable: a disabled campaign's codes do not count, although they can still be given."""
    with transaction.atomic():
        changed = Campaign.objects.filter(pk=campaign.pk, active=not active).update(active=active, updated_at=Now())
        campaign.refresh_from_db()
        if changed:
            track(facts.of_campaign("enabled" if active else "disabled", campaign, origin))
    return campaign
