"""L1: what PostgreSQL itself gives: one statement that inserts 500 events and counts them, over one connection.

Its tables carry the two indexes without which segments could not be answered: a customer's events of one name by time,
and everybody's count of one event.
"""

import itertools
import json
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

ROWS = 500

TABLES = """
CREATE TABLE IF NOT EXISTS reference_l1_event (
    id uuid PRIMARY KEY, key text NOT NULL UNIQUE, customer_id bigint NOT NULL, name text NOT NULL,
    occurred_at timestamptz NOT NULL, properties jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS reference_l1_tally (
    customer_id bigint, event_name text, count bigint NOT NULL,
    first_at timestamptz NOT NULL, last_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id, event_name)
);
CREATE INDEX IF NOT EXISTS reference_l1_events ON reference_l1_event (customer_id, name, occurred_at DESC);
CREATE INDEX IF NOT EXISTS reference_l1_tallies ON reference_l1_tally (event_name, customer_id)
    INCLUDE (count, last_at, first_at);
"""

STATEMENT = """
WITH given AS (
    SELECT u.*, p.value AS properties
      FROM unnest(%s::text::uuid[], %s::text::text[], %s::text::bigint[], %s::text::text[], %s::text::timestamptz[])
           WITH ORDINALITY AS u (id, key, customer_id, name, occurred_at, n)
      JOIN jsonb_array_elements(%s::text::jsonb) WITH ORDINALITY AS p (value, n) USING (n)
), inserted AS (
    INSERT INTO reference_l1_event (id, key, customer_id, name, occurred_at, properties)
    SELECT id, key, customer_id, name, occurred_at, properties FROM given
    ON CONFLICT (key) DO NOTHING RETURNING customer_id, name, occurred_at
)
INSERT INTO reference_l1_tally AS t (customer_id, event_name, count, first_at, last_at)
SELECT customer_id, name, count(*), min(occurred_at), max(occurred_at) FROM inserted GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (customer_id, event_name) DO UPDATE
SET count = t.count + excluded.count, first_at = least(t.first_at, excluded.first_at),
    last_at = greatest(t.last_at, excluded.last_at)
"""


@dataclass
class RawInserts:
    """Runs the statement for some seconds and says how many rows a second went in."""

    connection: psycopg.Connection
    customers: int
    numbers: itertools.count

    @classmethod
    def on(cls, connection: psycopg.Connection, customers: int) -> "RawInserts":
        connection.execute(TABLES)
        return cls(connection, customers, itertools.count())

    def per_second(self, seconds: float) -> float:
        """The rows are made before the clock starts: L1 is the database's figure, not Python's."""
        batches = [self._batch() for _ in range(int(seconds * 60_000 / ROWS))]
        done, started = 0, time.monotonic()
        for batch in batches:
            self.connection.execute(STATEMENT, batch)
            done += ROWS
            if time.monotonic() - started >= seconds:
                break
        return done / (time.monotonic() - started)

    def _batch(self) -> tuple[str, ...]:
        numbers = [next(self.numbers) for _ in range(ROWS)]
        now = datetime.now(UTC).isoformat()
        columns = (
            [str(uuid.uuid4()) for _ in numbers],
            [f"l1-{number}" for number in numbers],
            [str(number * 7919 % self.customers) for number in numbers],
            ["cart_abandoned"] * ROWS,
            [now] * ROWS,
        )
        properties = [{"cart_value": 5000 + number % 900, "items": 2, "device": "ios"} for number in numbers]
        return (*("{" + ",".join(column) + "}" for column in columns), json.dumps(properties))
