"""A person stops an address, or lets it be written to again; both are written down with the reason she gave."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from access import audit
from customers import suppressing
from customers.models import CHANNELS, Customer, Suppression


@transaction.atomic
def stop(channel: str, address: str, why: str, *, person: User | None = None) -> tuple[Suppression, bool]:
    """Stop an address by hand; return its row, and whether it was not stopped before: the first reason stays."""
    known = suppressing.suppressed(channel, [address])
    customer = Customer.objects.with_email(address.strip()).first() if channel == "email" else None
    reason = Suppression.Reason.MANUAL
    row = suppressing.suppress(channel, address, reason, customer=customer, source=why)
    if not known:
        # The address itself stays out of the record, which outlives the customer.
        audit.record("stop", "suppression", str(row.pk), f"Stopped an address ({channel}): {why}", person=person)
    return row, not known


@transaction.atomic
def lift(found: Suppression, why: str, *, person: User | None = None) -> None:
    """Let an address be written to again. What its customer refused herself by consent still holds."""
    deleted, _ = Suppression.objects.filter(pk=found.pk).delete()
    if deleted:
        summary = f"Lifted a stopped address ({found.channel}, {found.get_reason_display().lower()}): {why}"
        audit.record("lift", "suppression", str(found.pk), summary, person=person)


def of_address(found: QuerySet[Suppression], address: str) -> QuerySet[Suppression]:
    """Return what stops an address on any channel, in whatever spelling; only hashes are kept of them."""
    return found.filter(address_hash__in=[suppressing.hash_of(channel, address) for channel in CHANNELS])
