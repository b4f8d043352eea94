"""The one verb by which every app says what happened: track; and the one by which a customer is written: identify."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import transaction

from access import statements
from access.instances import loaded
from access.problems import not_found
from backlog import doorbell
from customers import recalling
from customers.models import Customer
from customers.profiles import Profile
from events import clock, following, pipeline, recording
from events.accepting import Report, accept_group
from events.models import Event
from events.queueing import EVENT_FIELDS
from events.recording import Beside, Happening
from events.tasks import apply_pending


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, as an app says it."""

    name: str
    customer_id: int | None = None
    properties: dict[str, Any] = field(default_factory=dict)
    entity_id: str = ""
    occurred_at: datetime | None = None
    caused_by: Event | None = None
    source: str = Event.Source.INTERNAL
    group_id: str = ""


@dataclass(frozen=True)
class Identified:
    """A customer as she stands after what was said of her."""

    customer: Customer
    created: bool
    changed: list[str]


def track(fact: Fact, *, now: datetime | None = None, beside: Beside | None = None) -> Event:
    return track_many([fact], now=now, beside=beside)[0]


def track_many(facts: Sequence[Fact], *, now: datetime | None = None, beside: Beside | None = None) -> list[Event]:
    """Record facts with their tallies and the work they make, in the caller's transaction where there is one.

    It is one statement, with what is written ``beside`` the facts; so nothing is ever recorded by half. Who asked the
    database's clock for this very work says what it told.
    """
    if not facts:
        assert beside is None, "what is written beside facts needs one"
        return []
    this = following.current()
    follows = this is not None and this.may_follow(fact.customer_id for fact in facts)
    now = this.now if this is not None else now or clock.database_now()
    happenings = [_happening(fact, now) for fact in facts]
    with statements.cursor() as cursor:
        recording.record(cursor, happenings, now, queued=not follows, beside=beside)
    events = [_event(happening, now) for happening in happenings]
    if this is not None and follows:
        for event in events:
            event.properties = _as_stored(event.properties)
        this.events += events
    _ring()
    return events


@transaction.atomic
def identify(
    profile: Profile, *, source: str, group_id: str = "", key_id: int | None = None, keeps_contacts: bool = False
) -> Identified:
    """Make or change the customer who is meant; tell the world where something changed, raise a Problem where not."""
    report = Report(profile, source=source, group_id=group_id, key_id=key_id, keeps_contacts=keeps_contacts)
    with statements.cursor() as cursor:
        outcome = accept_group(cursor, [report])[0]
    if outcome.problem is not None or outcome.draft is None or outcome.draft.id is None:
        raise outcome.problem or not_found("customer", profile.public_id or "")
    if outcome.saying.created or outcome.saying.changed:
        _ring()
    customer = recalling.customers([outcome.draft.id])[outcome.draft.id]
    return Identified(customer, outcome.saying.created, outcome.saying.changed)


def _ring() -> None:
    """Ring after the commit, but not from within the pipeline, which looks for more work by itself."""
    if not pipeline.is_applying():
        doorbell.ring_on_commit(apply_pending)


def _as_stored(properties: dict[str, Any]) -> dict[str, Any]:
    """Return properties as a reaction would read them from the row."""
    return orjson.loads(orjson.dumps(properties, default=str))


def _happening(fact: Fact, now: datetime) -> Happening:
    cause = fact.caused_by
    return Happening(
        fact.name,
        fact.customer_id,
        fact.occurred_at or now,
        fact.properties,
        fact.entity_id,
        source=fact.source,
        group_id=fact.group_id or (cause.group_id if cause else ""),
        caused_by_id=cause.id if cause else None,
        depth=cause.depth + 1 if cause else 0,
    )


def _event(happening: Happening, now: datetime) -> Event:
    values = (
        happening.id, happening.name, happening.customer_id, happening.entity_id, happening.properties,
        happening.occurred_at, now, happening.clock_adjusted, happening.source, happening.key_id, happening.group_id,
        happening.caused_by_id, happening.depth,
    )  # fmt: skip
    return loaded(Event, EVENT_FIELDS, values)
