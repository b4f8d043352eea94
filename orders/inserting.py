"""A new order with its lines, added to its customer's summary, by one statement in the caller's transaction.

Where its name is taken nothing is written; that is no error, and needs no savepoint.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from access import statements
from access.instances import listed
from orders import summaries
from orders.models import Order, OrderItem

# What the statement itself decides, and what the database does.
OWN: Final = ("id", "total_amount", "paid_at", "created_at")
FIELDS: Final = [(str(field.column), field.attname) for field in Order._meta.concrete_fields if field.column not in OWN]
LINE: Final = [
    (str(field.column), field.attname)
    for field in OrderItem._meta.concrete_fields
    if field.column not in ("id", "order_id")
]
_columns = ", ".join(column for column, _ in FIELDS)
_line_columns = ", ".join(column for column, _ in LINE)
INSERT: Final = f"""
WITH placed AS (
    INSERT INTO orders_order ({_columns}, created_at, paid_at)
    SELECT {_columns}, coalesce(created_at, moment), CASE WHEN status = 'PAID' THEN moment END
    FROM jsonb_populate_record(NULL::orders_order, %s::jsonb), clock_timestamp() AS moment
    ON CONFLICT (source_id) DO NOTHING RETURNING id, customer_id, status, total_amount, created_at, paid_at
), lines AS (
    INSERT INTO orders_orderitem (order_id, {_line_columns})
    SELECT placed.id, {", ".join(f"line.{column}" for column, _ in LINE)}
    FROM placed, jsonb_populate_recordset(NULL::orders_orderitem, %s::jsonb) AS line
), summed AS ({summaries.ADD})
SELECT id, total_amount, created_at, paid_at FROM placed
"""  # noqa: S608


def insert(order: Order, items: Sequence[OrderItem]) -> bool:
    """Write a new order with its lines, which it knows from then on; tell whether its name was free.

    It was created now unless it says otherwise; as paid it became so now.
    """
    with statements.cursor() as cursor:
        rows = [_row(item, LINE) for item in items]
        cursor.execute(INSERT, [_json({**_row(order, FIELDS), "created_at": order.created_at}), _json(rows)])
        written = cursor.fetchone()
    if written is None:
        return False
    order.pk, order.total_amount, order.created_at, order.paid_at = written
    order._state.adding, order._state.db = False, "default"
    order._prefetched_objects_cache = {"items": listed(OrderItem, items)}  # type: ignore[attr-defined]
    return True


def _row(thing: Order | OrderItem, fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {column: getattr(thing, name) for column, name in fields}


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
