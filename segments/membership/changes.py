"""Writes what judging found: memberships, entries, and the events that say who came and who went. Set-wise, in order.

The caller holds the customers locked; only the first fill of a segment writes memberships beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from access import statements
from events import tracking
from events.models import Event
from events.tracking import Fact
from segments.compiler.fragments import array
from segments.membership.affected import LiveSegment

ENTERED = "customer.segment.entered"
LEFT = "customer.segment.left"

STANDINGS = """
    SELECT segment_id, customer_id, is_member, epoch, revision, changed_at, next_check_at FROM segments_membership
    WHERE customer_id = ANY(%s) AND segment_id = ANY(%s)
"""
# A segment that was deleted meanwhile is left alone; the others cannot be deleted before this transaction ends.
HOLD = "SELECT id FROM segments_segment WHERE id = ANY((SELECT %s)::bigint[]) ORDER BY id FOR KEY SHARE"
KEEP = """
    INSERT INTO segments_membership
        (segment_id, customer_id, is_member, epoch, revision, changed_at, next_check_at)
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bool[], %s::int[], %s::int[],
                         %s::timestamptz[], %s::timestamptz[])
        AS given (segment_id, customer_id, is_member, epoch, revision, changed_at, next_check_at)
    ORDER BY segment_id, customer_id
    ON CONFLICT (segment_id, customer_id) DO UPDATE
    SET is_member = excluded.is_member, epoch = excluded.epoch, revision = excluded.revision,
        changed_at = excluded.changed_at, next_check_at = excluded.next_check_at
"""
ENTER = """
    INSERT INTO segments_entry (segment_id, customer_id, epoch, entered_at, cause_event_id)
    SELECT segment_id, customer_id, epoch, %s, cause
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::uuid[]) AS given (segment_id, customer_id, epoch, cause)
    ORDER BY segment_id, customer_id, epoch
    ON CONFLICT (segment_id, customer_id, epoch) DO UPDATE
    SET entered_at = excluded.entered_at, cause_event_id = excluded.cause_event_id
    RETURNING id, segment_id, customer_id, epoch
"""
LEAVE = """
    UPDATE segments_entry AS entry SET left_at = %s, left_cause_event_id = given.cause
    FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::uuid[]) AS given (segment_id, customer_id, epoch, cause)
    WHERE entry.segment_id = given.segment_id AND entry.customer_id = given.customer_id AND entry.epoch = given.epoch
    RETURNING entry.id, entry.segment_id, entry.customer_id, entry.epoch
"""

EdgeKey = tuple[int, int, int]


@dataclass(slots=True)
class Standing:
    """How a customer stands to a segment: her membership row, or what it would be."""

    segment_id: int
    customer_id: int
    is_member: bool
    epoch: int
    revision: int
    changed_at: datetime
    next_check_at: datetime | None

    @classmethod
    def unknown(cls, segment: LiveSegment, customer_id: int, now: datetime) -> "Standing":
        """Return how one without a membership stands: outside, or undecided while the segment is being filled."""
        return cls(segment.id, customer_id, False, 0, segment.revision if segment.is_filled else 0, now, None)

    def is_due(self, now: datetime) -> bool:
        return self.next_check_at is not None and self.next_check_at <= now

    def must_wake(self, boundary: datetime | None, now: datetime) -> bool:
        """Say whether the stored check is too late or over. One that is too early costs a look and is left."""
        if self.next_check_at is None:
            return boundary is not None
        return self.next_check_at <= now or (boundary is not None and boundary < self.next_check_at)


@dataclass(frozen=True, slots=True)
class Edge:
    """Somebody came or went, with the event that made it so (None: time, a fill or an edit)."""

    segment: LiveSegment
    customer_id: int
    epoch: int
    entered: bool
    cause: Event | None
    is_told: bool

    @property
    def key(self) -> EdgeKey:
        return (self.segment.id, self.customer_id, self.epoch)


@dataclass(slots=True)
class Changes:
    """What is to be written at the end of a pass over customers."""

    now: datetime
    edges: list[Edge] = field(default_factory=list)
    kept: dict[tuple[int, int], Standing] = field(default_factory=dict)

    def keep(self, standing: Standing) -> None:
        self.kept[standing.segment_id, standing.customer_id] = standing

    def flip(self, standing: Standing, segment: LiveSegment, cause: Event | None, *, is_told: bool) -> None:
        standing.is_member = not standing.is_member
        standing.epoch += standing.is_member
        standing.changed_at = self.now
        self.keep(standing)
        self.edges.append(
            Edge(segment, standing.customer_id, standing.epoch, standing.is_member, cause, is_told=is_told)
        )

    def write(self) -> None:
        """Write memberships and entries, then tell the edges in the order in which they came about."""
        if not self.kept:
            return
        alive = self._hold_segments()
        standings = [each for each in self.kept.values() if each.segment_id in alive]
        edges = [each for each in self.edges if each.segment.id in alive]
        with statements.cursor() as cursor:
            cursor.execute(KEEP, self._columns(standings))
        entry_ids = self._write_entries(ENTER, [each for each in edges if each.entered])
        entry_ids |= self._write_entries(LEAVE, [each for each in edges if not each.entered])
        tracking.track_many([_fact(each, entry_ids[each.key], self.now) for each in edges if each.is_told])

    def _hold_segments(self) -> set[int]:
        with statements.cursor() as cursor:
            cursor.execute(HOLD, [sorted({segment_id for segment_id, _ in self.kept})])
            return {pk for (pk,) in cursor.fetchall()}

    @staticmethod
    def _columns(standings: Sequence[Standing]) -> list[str]:
        return [
            array(each.segment_id for each in standings),
            array(each.customer_id for each in standings),
            array(each.is_member for each in standings),
            array(each.epoch for each in standings),
            array(each.revision for each in standings),
            array(each.changed_at for each in standings),
            array(each.next_check_at for each in standings),
        ]

    def _write_entries(self, statement: str, edges: Sequence[Edge]) -> dict[EdgeKey, int]:
        if not edges:
            return {}
        columns = [
            array(edge.segment.id for edge in edges),
            array(edge.customer_id for edge in edges),
            array(edge.epoch for edge in edges),
            array(edge.cause.id if edge.cause else None for edge in edges),
        ]
        with statements.cursor() as cursor:
            cursor.execute(statement, [self.now, *columns])
            return {(segment_id, customer_id, epoch): pk for pk, segment_id, customer_id, epoch in cursor.fetchall()}


def read_standings(customer_ids: Sequence[int], segment_ids: Sequence[int]) -> list[Standing]:
    with statements.cursor() as cursor:
        cursor.execute(STANDINGS, [list(customer_ids), list(segment_ids)])
        return [Standing(*row) for row in cursor.fetchall()]


def _fact(edge: Edge, entry_id: int, now: datetime) -> Fact:
    segment = edge.segment
    return Fact(
        ENTERED if edge.entered else LEFT,
        edge.customer_id,
        {
            "segment": {"id": segment.public_id, "name": segment.name, "object": "segment"},
            "segment_id": segment.id,
            "entry_id": entry_id,
        },
        entity_id=segment.public_id,
        occurred_at=now,
        caused_by=edge.cause,
    )
