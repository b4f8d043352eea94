"""The shop of these tests: customers by name, what they do, and the segments they come into."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from access.identifiers import uuid7
from customers import profiles
from customers.models import Customer
from events import pipeline, tracking
from events.clock import database_now
from events.models import Event
from events.tracking import Fact
from segments import definition
from segments.membership import filling, wakeups
from segments.models import Entry, Membership, Segment
from tests.segments.histories import NOW, Person


class Shop:
    """Speaks the tests' sentences: alice abandons a cart, a segment is made, who is in it, what was told."""

    def customer(self, name: str, **said: Any) -> Customer:
        profile = profiles.parse({"source_id": name, **said})
        return tracking.identify(profile, source=Event.Source.API).customer

    def track(
        self, name: str, event: str = "cart_abandoned", ago: timedelta = timedelta(0), **properties: Any
    ) -> Event:
        """Record an event without drawing its consequences."""
        customer = Customer.objects.filter(source_id=name).first() or self.customer(name)
        return tracking.track(Fact(event, customer.pk, properties, occurred_at=database_now() - ago))

    def happens(
        self, name: str, event: str = "cart_abandoned", ago: timedelta = timedelta(0), **properties: Any
    ) -> Event:
        made = self.track(name, event, ago, **properties)
        pipeline.drain()
        return made

    def segment(
        self, *conditions: dict[str, Any], type: str = "auto-update", fill: bool = True, **group: Any
    ) -> Segment:
        tree = {"junction": "and", "conditions": list(conditions), **group}
        segment = definition.create("Segment", type, tree)
        if fill:
            self.fill()
        return segment

    def fill(self) -> None:
        while filling.has_work():
            filling.fill_some()
        pipeline.drain()

    def wake(self, now: datetime | None = None) -> int:
        woken = wakeups.wake_due(now)
        pipeline.drain()
        return woken

    def members(self, segment: Segment) -> set[str]:
        inside = Membership.objects.filter(segment=segment, is_member=True)
        return set(inside.values_list("customer__source_id", flat=True))

    def told(self, segment: Segment) -> list[tuple[str, str]]:
        """Return who entered and left, as it was told, in order."""
        events = Event.objects.filter(name__startswith="customer.segment.", entity_id=segment.public_id).order_by("id")
        return [
            (event.customer.source_id, event.name.rpartition(".")[2]) for event in events.select_related("customer")
        ]

    def stays(self, segment: Segment) -> list[Entry]:
        return list(Entry.objects.filter(segment=segment).order_by("id"))


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop()


@pytest.fixture
def abandoned() -> Callable[..., dict[str, Any]]:
    """Return a condition on how often carts were abandoned."""

    def condition(operator: str = "more_than", value: Any = 0, **more: Any) -> dict[str, Any]:
        return {"event": "cart_abandoned", "metric": "count", "operator": operator, "value": value, **more}

    return condition


caught: list[Any] = []


def catch(batch: Any) -> None:
    """Stand in the pipeline and keep the batch for a test that looks at one stage alone."""
    caught.append(batch)


@pytest.fixture
def alice_abandoned() -> Person:
    """Alice, who abandoned one cart at noon."""
    return Person(Customer(), [Event(id=uuid7(), name="cart_abandoned", occurred_at=NOW, properties={})])
