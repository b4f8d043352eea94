"""First fills and refills: who belongs to a segment that is new, or whose filter changed, decided slice by slice.

A slice is a range of customers' ids. Each step is a transaction that may be repeated after a crash; the cursor moves
when the slice is done. A customer with pending events is decided under her lock, as the live path decides: as she stood
before these events, so that what they change is an edge with a cause.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Max, QuerySet

from customers.models import Customer
from events.clock import database_now
from segments.compiler.compiling import predicate
from segments.compiler.fragments import FALSE, TRUE, Fragment, build, joined, value
from segments.conditions.needs import is_timeless, timed_events
from segments.membership import affected
from segments.membership.affected import Index, LiveSegment
from segments.membership.settling import Visit, settle
from segments.models import Segment

# Ids per slice: the most where tallies and attributes decide in one statement, fewer where it reads events, the fewest
# where each customer is judged.
WIDE: Final = 250_000
SETWISE: Final = 50_000
ONE_BY_ONE: Final = 5_000
# New members per slice: a customer of whom the live path is about to write waits until they are committed.
MEMBERS_MOST: Final = 25_000
LOCKED_MOST: Final = 500

OUTSTANDING = (Segment.Fill.WAITING, Segment.Fill.RUNNING)

# One snapshot decides who matches and whose events are still pending. Rows go in by customer id, as the live path's
# do, so that the two never wait for each other in a ring. Those found are held, so that nobody who goes meanwhile is
# taken in; the live path, which locks them too, is not kept waiting. The slice ends with the last one that it has room
# for.
FIRST_MEMBERS = """
    WITH waiting AS MATERIALIZED (
        SELECT DISTINCT customer_id FROM events_pendingevent WHERE customer_id > {} AND customer_id <= {}
    ), found AS MATERIALIZED (
        SELECT c.id FROM customers_customer c
        WHERE c.id > {} AND c.id <= {} AND NOT EXISTS (SELECT 1 FROM waiting w WHERE w.customer_id = c.id) AND {}
        ORDER BY c.id LIMIT {} FOR KEY SHARE OF c
    ), reached AS (
        SELECT CASE WHEN count(*) < {} THEN {} ELSE max(id) END AS id FROM found
    ), joined AS (
        INSERT INTO segments_membership (segment_id, customer_id, is_member, epoch, revision, changed_at)
        SELECT {}, id, TRUE, 1, {}, {} FROM found ORDER BY id
        ON CONFLICT (segment_id, customer_id) DO NOTHING RETURNING segment_id, customer_id, changed_at
    ), entered AS (
        INSERT INTO segments_entry (segment_id, customer_id, epoch, entered_at)
        SELECT segment_id, customer_id, 1, changed_at FROM joined ORDER BY customer_id
    )
    SELECT id, ARRAY(SELECT customer_id FROM waiting WHERE customer_id <= reached.id ORDER BY customer_id) FROM reached
"""
CANDIDATES = """
    SELECT c.id FROM customers_customer c
    LEFT JOIN segments_membership m ON m.segment_id = {} AND m.customer_id = c.id
    WHERE c.id > {} AND c.id <= {}
        AND ({} OR EXISTS (SELECT 1 FROM events_pendingevent p WHERE p.customer_id = c.id))
    ORDER BY c.id
"""
LOCK = "SELECT id FROM customers_customer WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

logger = logging.getLogger(__name__)


def has_work() -> bool:
    return bool(_ready(affected.current())) if Segment.objects.filter(fill__in=OUTSTANDING).exists() else False


def fill_some() -> int:
    """Fill one slice of the segment that is least advanced; return 1, or 0 where none is to be filled."""
    ready = _ready(affected.current())
    if not ready:
        return 0
    segment = ready[0]
    try:
        _fill_slice(segment)
    except OperationalError:
        # The database went away or two transactions met: the slice is simply done again.
        raise
    except DatabaseError:
        # Deleted or edited meanwhile, there is nothing left to fail.
        if _progress(segment).update(fill=Segment.Fill.FAILED):
            logger.exception("The segment %s could not be filled", segment.public_id)
    return 1


def _ready(index: Index) -> list[LiveSegment]:
    """Return the segments to be filled whose referred segments are filled, the least advanced first."""
    cursors = dict(Segment.objects.filter(fill__in=OUTSTANDING).values_list("pk", "fill_cursor"))
    waiting = {segment.public_id for segment in index.unfilled}
    ready = [each for each in index.unfilled if each.id in cursors and not each.needs.segments & waiting]
    return sorted(ready, key=lambda each: (cursors[each.id], each.id))


@dataclass(frozen=True, slots=True)
class Slice:
    """The customers after one id up to another, and those of them who are to be judged one by one."""

    low: int
    high: int
    is_last: bool
    undecided: list[int]


def _fill_slice(segment: LiveSegment) -> None:
    # A new segment that no clock moves is filled by one statement; members of an earlier filter are looked at.
    is_setwise = segment.revision == 1 and segment.fills_silently and is_timeless(segment.tree)
    found = _take_in(segment) if is_setwise else _look_through(segment)
    if found is None or not found.undecided:
        return
    for some in _chunks(found.undecided):
        _decide(segment, some)
    _advance(segment, found)


@transaction.atomic
def _take_in(segment: LiveSegment) -> Slice | None:
    """Make members of all in the next range who match and have nothing pending; one commit, where nobody has.

    The segment's row is held meanwhile: an edit or the deletion waits, and no member comes to a segment that is gone.
    """
    begun = _begin(segment)
    if begun is None:
        return None
    low, total = begun
    wanted = min(total, low + (SETWISE if segment.needs.occurrences else WIDE))
    high, undecided = _insert_members(segment, low, wanted)
    return _advance_unless_undecided(segment, Slice(low, high, high >= total, undecided))


def _look_through(segment: LiveSegment) -> Slice | None:
    """Find those of the next range who are to be judged."""
    begun = _begin(segment)
    if begun is None:
        return None
    low, total = begun
    high = min(total, low + ONE_BY_ONE)
    return _advance_unless_undecided(segment, Slice(low, high, high >= total, _candidates(segment, low, high)))


def _advance_unless_undecided(segment: LiveSegment, done: Slice) -> Slice:
    if not done.undecided:
        _advance(segment, done)
    return done


def _advance(segment: LiveSegment, done: Slice) -> None:
    state = Segment.Fill.DONE if done.is_last else Segment.Fill.RUNNING
    _progress(segment).filter(fill_cursor=done.low).update(fill_cursor=done.high, fill=state)


def _progress(segment: LiveSegment) -> QuerySet[Segment]:
    """Return the row while it is this very fill that is going on; an edit meanwhile begins another."""
    return Segment.objects.filter(pk=segment.id, revision=segment.revision, fill__in=OUTSTANDING)


@transaction.atomic(savepoint=False)
def _begin(segment: LiveSegment) -> tuple[int, int] | None:
    """Return the cursor and the end of the fill; the end is fixed when it begins, later customers come by events."""
    row = _progress(segment).select_for_update(no_key=True).first()
    if row is None:
        return None
    if row.fill == Segment.Fill.WAITING:
        row.fill_cursor = 0
        row.fill_total = Customer.objects.aggregate(last=Max("pk"))["last"] or 0
        row.fill = Segment.Fill.RUNNING
        row.save(update_fields=["fill", "fill_cursor", "fill_total"])
    return row.fill_cursor, row.fill_total


def _range(low: int, high: int) -> tuple[Fragment, Fragment]:
    return value(low, "bigint"), value(high, "bigint")


def _insert_members(segment: LiveSegment, low: int, high: int) -> tuple[int, list[int]]:
    """Write members; return up to which id, and those before it who have something pending."""
    now = database_now()
    bounds, most = _range(low, high), value(MEMBERS_MOST, "bigint")
    row = (value(segment.id, "bigint"), value(segment.revision, "int"), value(now, "timestamptz"))
    query = build(FIRST_MEMBERS, *bounds, *bounds, predicate(segment.tree, now), most, most, bounds[1], *row)
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        reached, undecided = cursor.fetchone()
    return reached, undecided


def _candidates(segment: LiveSegment, low: int, high: int) -> list[int]:
    """Return the customers of the range who may come, go, or have to be woken one day."""
    verdict = predicate(segment.tree, database_now())
    if is_timeless(segment.tree):
        wanted = build("({}) <> COALESCE(m.is_member, FALSE)", verdict)
    else:
        wanted = joined("OR", [Fragment("m.customer_id IS NOT NULL"), _may_be_moved(segment), verdict], FALSE)
    return _ids(build(CANDIDATES, value(segment.id, "bigint"), *_range(low, high), wanted))


def _may_be_moved(segment: LiveSegment) -> Fragment:
    """Return the condition that time may move a customer: she did something whose age is asked for."""
    events = timed_events(segment.tree)
    if events is None:
        return TRUE
    names = value(sorted(events), "text[]")
    return build(
        "EXISTS (SELECT 1 FROM events_tally t WHERE t.customer_id = c.id AND t.event_name = ANY({}))",
        names,
    )


def _ids(query: Fragment) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query.text, query.params)
        return [pk for (pk,) in cursor.fetchall()]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), LOCKED_MOST):
        yield ids[start : start + LOCKED_MOST]


@transaction.atomic
def _decide(segment: LiveSegment, customer_ids: Sequence[int]) -> None:
    """Judge customers under their locks, one by one, as they stand before what is pending."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [list(customer_ids)])
        locked = [pk for (pk,) in cursor.fetchall()]
    index = affected.current()
    mine = index.segments.get(segment.id)
    if mine is None or mine.revision != segment.revision or mine.is_filled:
        return
    now: datetime = database_now()
    settle([Visit(pk, [mine]) for pk in locked], index, now)
