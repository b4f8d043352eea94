"""A customer's timeline as the API tells it: today's names, and whether she did it or it was done to her."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from access.strict_json import moment
from customers.models import Customer
from events import catalogue
from events.models import Event

# What the customer did; everything else is what was done in return.
ACTIONS = frozenset(
    name
    for name in catalogue.INTERNAL
    if name.startswith(("redemption.succeeded", "redemption.failed", "voucher.validation", "order."))
) | {"customer.created", "customer.updated"}
CUSTOM = "customer.custom_event"


def of(customer: Customer) -> QuerySet[Event]:
    return Event.objects.filter(customer=customer).order_by("-id")


def in_category(events: QuerySet[Event], category: str) -> QuerySet[Event]:
    """Keep what the customer did (ACTION), custom events among it, or what was done in return (EFFECT)."""
    effects = [name for name in catalogue.INTERNAL if name not in ACTIONS]
    return events.filter(name__in=effects) if category == "EFFECT" else events.exclude(name__in=effects)


def of_type(events: QuerySet[Event], told_type: str) -> QuerySet[Event]:
    if told_type == CUSTOM:
        return events.exclude(name__in=list(catalogue.INTERNAL))
    return events.filter(name=catalogue.canonical(told_type))


def between(events: QuerySet[Event], start: datetime | None, end: datetime | None) -> QuerySet[Event]:
    if start is not None:
        events = events.filter(occurred_at__gte=start)
    return events if end is None else events.filter(occurred_at__lt=end)


def as_json(event: Event, customer: dict[str, Any]) -> dict[str, Any]:
    """Return one line of the timeline of this customer, whose own short form comes along."""
    return {
        "id": event_id(event),
        "type": told_type(event.name),
        "data": {"data": _told_data(event, customer), "event_source": {"channel": event.source}},
        "created_at": moment(event.occurred_at),
        "group_id": event.group_id or None,
        "object": "event",
    }


def event_id(event: Event) -> str:
    return f"evcus_{event.id.hex}"


def told_type(name: str) -> str:
    """Return the name that timelines use today: the spelling that begins with ``customer.``"""
    internal = catalogue.INTERNAL.get(name)
    if internal is None:
        return CUSTOM
    spellings = (name, *internal.aliases)
    return next((spelling for spelling in spellings if spelling.startswith("customer.")), name)


def _told_data(event: Event, customer: dict[str, Any]) -> dict[str, Any]:
    if event.name in catalogue.INTERNAL:
        return {"customer": customer, **event.properties}
    told = {"id": event.public_id, "object": "event", "type": event.name, "metadata": event.properties}
    lacking = {"referral": None, "loyalty": None}
    happened = {**told, "customer": customer, **lacking, "created_at": moment(event.occurred_at)}
    return {"event": happened, "event_schema": {"id": None, "name": event.name}, "customer": customer, **lacking}
