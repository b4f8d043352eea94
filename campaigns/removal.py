"""Campaigns and codes go: what nobody got is removed; what somebody got stays, out of sight and of no use."""

from contextlib import suppress
from dataclasses import replace

from django.db import IntegrityError, connection, transaction
from django.db.models import F, ProtectedError
from django.db.models.functions import Now

from access.problems import Problem
from access.strict_json import moment
from backlog import asking
from backlog.models import AsyncAction
from campaigns import facts
from campaigns.facts import INSIDE, Origin
from campaigns.models import Campaign, Voucher
from events.clock import database_now
from events.tracking import track

# A million codes that nobody got need not be loaded to be removed. The constraints are looked at in the same moment,
# not at the end of the transaction: what is still pointed at shows itself here.
REMOVE_UNUSED = """
DELETE FROM campaigns_voucher v WHERE campaign_id = %s AND holder_id IS NULL AND redeemed_quantity = 0
   AND NOT EXISTS (SELECT FROM campaigns_transaction t WHERE t.voucher_id = v.id)
"""
COUNT_REST = """
UPDATE campaigns_campaign SET (codes_made, codes_wanted) = (
    SELECT count(*), count(*) FROM campaigns_voucher WHERE campaign_id = %(campaign)s)
WHERE id = %(campaign)s
"""
HIDE_REST = """
UPDATE campaigns_voucher SET active = false, deleted_at = statement_timestamp(), updated_at = statement_timestamp()
WHERE campaign_id = %(campaign)s AND deleted_at IS NULL
"""


def delete(campaign: Campaign, *, also_held: bool = False, origin: Origin = INSIDE) -> AsyncAction:
    """Delete a campaign of which nothing else makes use; only where it is wished, also one whose codes are held."""
    with transaction.atomic():
        held = Campaign.objects.select_for_update(of=("self",)).select_related("category").get(pk=campaign.pk)
        _refuse_where_needed(held, also_held=also_held)
        track(facts.of_campaign("deleted", held, origin, deleted_at=moment(database_now())))
        if not _remove_wholly(held):
            _hide(held)
        result = {"deleted": held.codes_made}
        about, group_id = held.public_id, origin.group_id
        return asking.note("CAMPAIGN.VOUCHERS_DELETE", result, scope="campaigns", about=about, group_id=group_id)


def _refuse_where_needed(campaign: Campaign, *, also_held: bool) -> None:
    name = campaign.public_id
    if campaign.protected:
        details = "This campaign is protected. Take the protection off first."
        raise Problem(
            400, "resource_protected", "Resource is protected", details, resource_id=name, resource_type="campaign"
        )
    if campaign.distributions.exists():
        raise _in_use(campaign, "A distribution uses this campaign. Delete the distribution first.")
    if not also_held and Voucher.objects.filter(campaign=campaign, holder__isnull=False).exists():
        raise _in_use(campaign, "Customers hold codes of this campaign. Disable it instead.")


def _in_use(campaign: Campaign, details: str) -> Problem:
    name = campaign.public_id
    return Problem(400, "resource_in_use", "Resource is in use", details, resource_id=name, resource_type="campaign")


def _remove_wholly(campaign: Campaign) -> bool:
    """Remove a campaign with its codes, unless something of it was used."""
    if Voucher.everything.filter(campaign=campaign, holder__isnull=False).exists():
        return False
    try:
        with transaction.atomic():
            _remove_unused_codes(campaign)
            Campaign.everything.get(pk=campaign.pk).delete()
            _look_at_constraints()
    except (IntegrityError, ProtectedError):
        return False
    return True


def _hide(campaign: Campaign) -> None:
    """Take a campaign and its codes out of sight; its name is free for another."""
    # Where something points at a code that nobody holds, all of them stay.
    with suppress(IntegrityError), transaction.atomic():
        _remove_unused_codes(campaign)
        _look_at_constraints()
    name = f"{campaign.name[:200]} ({campaign.public_id})"
    Campaign.everything.filter(pk=campaign.pk).update(name=name, active=False, deleted_at=Now(), updated_at=Now())
    with connection.cursor() as cursor:
        cursor.execute(COUNT_REST, {"campaign": campaign.pk})
        cursor.execute(HIDE_REST, {"campaign": campaign.pk})


def _remove_unused_codes(campaign: Campaign) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REMOVE_UNUSED, [campaign.pk])


def _look_at_constraints() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def remove(voucher: Voucher, *, origin: Origin = INSIDE) -> None:
    """Delete a code: one that nobody got is removed, another one stays out of sight and counts no more."""
    with transaction.atomic():
        held = Voucher.objects.select_for_update(of=("self",)).with_names().filter(pk=voucher.pk).first()
        if held is None:
            return
        # Whoever held it finds it in her timeline.
        track(replace(facts.of_voucher("deleted", held, origin), customer_id=held.holder_id))
        if not _remove_unused(held):
            Voucher.objects.filter(pk=held.pk).update(active=False, deleted_at=Now(), updated_at=Now())
        elif held.campaign_id is not None:
            Campaign.objects.filter(pk=held.campaign_id).update(
                codes_made=F("codes_made") - 1, codes_wanted=F("codes_wanted") - 1
            )


def _remove_unused(voucher: Voucher) -> bool:
    if voucher.holder_id is not None or voucher.redeemed_quantity:
        return False
    try:
        with transaction.atomic():
            Voucher.everything.get(pk=voucher.pk).delete()
            _look_at_constraints()
    except (IntegrityError, ProtectedError):
        return False
    return True
