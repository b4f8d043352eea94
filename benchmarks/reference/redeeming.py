"""The same writes without any of the product: bare psycopg, each row by hand, one transaction for each redemption.

As many connections as the product has clients, each in a thread of its own; nothing is read, judged or checked. What is
written of an order and in events is, byte for byte, what the product wrote of a redemption and a check before.
"""

import threading
import time
import uuid
from collections.abc import Callable, Iterator

import psycopg

from benchmarks import databases

HOLD = "SELECT FROM customers_customer WHERE id = %s FOR NO KEY UPDATE"
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
ON CONFLICT (campaign_id, day, part) DO UPDATE SET redemptions = known.redemptions + 1,
    orders_amount = known.orders_amount + 12000, discount_amount = known.discount_amount + 600
"""
CHECKED = """
INSERT INTO campaigns_redemptioncounter AS known (campaign_id, day, part, redemptions, orders_amount, discount_amount,
    gift_amount, validations_succeeded)
SELECT id, current_date, %s, 0, 0, 0, 0, 1 FROM campaigns_campaign LIMIT 1
ON CONFLICT (campaign_id, day, part) DO UPDATE SET validations_succeeded = known.validations_succeeded + 1
"""
SUMMARY = """
INSERT INTO orders_ordersummary AS known (customer_id, total_amount, total_count, last_order_amount, last_order_date)
VALUES (%s, 11400, 1, 11400, now())
ON CONFLICT (customer_id) DO UPDATE SET total_amount = known.total_amount + 11400,
    total_count = known.total_count + 1, last_order_amount = 11400, last_order_date = now()
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
SAMPLE = "SELECT properties::text FROM events_event WHERE name = %s LIMIT 1"
SAMPLE_ORDER = """SELECT "order"::text FROM campaigns_redemption WHERE "order" IS NOT NULL LIMIT 1"""
OF_A_REDEMPTION = ("order.created", "order.paid", "redemption.succeeded")
OF_A_CHECK = "voucher.validation.succeeded"


def redemptions_per_second(database: str, clients: int, seconds: float, codes: list[str], customers: int) -> float:
    """Hold the customer, use a fresh code, pay an order of two lines, count, sum up and tell three events each time."""
    (place_order, order_told), (add_line, line_told) = _shapes(database)
    told_order, told_of_it = _sample_order(database), _samples(database, *OF_A_REDEMPTION)

    def one(connection: psycopg.Connection, number: int) -> None:
        customer, order = number % customers + 1, f"o_{uuid.uuid4().hex}"
        with connection.transaction():
            connection.execute(HOLD, [customer])
            voucher = connection.execute(USE, [codes[number]]).fetchone()[0]
            given = {"id": uuid.uuid4(), "voucher": voucher, "customer": customer, "order": order}
            connection.execute(REDEMPTION, {**given, "told": told_order})
            connection.execute(COUNTER, [number % 8])
            named = {"public_id": order, "source_id": order, "customer_id": customer}
            key = connection.execute(place_order, order_told | named).fetchone()[0]
            for position in range(2):
                line = {"public_id": f"{order}_{position}", "order_id": key, "position": position}
                connection.execute(add_line, line_told | line)
            connection.execute(SUMMARY, [customer])
            for name, told in zip(OF_A_REDEMPTION, told_of_it, strict=True):
                tell(connection, name, customer, told)

    return _per_second(database, clients, seconds, len(codes), one)


def validations_per_second(database: str, clients: int, seconds: float, customers: int) -> float:
    """Tell one event each time, and count it: a check writes nothing else."""
    (told,) = _samples(database, OF_A_CHECK)

    def one(connection: psycopg.Connection, number: int) -> None:
        with connection.transaction():
            tell(connection, OF_A_CHECK, number % customers + 1, told)
            connection.execute(CHECKED, [number % 8])

    return _per_second(database, clients, seconds, 1_000_000, one)


def tell(connection: psycopg.Connection, name: str, customer: int, told: str) -> None:
    given = {"id": uuid.uuid4(), "name": name, "customer": customer, "told": told}
    connection.execute(EVENT, given)
    connection.execute(TALLY, [customer, name])
    connection.execute(PENDING, [given["id"], customer])


def _samples(database: str, *names: str) -> list[str]:
    """Return what an event of each of these names says, as the product wrote it."""
    with databases.connect(database) as connection:
        return [connection.execute(SAMPLE, [name]).fetchone()[0] for name in names]


def _sample_order(database: str) -> str:
    with databases.connect(database) as connection:
        return connection.execute(SAMPLE_ORDER).fetchone()[0]


def _shapes(database: str) -> list[tuple[str, dict[str, object]]]:
    """Return how a row goes into the tables of orders and of their lines, with the values of the product's latest."""
    with databases.connect(database) as connection:
        return [_shape(connection, table) for table in ("orders_order", "orders_orderitem")]


def _shape(connection: psycopg.Connection, table: str) -> tuple[str, dict[str, object]]:
    question = """SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s
        AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position"""
    columns = connection.execute(question, [table]).fetchall()
    read = ", ".join(f"{name}::text" if kind == "jsonb" else name for name, kind in columns)
    names = [name for name, _ in columns]
    latest = connection.execute(f"SELECT {read} FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
    places = ", ".join(f"%({name})s" for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places}) RETURNING id"
    return statement, dict(zip(names, latest, strict=True))


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
