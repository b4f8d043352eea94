"""What happened, written: one statement for a whole group of events, their tallies and the work they make.

Runs on any cursor, in the caller's transaction where there is one. This is the only writer of events, tallies and of
new pending rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from access.arrays import array
from access.identifiers import uuid7
from customers.upserting import Cursor

# The scalars come as arrays in text form and the properties as one array of JSON: half the cost of a list of each.
# Tallies are written in the order of their keys, so that two groups never wait for each other in a ring.
RECORD = """
given AS (
    SELECT * FROM ROWS FROM (
        unnest(%s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::bool[], %s::text[],
               %s::bigint[], %s::text[], %s::uuid[], %s::smallint[]),
        jsonb_array_elements(%s::jsonb)
    ) AS part (id, name, customer_id, entity_id, occurred_at, clock_adjusted, source,
               key_id, group_id, caused_by_id, depth, properties)
), stored AS (
    INSERT INTO events_event (id, name, customer_id, entity_id, occurred_at, clock_adjusted, source,
                              key_id, group_id, caused_by_id, depth, properties, received_at)
    SELECT given.*, %s::timestamptz FROM given
), queued AS (
    INSERT INTO events_pendingevent (event_id, customer_id, attempts, error)
    SELECT id, customer_id, 0, '' FROM given WHERE %s
)
INSERT INTO events_tally AS kept (customer_id, event_name, count, first_at, last_at)
SELECT customer_id, name, count(*), min(occurred_at), max(occurred_at)
FROM given WHERE customer_id IS NOT NULL
GROUP BY customer_id, name ORDER BY customer_id, name
ON CONFLICT (customer_id, event_name) DO UPDATE
SET count = kept.count + excluded.count,
    first_at = least(kept.first_at, excluded.first_at),
    last_at = greatest(kept.last_at, excluded.last_at)
"""


@dataclass(slots=True)
class Happening:
    """One event on its way into the table."""

    name: str
    customer_id: int | None
    occurred_at: datetime
    properties: dict[str, Any]
    entity_id: str = ""
    clock_adjusted: bool = False
    source: str = "INTERNAL"
    key_id: int | None = None
    group_id: str = ""
    caused_by_id: UUID | None = None
    depth: int = 0
    id: UUID = field(default_factory=uuid7)


@dataclass(frozen=True, slots=True)
class Beside:
    """What another app writes with its events, by one statement of its own that returns nothing."""

    statement: str
    parameters: Sequence[object]


def record(
    cursor: Cursor, happenings: Sequence[Happening], now: datetime, *, queued: bool = True, beside: Beside | None = None
) -> None:
    """Write events, tallies and pending rows of this group; the events are applied in the order of their ids.

    Only who reacts to the events in this very transaction may leave them unqueued. What is to be written ``beside``
    them becomes part of the statement: all of it happens, or nothing, with or without a transaction.
    """
    if not happenings:
        assert beside is None, "what is written beside events needs one"
        return
    columns: tuple[Sequence[object], ...] = (
        [h.id for h in happenings],
        [h.name for h in happenings],
        [h.customer_id for h in happenings],
        [h.entity_id for h in happenings],
        [h.occurred_at for h in happenings],
        [h.clock_adjusted for h in happenings],
        [h.source for h in happenings],
        [h.key_id for h in happenings],
        [h.group_id for h in happenings],
        [h.caused_by_id for h in happenings],
        [h.depth for h in happenings],
    )
    properties = orjson.dumps([h.properties for h in happenings], default=str).decode()
    statement, more = (_recording(beside.statement), beside.parameters) if beside else (_recording(), ())
    cursor.execute(statement, [*more, *[array(column) for column in columns], properties, now, queued])


@cache
def _recording(beside: str = "") -> str:
    return f"WITH beside AS ({beside}), {RECORD}" if beside else f"WITH {RECORD}"
