"""Bases of customers with a past, written set-wise by SQL: what a shop has after years, in seconds."""

import psycopg

CUSTOMERS = """
INSERT INTO customers_customer (public_id, source_id, name, email, metadata)
SELECT 'cust_' || md5('known' || n), 'known-' || n, 'Customer ' || n, 'known-' || n || '@example.com',
       jsonb_build_object('club_level', (ARRAY['gold', 'silver', 'none'])[n %% 3 + 1])
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""

# The days between events spread each customer's past over a year, the newest a day old.
EVENTS = """
INSERT INTO events_event
    (id, name, customer_id, entity_id, properties, occurred_at, clock_adjusted, source, group_id, depth)
SELECT uuidv7(-at), %(event)s, c.id, '', '{"page": "/shoes", "seconds": 42}', now() - at, false, 'API', '', 0
FROM (SELECT id FROM customers_customer ORDER BY id) AS c,
     generate_series(1, %(each)s::int) AS n,
     LATERAL (SELECT interval '1 day' + n * interval '364 days' / %(each)s AS at) AS past
"""

TALLIES = """
INSERT INTO events_tally (customer_id, event_name, count, first_at, last_at)
SELECT c.id, %(event)s, %(each)s, now() - interval '365 days', now() - interval '1 day' - interval '364 days' / %(each)s
FROM customers_customer AS c
"""


def add_customers(connection: psycopg.Connection, count: int) -> None:
    """Add customers ``known-0`` and on."""
    connection.execute(CUSTOMERS, {"first": 0, "last": count - 1})
    connection.execute("ANALYZE customers_customer")


def add_past(connection: psycopg.Connection, event: str, each: int, *, rows: bool) -> None:
    """Give every customer a past of one event, as tallies, and as event rows too where asked."""
    given = {"event": event, "each": each}
    if rows:
        connection.execute(EVENTS, given)
    connection.execute(TALLIES, given)
    connection.execute("ANALYZE events_event, events_tally")
