"""Campaigns come to be, change, rest and go: every one of it recorded as an event."""

from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.db.models.functions import Now

from access.problems import Problem
from backlog import asking
from backlog.models import AsyncAction
from campaigns import pools, terms
from campaigns.models import Campaign, Voucher
from campaigns.representation import campaign_json
from campaigns.terms import Terms
from events.tracking import Fact, track


def create(asked: Terms | None = None, **given: Any) -> Campaign:
    """Create a campaign and order its codes; they are made in the background, slice by slice.

    Takes checked terms, or the fields of ``Terms`` by name (``code_config`` and ``discount`` as JSON).
    """
    asked = asked or _terms(given)
    terms.check_dates(asked.start_date, asked.expiration_date)
    terms.check_room(asked.codes, asked.vouchers_count)
    fields = asdict(asked)
    count, _ = fields.pop("vouchers_count"), fields.pop("codes")
    try:
        with transaction.atomic():
            campaign = Campaign.objects.create(**fields, code_config=asked.codes.as_json())
            campaign.refresh_from_db(fields=["created_at"])
            if count:
                pools.order_codes(campaign, count)
            _tell("created", campaign)
    except IntegrityError as error:
        raise _name_is_taken(asked.name) from error
    return campaign


def _terms(given: dict[str, Any]) -> Terms:
    voucher: dict[str, Any] = {key: given.pop(key) for key in ("discount", "code_config") if key in given}
    if "redemption_quantity" in given:
        voucher["redemption"] = {"quantity": given.pop("redemption_quantity")}
    return terms.parse({**given, "voucher": voucher})


def _name_is_taken(name: str) -> Problem:
    details = f"A campaign with the name {name} already exists"
    return Problem(
        409, "duplicate_found", "Duplicate resource found", details, resource_id=name, resource_type="campaign"
    )


def change(campaign: Campaign, changes: dict[str, Any]) -> Campaign:
    """Change what may change later; dates do not touch codes that customers hold already."""
    if "discount" in changes and changes["discount"]["type"] != campaign.discount["type"]:
        details = "The kind of discount cannot be changed; its value can."
        raise Problem(400, "invalid_campaign_params", "The campaign is not valid", details)
    changes = {name: value for name, value in changes.items() if getattr(campaign, name) != value}
    if not changes:
        return campaign
    for name, value in changes.items():
        setattr(campaign, name, value)
    terms.check_dates(campaign.start_date, campaign.expiration_date)
    with transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**changes, updated_at=Now())
        campaign.refresh_from_db()
        _tell("updated", campaign)
    return campaign


def set_active(campaign: Campaign, *, active: bool) -> Campaign:
    """Enable or disable: a disabled campaign's codes do not count, although they can still be given."""
    with transaction.atomic():
        changed = Campaign.objects.filter(pk=campaign.pk, active=not active).update(active=active, updated_at=Now())
        campaign.refresh_from_db()
        if changed:
            _tell("enabled" if active else "disabled", campaign)
    return campaign


def delete(campaign: Campaign) -> AsyncAction:
    """Delete a campaign of which nobody holds a code and nothing else makes use."""
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)
        if Voucher.objects.filter(campaign=campaign, holder__isnull=False).exists():
            raise _in_use(campaign, "Customers hold codes of this campaign. Disable it instead.")
        _tell("deleted", campaign)
        # Unheld codes have nothing that points to them; a million of them need not be loaded to find that out.
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM campaigns_voucher WHERE campaign_id = %s", [campaign.pk])
        try:
            campaign.delete()
        except ProtectedError as error:
            raise _in_use(campaign, "A distribution uses this campaign. Delete the distribution first.") from error
        made, about = campaign.codes_made, campaign.public_id
        return asking.note("CAMPAIGN.VOUCHERS_DELETE", {"deleted": made}, scope="campaigns", about=about)


def _in_use(campaign: Campaign, details: str) -> Problem:
    name = campaign.public_id
    return Problem(400, "resource_in_use", "Resource is in use", details, resource_id=name, resource_type="campaign")


def _tell(verb: str, campaign: Campaign) -> None:
    track(Fact(f"campaign.{verb}", entity_id=campaign.public_id, properties={"campaign": campaign_json(campaign)}))
