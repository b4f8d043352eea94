"""What stands on the customers themselves, and what they bought: read set-wise, as rules ask for it."""

import json
from datetime import date, datetime
from decimal import Decimal

from access import statements
from segments.conditions.operators import BOUGHT, STANDARD_ATTRIBUTES
from segments.conditions.values import Value

ATTRIBUTES = """
    SELECT c.id, c.name, c.email, c.phone, c.source_id, c.description, c.birthdate, c.created_at, c.updated_at,
           c.address::text, c.metadata::text,
           coalesce(s.total_amount, 0), coalesce(s.total_count, 0), coalesce(s.average_amount, 0),
           coalesce(s.last_order_amount, 0), s.last_order_date
    FROM customers_customer c LEFT JOIN orders_ordersummary s ON s.customer_id = c.id WHERE c.id = ANY(%s)
"""
_COLUMNS = ("name", "email", "phone", "source_id", "description", "birthdate", "created_at", "updated_at")
_BOUGHT = tuple(name.removeprefix("summary.") for name in STANDARD_ATTRIBUTES if name.startswith(BOUGHT))


def read_attributes(customers: list[int]) -> dict[int, dict[str, Value]]:
    """Return by customer each attribute that a rule may name; who never bought anything has sums of zero."""
    found: dict[int, dict[str, Value]] = {}
    with statements.cursor() as cursor:
        cursor.execute(ATTRIBUTES, [customers])
        for pk, *row in cursor.fetchall():
            columns, (address, metadata), bought = row[: len(_COLUMNS)], row[-7:-5], row[-5:]
            known: dict[str, Value] = dict(zip(_COLUMNS, map(_plain, columns), strict=True))
            known["summary"] = dict(zip(_BOUGHT, bought, strict=True))
            found[pk] = known | {"address": decoded(address), "metadata": decoded(metadata)}
    return found


def _plain(value: date | Value) -> Value:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


def decoded(text: str | None) -> dict[str, Value]:
    """Decode jsonb with its numbers as exact as the database holds them."""
    return json.loads(text, parse_float=Decimal) if text else {}
