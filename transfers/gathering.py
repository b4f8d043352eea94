"""Who gets a code, and which: each contact once, whatever is repeated."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from campaigns.models import Publication
from campaigns.publishing import Wanted, publish_many
from customers import consenting
from customers.models import Customer
from distributions import unsubscribing
from transfers.models import Parcel, Transfer

AT_ONCE = 200
# What a whole campaign is written for.
PURPOSE = "marketing"

# Everybody with a code: of several the one that was given last. Who has none yet, of a segment, waits for hers.
GATHER_HOLDERS = """
INSERT INTO transfers_parcel (transfer_id, customer_id, voucher_id, state, attempts, detail)
SELECT %(transfer)s, v.holder_id, v.id, 'READY', 0, '' FROM (
    SELECT DISTINCT ON (holder_id) holder_id, id FROM campaigns_voucher
    WHERE campaign_id = %(campaign)s AND holder_id IS NOT NULL AND active
      AND (expires_at IS NULL OR expires_at > statement_timestamp())
    ORDER BY holder_id, published_at DESC NULLS LAST, id DESC
) AS v
ON CONFLICT (transfer_id, customer_id) DO NOTHING
"""
GATHER_MEMBERS = """
INSERT INTO transfers_parcel (transfer_id, customer_id, voucher_id, state, attempts, detail)
SELECT %(transfer)s, m.customer_id, v.id, CASE WHEN v.id IS NULL THEN 'NEW' ELSE 'READY' END, 0, ''
FROM segments_membership m LEFT JOIN LATERAL (
    SELECT id FROM campaigns_voucher
    WHERE campaign_id = %(campaign)s AND holder_id = m.customer_id AND active
      AND (expires_at IS NULL OR expires_at > statement_timestamp())
    ORDER BY published_at DESC NULLS LAST, id DESC LIMIT 1
) AS v ON true
WHERE m.segment_id = %(segment)s AND m.is_member
ON CONFLICT (transfer_id, customer_id) DO NOTHING
"""

State = Parcel.State


@transaction.atomic
def gather(transfer: Transfer) -> None:
    """Make the parcels, in the same transaction in which the transfer begins."""
    begun = Transfer.objects.filter(pk=transfer.pk, status=Transfer.Status.SCHEDULED)
    if not begun.update(status=Transfer.Status.IN_PROGRESS, attempts=0):
        return
    asked = {"transfer": transfer.pk, "campaign": transfer.campaign_id, "segment": transfer.segment_id}
    with connection.cursor() as cursor:
        cursor.execute(GATHER_MEMBERS if transfer.segment_id else GATHER_HOLDERS, asked)


@transaction.atomic
def give_codes(transfer: Transfer, now: datetime) -> int:
    """Give codes to some who wait for theirs; return how many were looked at. A pool that is empty fails them."""
    waiting = Parcel.objects.select_for_update(skip_locked=True, of=("self",)).select_related("customer")
    parcels = list(waiting.filter(transfer=transfer, state=State.NEW, due_at__lte=now).order_by("id")[:AT_ONCE])
    if not parcels:
        return 0
    stopped = refusing([parcel.customer for parcel in parcels])
    for parcel in parcels:
        if parcel.customer_id in stopped:
            parcel.state, parcel.detail = State.SKIPPED, stopped[parcel.customer_id]
    _publish(transfer, [parcel for parcel in parcels if parcel.state == State.NEW])
    Parcel.objects.bulk_update(parcels, ["state", "voucher", "detail"])
    return len(parcels)


def refusing(customers: Sequence[Customer]) -> dict[int, str]:
    """Return why these customers get nothing, by their ids: no address, or they said no."""
    consent = unsubscribing.CHANNEL
    stopped = unsubscribing.stopped((consent, customer.email) for customer in customers if customer.email)
    found: dict[int, str] = {}
    for customer in customers:
        if not customer.email:
            found[customer.pk] = "She has no e-mail address."
        elif (consent, customer.email) in stopped or not consenting.may_write(customer, consent, PURPOSE):
            found[customer.pk] = "She does not want messages."
    return found


def _publish(transfer: Transfer, parcels: Sequence[Parcel]) -> None:
    """Publish a code for each; a code of the campaign that an earlier transfer gave her is given again."""
    series = f"mailchimp:{transfer.campaign.public_id}:"
    metadata = {"source_type": "mailchimp_export", "source_id": transfer.public_id}
    wanted = [
        Wanted(parcel.customer_id, f"{series}{transfer.public_id}:{parcel.customer_id}", metadata)
        for parcel in parcels
    ]  # fmt: skip
    given = publish_many(transfer.campaign, wanted, channel="Mailchimp", same_within=series)
    for parcel, one in zip(parcels, wanted, strict=True):
        publication: Publication | None = given.get(one.source_id)
        if publication is None:
            parcel.state, parcel.detail = State.FAILED, "No free code was left."
        else:
            parcel.state, parcel.voucher_id = State.READY, publication.voucher_id
