"""First fill: finding a new segment's members among everybody, against the bare GROUP BY over their events."""

import time

import psycopg

from benchmarks import databases, population, shop
from benchmarks.bench import Bench
from benchmarks.table import Result, at_most, median
from segments import definition, filling
from segments.models import Membership, Segment

EVENT = "page_viewed"
EACH = 10

BARE = "SELECT customer_id FROM events_event WHERE name = %s GROUP BY customer_id HAVING count(*) > %s"


def run(bench: Bench) -> Result:
    customers = bench.size(100_000, 10_000)
    fills, groups = [], []
    with bench.database() as database, bench.django(database), databases.connect(database) as connection:
        population.add_customers(connection, customers)
        population.add_past(connection, EVENT, EACH, rows=True)
        connection.execute("UPDATE events_tally SET count = count + 1 WHERE customer_id %% 10 = 0", [])
        connection.execute("VACUUM ANALYZE events_event, events_tally")
        for turn in range(bench.size(5, 2)):
            groups.append(group(connection))
            fills.append(fill(turn))
        members = Membership.objects.filter(segment=Segment.objects.first(), is_member=True).count()
    result = Result("firstfill")
    seen = f"{median(fills):.2f} of {median(groups):.2f} s; {members:,} of {customers:,} customers entered"
    what = f"{customers * EACH:,} events, against the bare GROUP BY"
    result.add(what, median(fills) / median(groups), "x", at_most(0.4, 0.3), seen)
    return result


def group(connection: psycopg.Connection) -> float:
    started = time.monotonic()
    connection.execute(BARE, [EVENT, EACH]).fetchall()
    return time.monotonic() - started


def fill(turn: int) -> float:
    """Define a segment and fill it to the end; return the seconds both took."""
    tree = {"junction": "and", "conditions": [shop.happened(EVENT, EACH)]}
    started = time.monotonic()
    definition.create(f"Often there ({turn})", "auto-update", tree)
    while filling.has_work():
        filling.fill_some()
    return time.monotonic() - started
