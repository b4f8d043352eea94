"""A customer's timeline as the API tells it: today's names, and whether she did it or it was done to her."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from access.asking import cursor_in
from access.listing import read_page, shown_on
from access.models import ApiKey
from access.strict_json import moment
from customers import profiles
from customers.models import Customer
from events import catalogue
from events.models import Event, EventDefinition

# What the customer did; everything else is what was done in return.
ACTIONS = frozenset(
    name
    for name in catalogue.KNOWN
    if name.startswith(("redemption.succeeded", "redemption.failed", "voucher.validation", "order."))
) | {"customer.created", "customer.updated"}
CUSTOM = "customer.custom_event"


def of(customer: Customer) -> QuerySet[Event]:
    return Event.objects.filter(customer=customer).order_by("-id")


def in_category(events: QuerySet[Event], category: str) -> QuerySet[Event]:
    """Keep what the customer did (ACTION), custom events among it, or what was done in return (EFFECT)."""
    effects = [name for name in catalogue.KNOWN if name not in ACTIONS]
    return events.filter(name__in=effects) if category == "EFFECT" else events.exclude(name__in=effects)


def of_type(events: QuerySet[Event], told_type: str) -> QuerySet[Event]:
    if told_type == CUSTOM:
        return events.exclude(name__in=list(catalogue.KNOWN))
    return events.filter(name=catalogue.canonical(told_type))


def between(events: QuerySet[Event], start: datetime | None, end: datetime | None) -> QuerySet[Event]:
    if start is not None:
        events = events.filter(occurred_at__gte=start)
    return events if end is None else events.filter(occurred_at__lt=end)


def about_campaign(events: QuerySet[Event], campaign_id: str | None, campaign_type: str | None) -> QuerySet[Event]:
    """Keep what happened with codes of one campaign, or of campaigns of one kind, as the events tell it."""
    if campaign_id is not None:
        events = events.filter(properties__campaign__id=campaign_id)
    return events if campaign_type is None else events.filter(properties__campaign__campaign_type=campaign_type)


def told(events: Sequence[Event], customer: Customer) -> list[dict[str, Any]]:
    """Return lines of the timeline of this customer, whose own short form comes along, with who reported what."""
    who = profiles.simple(customer)
    keys = ApiKey.objects.in_bulk({event.key_id for event in events if event.key_id is not None})
    schemas = schemas_of(events)
    return [_line(event, who, keys.get(event.key_id or 0), schemas) for event in events]


def schemas_of(events: Sequence[Event]) -> dict[str, str]:
    """Return the ids of the schemas of the shop's own events among these, by their names."""
    own = {event.name for event in events} - catalogue.KNOWN.keys()
    return dict(EventDefinition.objects.filter(name__in=own).values_list("name", "public_id")) if own else {}


def _line(event: Event, who: dict[str, Any], key: ApiKey | None, schemas: Mapping[str, str]) -> dict[str, Any]:
    reporter = {"api_key": {"name": key.name, "app_id": key.app_id}} if key else {}
    return {
        "id": event_id(event),
        "type": told_type(event.name),
        "data": {"data": told_data(event, who, schemas), "event_source": {"channel": event.source, **reporter}},
        "created_at": moment(event.occurred_at),
        "group_id": event.group_id or None,
        "object": "event",
    }


def event_id(event: Event) -> str:
    return f"evcus_{event.id.hex}"


def told_type(name: str) -> str:
    """Return the name that timelines use today: the spelling that begins with ``customer.``"""
    internal = catalogue.KNOWN.get(name)
    if internal is None:
        return CUSTOM
    spellings = (name, *internal.aliases)
    return next((spelling for spelling in spellings if spelling.startswith("customer.")), name)


def told_data(event: Event, customer: dict[str, Any], schemas: Mapping[str, str]) -> dict[str, Any]:
    """Return what an event of this customer is about, as timelines and webhooks tell it."""
    if event.name in catalogue.KNOWN:
        return {"customer": customer, **event.properties}
    told = {"id": event.public_id, "object": "event", "type": event.name, "metadata": event.properties}
    lacking = {"referral": None, "loyalty": None}
    happened = {**told, "customer": customer, **lacking, "created_at": moment(event.occurred_at)}
    schema = {"id": schemas.get(event.name), "name": event.name}
    return {"event": happened, "event_schema": schema, "customer": customer, **lacking}


def page_about_voucher(
    request: Request, customer: Customer, voucher_id: str
) -> tuple[list[dict[str, Any]], str | None]:
    """Tell a page of what happened to one code of a customer, latest first, and after which id the next one begins."""
    found = of(customer).filter(properties__voucher__id=voucher_id)
    if (after := cursor_in(request)) is not None:
        found = found.filter(id__lt=after)
    shown, has_more = shown_on(found, read_page(request))
    return told(shown, customer), event_id(shown[-1]) if has_more else None
