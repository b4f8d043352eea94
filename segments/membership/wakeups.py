"""Memberships that time alone changes: looked at when their instant has come, found by an index, never by a scan."""

import time
from collections import defaultdict
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from events.clock import database_now
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
