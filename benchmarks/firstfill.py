"""First fill: defining a segment and writing its members, against the bare GROUP BY over everybody's events.

One customer in a hundred matches. A segment that one in ten is in shows what writing a member costs.
"""

import time

import psycopg

from benchmarks import databases, population, shop
from benchmarks.bench import Bench
from benchmarks.table import Result, at_most, median
from segments import definition
from segments.membership import filling
from segments.models import Membership

EVENT = "page_viewed"
EACH = 10

BARE = "SELECT customer_id FROM events_event WHERE name = %s GROUP BY customer_id HAVING count(*) > %s"
# One customer in ten came once more, one in a hundred twice.
MORE = """
UPDATE events_tally SET count = count + CASE WHEN customer_id % 100 = 0 THEN 2 ELSE 1 END WHERE customer_id % 10 = 0
"""


def run(bench: Bench) -> Result:
    customers = bench.size(200_000, 20_000)
    groups, few, many = [], [], []
    with bench.database() as database, bench.django(database), databases.connect(database) as connection:
        population.add_customers(connection, customers)
        population.add_past(connection, EVENT, EACH, rows=True)
        connection.execute(MORE)
        connection.execute("VACUUM ANALYZE events_tally")
        for _ in range(bench.size(5, 2)):
            groups.append(group(connection))
            few.append(fill(more_than=EACH + 1, members=customers // 100))
            many.append(fill(more_than=EACH, members=customers // 10))
    result = Result("firstfill")
    seen = f"{median(few) * 1000:.0f} of {median(groups) * 1000:.0f} ms; {customers // 100:,} customers entered"
    what = f"{customers * EACH:,} events, against the bare GROUP BY"
    result.add(what, median(few) / median(groups), "x", at_most(0.4, 0.3), seen)
    each = (median(many) - median(few)) / (customers // 10 - customers // 100)
    result.add("each member more", each * 1_000_000, "µs", seen=f"{median(many) * 1000:.0f} ms for {customers // 10:,}")
    return result


def group(connection: psycopg.Connection) -> float:
    started = time.monotonic()
    connection.execute(BARE, [EVENT, EACH]).fetchall()
    return time.monotonic() - started


def fill(*, more_than: int, members: int) -> float:
    """Define a segment and fill it to the end; return the seconds both took."""
    tree = {"junction": "and", "conditions": [shop.happened(EVENT, more_than)]}
    started = time.monotonic()
    segment = definition.create(f"More than {more_than}", "auto-update", tree)
    while filling.has_work():
        filling.fill_some()
    taken = time.monotonic() - started
    entered = Membership.objects.filter(segment=segment, is_member=True).count()
    if entered != members:
        raise AssertionError(f"{entered} customers entered, not {members}")
    return taken
