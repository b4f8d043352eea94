"""What stays of what a customer did who goes: of one who is deleted her history, of one who is erased nothing."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from access.identifiers import first_uuid7_at
from customers.leaving import Departure
from customers.models import Customer
from events import tracking
from events.models import Event, PendingEvent, Tally
from events.tracking import Fact

# How far the clock of the process that names an event may be from the database's.
CLOCKS_DIFFER = timedelta(minutes=10)


def forget(departure: Departure) -> dict[str, int]:
    """Draw no more consequences, and tell once that she is gone."""
    customer = departure.customer
    PendingEvent.objects.filter(customer_id=customer.pk).delete()
    counts = _erase(departure) if departure.is_permanent else {}
    if departure.is_first:
        tracking.track(_fact(departure))
    return counts


def told_of_deletion(customer: Customer) -> QuerySet[Event]:
    """Return what told that a customer was deleted: found by when it happened, not by a search."""
    at = customer.deleted_at
    if at is None:
        return Event.objects.none()
    then = Event.objects.filter(pk__gte=first_uuid7_at(at - CLOCKS_DIFFER), pk__lt=first_uuid7_at(at + CLOCKS_DIFFER))
    return then.filter(name="customer.deleted", entity_id=customer.public_id)


def _erase(departure: Departure) -> dict[str, int]:
    customer = departure.customer
    tallies, _ = Tally.objects.filter(customer=customer).delete()
    events, _ = Event.objects.filter(customer=customer).delete()
    told_of_deletion(customer).update(properties={"customer": {"id": customer.public_id, "object": "customer"}})
    return {"events": events, "customer_events": events, "daily_events": tallies}


def _fact(departure: Departure) -> Fact:
    customer = departure.customer
    told: dict[str, Any] = {"id": customer.public_id, "object": "customer"}
    if not departure.is_permanent:
        told["source_id"] = customer.source_id
    return Fact(
        "customer.deleted",
        entity_id=customer.public_id,
        properties={"customer": told},
        source=departure.source,
        group_id=departure.group_id,
    )
