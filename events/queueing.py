"""The queue of accepted events: claimed by locking customers, emptied with the work, in one transaction.

This and recording are the only writers of pending rows. A row that keeps failing is set aside with its reason.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Case, F, Value, When
from django.db.models.functions import Now

from access import statements
from access.arrays import array
from access.instances import loaded
from events.models import Event, PendingEvent

CUSTOMERS_MOST = 500
EVENTS_MOST = 5_000
ATTEMPTS_MOST = 5

EVENT_FIELDS = (
    "id", "name", "customer_id", "entity_id", "properties", "occurred_at", "received_at", "clock_adjusted", "source",
    "key_id", "group_id", "caused_by_id", "depth",
)  # fmt: skip

# Oldest first; who is being worked on by another process is left to it.
LOCK = """
    SELECT id FROM customers_customer
    WHERE id = ANY(ARRAY(
        SELECT DISTINCT customer_id FROM (
            SELECT customer_id FROM events_pendingevent
            WHERE quarantined_at IS NULL AND customer_id IS NOT NULL
            ORDER BY event_id LIMIT %s
        ) AS oldest
    ))
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
LOCK_THESE = "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"

# The arrays keep the planner on the indexes: the table's size changes faster than its statistics.
TAKE = """
    WITH nobodys AS (
        SELECT event_id FROM events_pendingevent
        WHERE customer_id IS NULL AND quarantined_at IS NULL AND %s
        ORDER BY event_id LIMIT %s FOR UPDATE SKIP LOCKED
    ), taken AS (
        DELETE FROM events_pendingevent
        WHERE event_id = ANY(ARRAY(
            SELECT event_id FROM (
                SELECT event_id FROM events_pendingevent WHERE customer_id = ANY(%s) AND quarantined_at IS NULL
                UNION ALL SELECT event_id FROM nobodys
            ) AS due ORDER BY event_id LIMIT %s
        ))
        RETURNING event_id
    )
    SELECT event.id, name, event.customer_id, entity_id, properties::text, occurred_at, received_at,
           clock_adjusted, source, key_id, group_id, caused_by_id, depth
    FROM events_event AS event JOIN taken ON event.id = taken.event_id
    ORDER BY event.id
"""

PUT = """
    INSERT INTO events_pendingevent (event_id, customer_id, attempts, error)
    SELECT event_id, customer_id, 0, '' FROM unnest(%s::uuid[], %s::bigint[]) AS given (event_id, customer_id)
"""


def lock_customers() -> list[int]:
    """Lock the customers of the oldest pending events; return those that were free."""
    return _numbers(LOCK, [CUSTOMERS_MOST])


def lock_these_customers(customer_ids: Sequence[int]) -> list[int]:
    return _numbers(LOCK_THESE, [list(customer_ids)])


def take(customer_ids: Sequence[int], *, nobodys: bool, most: int = EVENTS_MOST) -> list[Event]:
    """Take the pending events of these locked customers, and of nobody, off the queue, in order of their ids."""
    with statements.cursor() as cursor:
        cursor.execute(TAKE, [nobodys, most, list(customer_ids), most])
        return [_event(row) for row in cursor.fetchall()]


def put(events: Sequence[Event]) -> None:
    """Queue events that were recorded without their row of the queue."""
    with statements.cursor() as cursor:
        cursor.execute(PUT, [array([event.id for event in events]), array([event.customer_id for event in events])])


def note_failure(event_id: UUID, error: str) -> None:
    """Count a failed attempt; the last one sets the event aside for a person to look at."""
    last = When(attempts__gte=ATTEMPTS_MOST - 1, then=Now())
    PendingEvent.objects.filter(event_id=event_id).update(
        attempts=F("attempts") + 1,
        error=error,
        quarantined_at=Case(last, default=Value(None)),
    )


def put_back(event_ids: Sequence[UUID]) -> int:
    """Queue events again that were set aside."""
    set_aside = PendingEvent.objects.filter(event_id__in=event_ids, quarantined_at__isnull=False)
    return set_aside.update(attempts=0, error="", quarantined_at=None)


def newest_waiting() -> UUID | None:
    waiting = PendingEvent.objects.filter(quarantined_at=None).order_by("-event_id")
    return waiting.values_list("event_id", flat=True).first()


def is_waiting(*, up_to: UUID | None = None) -> bool:
    waiting = PendingEvent.objects.filter(quarantined_at=None)
    return (waiting if up_to is None else waiting.filter(event_id__lte=up_to)).exists()


def _numbers(query: str, parameters: Sequence[Any]) -> list[int]:
    with statements.cursor() as cursor:
        cursor.execute(query, parameters)
        return [number for (number,) in cursor.fetchall()]


def _event(row: tuple[Any, ...]) -> Event:
    return loaded(Event, EVENT_FIELDS, (*row[:4], orjson.loads(row[4]), *row[5:]))
