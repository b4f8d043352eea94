"""Bases of customers with a past, written set-wise by SQL: what a shop has after years, in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

CUSTOMERS = """
INSERT INTO customers_customer (public_id, source_id, name, email, metadata)
SELECT 'cust_' || md5('known' || n), 'known-' || n, 'Customer ' || n, 'known-' || n || '@example.com',
       jsonb_build_object('club_level', (ARRAY['gold', 'silver', 'none'])[n %% 3 + 1])
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""

# Everybody's events come in turns, oldest first, spread over a year up to yesterday.
EVENTS = """
INSERT INTO events_event
    (id, name, customer_id, entity_id, properties, occurred_at, clock_adjusted, source, group_id, depth)
SELECT uuidv7(-ago), %(event)s, c.id, '', '{"page": "/shoes", "seconds": 42}', now() - ago, false, 'API', '', 0
FROM generate_series(%(each)s::int, 1, -1) AS n,
     LATERAL (SELECT interval '1 day' + n * interval '364 days' / %(each)s AS ago) AS past,
     customers_customer AS c
"""

TALLIES = """
INSERT INTO events_tally (customer_id, event_name, count, first_at, last_at)
SELECT c.id, %(event)s, %(each)s, now() - interval '365 days', now() - interval '1 day' - interval '364 days' / %(each)s
FROM customers_customer AS c
"""

SECONDARY = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef NOT LIKE '%% UNIQUE %%'"


def add_customers(connection: psycopg.Connection, count: int) -> None:
    """Add customers ``known-0`` and on."""
    with loading(connection, "customers_customer"):
        connection.execute(CUSTOMERS, {"first": 0, "last": count - 1})


def add_past(connection: psycopg.Connection, event: str, each: int, *, rows: bool) -> None:
    """Give every customer a past of one event, as tallies, and as event rows too where asked."""
    given = {"event": event, "each": each}
    if rows:
        with loading(connection, "events_event"):
            connection.execute(EVENTS, given)
    with loading(connection, "events_tally"):
        connection.execute(TALLIES, given)


@contextmanager
def loading(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Build a table's secondary indexes after its rows, which is faster; leave it with fresh statistics."""
    indexes = connection.execute(SECONDARY, [table]).fetchall()
    for name, _ in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    yield
    for _, definition in indexes:
        connection.execute(definition)
    connection.execute(f"VACUUM ANALYZE {table}")
