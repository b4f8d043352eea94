"""Events as lines that a marketer reads: what happened in words, under which sign, and what it was about."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from customers.models import Customer
from customers.wording import in_words
from events import catalogue, timeline
from events.models import Event

PER_PAGE = 40

# Of a shop's own event so many properties are told on its line.
PROPERTIES_TOLD = 4
PROPERTY_LENGTH = 60

# By how an event's name begins; the longest beginning counts.
SIGNS = {
    "customer.email": "mail",
    "customer.sms": "sms",
    "customer.segment": "filter_alt",
    "customer.rewarded": "star",
    "campaign": "confirmation_number",
    "voucher": "confirmation_number",
    "redemption": "redeem",
    "customer": "person",
    "order": "shopping_cart",
    "customer.order": "shopping_cart",
    "product": "inventory_2",
    "sku": "inventory_2",
    "distribution": "send",
    "export": "download",
}
OWN_SIGN = "bolt"

# What a line says, and what stands quietly beneath it; {a.b} is a value of the event's properties, {a.b|c.d} the first
# of two that is told.
WORDS: dict[str, tuple[str, str]] = {
    "customer.created": ("Became known", ""),
    "customer.updated": ("Her profile changed: {changed}", ""),
    "customer.rewarded": ("Earned a reward", "{campaign.name}"),
    "customer.segment.entered": ("Entered the segment {segment.name}", ""),
    "customer.segment.left": ("Left the segment {segment.name}", ""),
    "customer.email.sent": ("Was sent an e-mail", "{distribution.name}"),
    "customer.email.failed": ("An e-mail to her failed", "{distribution.name}"),
    "customer.sms.sent": ("Was sent a text message", "{distribution.name}"),
    "customer.sms.failed": ("A text message to her failed", "{distribution.name}"),
    "voucher.published": ("Got the code {voucher.code}", "{campaign.name}"),
    "voucher.gift.balance_added": ("The balance of {voucher.code} changed", "{campaign.name}"),
    "voucher.validation.succeeded": ("Tried a code, and it could be used", "{validation.code}"),
    "voucher.validation.failed": ("Tried a code that could not be used", "{validation.code}"),
    **{
        f"campaign.promotion_tier.{verb}": (f"The tier {{promotion_tier.name}} was {verb}", "{campaign.name}")
        for verb in ("created", "updated", "deleted", "enabled", "disabled")
    },
    **{
        f"campaign.promotion_stack.{verb}": (f"The stack {{promotion_stack.name}} was {verb}", "{campaign.name}")
        for verb in ("created", "updated", "deleted")
    },
    "redemption.succeeded": ("Redeemed {voucher.code|promotion_tier.name}", "{campaign.name}"),
    "redemption.failed": ("Could not redeem {voucher.code|promotion_tier.name}", "{redemption.failure_message}"),
    "redemption.rollback.succeeded": (
        "Redeeming {voucher.code|promotion_tier.name} was taken back",
        "{redemption_rollback.reason}",
    ),
    "redemption.rollback.failed": ("Taking the redemption of {voucher.code|promotion_tier.name} back failed", ""),
    "order.created": ("Placed the order {order.source_id}", ""),
    "order.updated": ("The order {order.source_id} changed", ""),
    "order.paid": ("Paid the order {order.source_id}", ""),
    "order.canceled": ("The order {order.source_id} was canceled", ""),
    "customer.order.fulfilled": ("The order {order.source_id} was fulfilled", ""),
}

_place = re.compile(r"\{([a-z_.|]+)\}")


@dataclass(frozen=True)
class Line:
    """One event as it is told: its sign, its words, and the event that it followed from."""

    event: Event
    sign: str
    title: str
    detail: str
    cause: Event | None = None

    @property
    def cause_title(self) -> str:
        return title_of(self.cause) if self.cause else "an earlier event"


@dataclass(frozen=True)
class Page:
    """Some lines of a customer's timeline, and the id before which the earlier ones begin."""

    lines: Sequence[Line]
    earlier: UUID | None


def page_of(customer: Customer, *, category: str = "", before: UUID | None = None, most: int = PER_PAGE) -> Page:
    """Return her latest events before an id, each with the one that caused it: two queries."""
    found = list(_narrowed(timeline.of(customer), category, before)[: most + 1])
    shown = found[:most]
    causes = Event.objects.in_bulk([event.caused_by_id for event in shown if event.caused_by_id])
    lines = [line_of(event, causes.get(event.caused_by_id)) for event in shown]
    return Page(lines, shown[-1].pk if len(found) > most else None)


def _narrowed(events: QuerySet[Event], category: str, before: UUID | None) -> QuerySet[Event]:
    if category:
        events = timeline.in_category(events, category)
    return events.filter(pk__lt=before) if before else events


def line_of(event: Event, cause: Event | None = None) -> Line:
    return Line(event, _sign(event.name), title_of(event), _detail(event), cause)


def title_of(event: Event) -> str:
    """Return what happened in words; where a value is missing, the event's plain label."""
    if event.name not in catalogue.KNOWN:
        return event.name.replace("_", " ").replace(".", " ").strip().capitalize() or event.name
    template = WORDS.get(event.name, ("", ""))[0]
    return _filled(template, event.properties) or catalogue.KNOWN[event.name].label


def _sign(name: str) -> str:
    fitting = [start for start in SIGNS if name.startswith(start)] if name in catalogue.KNOWN else []
    return SIGNS[max(fitting, key=len)] if fitting else OWN_SIGN


def _detail(event: Event) -> str:
    if event.name in catalogue.KNOWN:
        return _filled(WORDS.get(event.name, ("", ""))[1], event.properties)
    told = [f"{name}: {in_words(value)}"[:PROPERTY_LENGTH] for name, value in sorted(event.properties.items())]
    more = [f"{len(told) - PROPERTIES_TOLD} more"] if len(told) > PROPERTIES_TOLD else []
    return " · ".join(told[:PROPERTIES_TOLD] + more)


def _filled(template: str, properties: Mapping[str, Any]) -> str:
    """Fill the places of a template, or return nothing where a value is missing."""
    values = {paths: _first(properties, paths) for paths in _place.findall(template)}
    if not all(values.values()):
        return ""
    return _place.sub(lambda found: values[found.group(1)], template)


def _first(properties: Mapping[str, Any], paths: str) -> str:
    return next((value for path in paths.split("|") if (value := _value(properties, path))), "")


def _value(properties: Any, path: str) -> str:
    for part in path.split("."):
        properties = properties.get(part) if isinstance(properties, Mapping) else None
    if isinstance(properties, list):
        return ", ".join(str(item) for item in properties)
    return "" if properties is None or isinstance(properties, Mapping) else str(properties)
