"""The chain of causes behind an event, and everything that followed from it: one query each."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import prefetch_related_objects

from events.models import Event

LONGEST = 20
MOST = 200

# Up: each event names at most one cause, so the chain is a line.
CAUSES = """
    WITH RECURSIVE chain AS (
        SELECT event.*, 0 AS step FROM events_event AS event WHERE event.id = %s
        UNION ALL
        SELECT event.*, chain.step + 1 FROM chain JOIN events_event AS event ON event.id = chain.caused_by_id
        WHERE chain.step < %s
    )
    SELECT * FROM chain WHERE step > 0 ORDER BY step DESC
"""
# Down: an event may have many effects; the trail of ids keeps each below its own cause.
EFFECTS = """
    WITH RECURSIVE tree AS (
        SELECT event.*, 1 AS step, ARRAY[event.id] AS trail FROM events_event AS event WHERE event.caused_by_id = %s
        UNION ALL
        SELECT event.*, tree.step + 1, tree.trail || event.id
        FROM tree JOIN events_event AS event ON event.caused_by_id = tree.id WHERE tree.step < %s
    )
    SELECT * FROM tree ORDER BY trail LIMIT %s
"""


@dataclass(frozen=True)
class Link:
    """One event of a chain, and how many causes lie between it and the event looked at."""

    event: Event
    step: int


def remembered(event_id: UUID | None) -> Event | None:
    """Return the event that was noted as a cause, None where none was or it is not kept any more."""
    return Event.objects.filter(pk=event_id).first() if event_id else None


def causes(event: Event) -> list[Link]:
    """Return what led to an event, first cause first."""
    return _links(Event.objects.raw(CAUSES, [event.pk, LONGEST]))


def effects(event: Event) -> list[Link]:
    """Return what followed from an event, each below its own cause."""
    return _links(Event.objects.raw(EFFECTS, [event.pk, LONGEST, MOST]))


def _links(rows: object) -> list[Link]:
    events = list(rows)  # type: ignore[call-overload]
    prefetch_related_objects(events, "customer")
    return [Link(event, event.step) for event in events]
