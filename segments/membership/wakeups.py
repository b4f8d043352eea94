"""Memberships that time alone changes: looked at when their instant has come, found by an index, never by a scan."""

import time
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from events.clock import database_now
from segments.conditions.operators import STANDARD_ATTRIBUTES
from segments.membership import affected
from segments.membership.affected import Index
from segments.membership.settling import Visit, settle
from segments.models import Membership

CUSTOMERS_MOST: Final = 500

# The customers are locked as the pipeline locks them; who is being worked on is looked at in the next round.
CLAIM = """
    SELECT id FROM customers_customer
    WHERE id = ANY(ARRAY(
        SELECT DISTINCT customer_id FROM (
            SELECT customer_id FROM segments_membership WHERE next_check_at <= %s ORDER BY next_check_at LIMIT %s
        ) AS earliest
    ))
    ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
# A row for each segment that asks for the attributes, due at once; the customers are locked as the pipeline locks them.
LOCK = "SELECT id FROM customers_customer WHERE id = ANY(%s) AND deleted_at IS NULL ORDER BY id FOR NO KEY UPDATE"
LOOK_AGAIN = """
    INSERT INTO segments_membership AS known
        (segment_id, customer_id, is_member, epoch, revision, changed_at, next_check_at)
    SELECT s.id, c.id, FALSE, 0, CASE WHEN s.fill = 'done' THEN s.revision ELSE 0 END, now(), now()
    FROM segments_segment s CROSS JOIN unnest(%s::bigint[]) AS c (id)
    WHERE s.type <> 'static' AND s.listens_to && %s::varchar[]
    ORDER BY s.id, c.id
    ON CONFLICT (segment_id, customer_id) DO UPDATE SET next_check_at = excluded.next_check_at
"""


@transaction.atomic
def look_again(customer_ids: Collection[int], about: str) -> None:
    """Let segments that ask for attributes under this name look at customers again, where no event tells of it."""
    asked_for = [f"attribute:{name}" for name in STANDARD_ATTRIBUTES if name.startswith(f"{about}.")]
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [sorted(customer_ids)])
        known = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(LOOK_AGAIN, [known, asked_for])


def wake_due(now: datetime | None = None, limit_seconds: float = 10.0) -> int:
    """Look at every membership whose instant has come; return how many were looked at."""
    until = time.monotonic() + limit_seconds
    looked = 0
    while woken := _wake_some(now):
        looked += woken
        if time.monotonic() >= until:
            break
    return looked


def has_due(now: datetime) -> bool:
    return Membership.objects.filter(next_check_at__lte=now).exists()


@transaction.atomic
def _wake_some(now: datetime | None) -> int:
    now = now or database_now()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [now, CUSTOMERS_MOST])
        customer_ids = [pk for (pk,) in cursor.fetchall()]
    if not customer_ids:
        return 0
    index = affected.current()
    visits = _visits(customer_ids, index, now)
    settle(visits, index, now)
    return sum(len(visit.first) for visit in visits)


def _visits(customer_ids: list[int], index: Index, now: datetime) -> list[Visit]:
    due = Membership.objects.filter(customer_id__in=customer_ids, next_check_at__lte=now)
    visits: dict[int, Visit] = defaultdict(lambda: Visit(0))
    for segment_id, customer_id in due.values_list("segment_id", "customer_id"):
        if segment_id in index.segments:
            visit = visits[customer_id]
            visit.customer_id = customer_id
            visit.first.append(index.segments[segment_id])
    return list(visits.values())
