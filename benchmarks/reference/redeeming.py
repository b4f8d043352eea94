"""The same writes without any of the product: bare psycopg, each row by hand, one transaction for each redemption.

As many connections as the product has clients, each in a thread of its own; nothing is read, judged or checked.
"""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator

import psycopg

from benchmarks import databases

USE = "UPDATE campaigns_voucher SET redeemed_quantity = redeemed_quantity + 1 WHERE code = %s RETURNING id"
REDEMPTION = """
INSERT INTO campaigns_redemption (id, is_rollback, result, status, failure_code, failure_message, related_object_type,
    related_object_id, voucher_id, campaign_id, customer_id, tracking_id, discount_amount, order_amount,
    order_public_id, "order", reason, metadata, session_key, channel_type, channel_id, counted_on)
SELECT %(id)s, false, 'SUCCESS', 'SUCCEEDED', '', '', 'voucher', '', %(voucher)s, c.id, %(customer)s, '', 600, 12000,
    %(order)s, %(told)s, '', '{}', '', 'API', '', current_date FROM campaigns_campaign c LIMIT 1
"""
COUNTER = """
INSERT INTO campaigns_redemptioncounter AS known
    (campaign_id, day, part, redemptions, orders_amount, discount_amount, gift_amount)
SELECT id, current_date, %s, 1, 12000, 600, 0 FROM campaigns_campaign LIMIT 1
ON CONFLICT (campaign_id, day, part) DO UPDATE SET redemptions = known.redemptions + 1
"""
EVENT = """
INSERT INTO events_event (id, name, customer_id, entity_id, properties, occurred_at, clock_adjusted, source, group_id,
    depth, received_at)
VALUES (%(id)s, %(name)s, %(customer)s, '', %(told)s, now(), false, 'API', '', 0, now())
"""
TALLY = """
INSERT INTO events_tally AS kept (customer_id, event_name, count, first_at, last_at)
VALUES (%s, %s, 1, now(), now())
ON CONFLICT (customer_id, event_name) DO UPDATE SET count = kept.count + 1, last_at = now()
"""
PENDING = "INSERT INTO events_pendingevent (event_id, customer_id, attempts, error) VALUES (%s, %s, 0, '')"
TOLD = json.dumps({"object": "order", "amount": 12000, "items": [{"quantity": 2, "price": 6000, "amount": 12000}] * 2})


def redemptions_per_second(database: str, clients: int, seconds: float, codes: list[str], customers: int) -> float:
    """Use a fresh code each time, pay an order of two lines, count, and tell three events."""
    shapes = _shapes(database)

    def one(connection: psycopg.Connection, number: int) -> None:
        customer, order = number % customers + 1, f"o_{uuid.uuid4().hex}"
        with connection.transaction():
            voucher = connection.execute(USE, [codes[number]]).fetchone()[0]
            given = {"id": uuid.uuid4(), "voucher": voucher, "customer": customer, "order": order, "told": TOLD}
            connection.execute(REDEMPTION, given)
            connection.execute(COUNTER, [number % 8])
            order_id = connection.execute(shapes["orders_order"], {"public_id": order, "customer_id": customer})
            key = order_id.fetchone()[0]
            for position in range(2):
                line = {"public_id": f"{order}_{position}", "order_id": key, "position": position}
                connection.execute(shapes["orders_orderitem"], line)
            for name in ("redemption.succeeded", "order.created", "order.paid"):
                tell(connection, name, customer)

    return _per_second(database, clients, seconds, len(codes), one)


def validations_per_second(database: str, clients: int, seconds: float, customers: int) -> float:
    """Tell one event each time: a check writes nothing else."""

    def one(connection: psycopg.Connection, number: int) -> None:
        with connection.transaction():
            tell(connection, "voucher.validation.succeeded", number % customers + 1)

    return _per_second(database, clients, seconds, 1_000_000, one)


def tell(connection: psycopg.Connection, name: str, customer: int) -> None:
    given = {"id": uuid.uuid4(), "name": name, "customer": customer, "told": TOLD}
    connection.execute(EVENT, given)
    connection.execute(TALLY, [customer, name])
    connection.execute(PENDING, [given["id"], customer])


def _shapes(database: str) -> dict[str, str]:
    """Return how a row goes into the tables of orders: what is not given takes a value that its column takes."""
    with databases.connect(database) as connection:
        return {table: _shape(connection, table) for table in ("orders_order", "orders_orderitem")}


def _shape(connection: psycopg.Connection, table: str) -> str:
    question = """SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s
        AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' ORDER BY ordinal_position"""
    needed = connection.execute(question, [table]).fetchall()
    given = {"public_id", "order_id", "position", "customer_id"}
    blank = {"jsonb": "'{}'", "boolean": "false", "character varying": "''", "text": "''"}
    names = {name: f"%({name})s" if name in given else blank.get(kind, "0") for name, kind in needed}
    if table == "orders_order":
        names |= {"customer_id": "%(customer_id)s", "status": "'PAID'"}
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(names.values())}) RETURNING id"


def _per_second(
    database: str, clients: int, seconds: float, most: int, one: Callable[[psycopg.Connection, int], None]
) -> float:
    numbers, done, until = iter(range(most)), [0] * clients, time.monotonic() + seconds
    lock = threading.Lock()

    def work(place: int) -> None:
        with databases.connect(database) as connection:
            for number in _taken(numbers, lock):
                if time.monotonic() >= until:
                    return
                one(connection, number)
                done[place] += 1

    started = time.monotonic()
    threads = [threading.Thread(target=work, args=[place]) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - started)


def _taken(numbers: Iterator[int], lock: threading.Lock) -> Iterator[int]:
    while True:
        with lock:
            number = next(numbers, None)
        if number is None:
            return
        yield number
