"""Flips: what one pass of time costs, when as many memberships flip in a large base as in a small one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg

from benchmarks import databases, population
from benchmarks.bench import Bench
from benchmarks.table import Result, at_most, median
from events.clock import database_now
from segments import definition
from segments.membership import filling, wakeups
from segments.models import Entry

EVENT = "order_paid"
DAYS = 30
FLIPS = 500
PASSES = 5

# The first customers were last seen 30 days less one hour, two hours ... ago; all others within the last days.
SPREAD = """
UPDATE events_tally SET first_at = at, last_at = at
FROM (
    SELECT customer_id AS id, CASE WHEN n < %(flips)s * %(passes)s
           THEN %(now)s::timestamptz - make_interval(days => %(days)s) + (n / %(flips)s + 0.5) * interval '1 hour'
           ELSE %(now)s::timestamptz - (n %% 20) * interval '1 day' END AS at
    FROM (SELECT customer_id, row_number() OVER (ORDER BY customer_id) - 1 AS n FROM events_tally) AS numbered
) AS spread
WHERE customer_id = id
"""


def run(bench: Bench) -> Result:
    small_base, large_base = bench.size(50_000, 5_000), bench.size(200_000, 20_000)
    small, large = [], []
    with base(bench, small_base) as (first, now), base(bench, large_base) as (second, _):
        for hour in range(1, PASSES + 1):
            for database, seconds in ((first, small), (second, large)):
                with bench.django(database):
                    seconds.append(one_pass(now + timedelta(hours=hour)))
    result = Result("flips")
    seen = f"{median(large) * 1000:.1f} of {median(small) * 1000:.1f} ms for {FLIPS} flips"
    what = f"{large_base:,} customers, against {small_base:,}, equal flips"
    result.add(what, median(large) / median(small), "x", at_most(1.3, 1.0), seen)
    return result


@contextmanager
def base(bench: Bench, customers: int) -> Iterator[tuple[str, datetime]]:
    """Yield a database whose customers cross the boundary of a filled segment some hundreds in each coming hour."""
    with bench.database() as database:
        with bench.django(database), databases.connect(database) as connection:
            now = spread(connection, customers)
            tree = {"event": EVENT, "metric": "last_occurred", "operator": "more_than", "value": DAYS, "unit": "days"}
            definition.create("Gone for a month", "auto-update", {"junction": "and", "conditions": [tree]})
            while filling.has_work():
                filling.fill_some()
            connection.execute("VACUUM ANALYZE")
        yield database, now


def spread(connection: psycopg.Connection, customers: int) -> datetime:
    population.add_customers(connection, customers)
    population.add_past(connection, EVENT, 1, rows=False)
    now = database_now()
    connection.execute(SPREAD, {"now": now, "flips": FLIPS, "passes": PASSES, "days": DAYS})
    return now


def one_pass(now: datetime) -> float:
    """Wake everybody whose instant has come by ``now``; all of them and nobody else must have entered."""
    before, started = Entry.objects.count(), time.monotonic()
    while wakeups.has_due(now):
        wakeups.wake_due(now)
    taken = time.monotonic() - started
    entered = Entry.objects.count() - before
    if entered != FLIPS:
        raise AssertionError(f"{entered} customers entered by time, not {FLIPS}")
    return taken
