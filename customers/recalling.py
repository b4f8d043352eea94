"""Customers by the set, read for those who write to them."""

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from access import statements
from access.instances import loaded
from customers.models import Customer

FIELDS = (
    "id", "public_id", "source_id", "name", "email", "phone", "birthdate", "description", "created_at", "updated_at",
    "deleted_at", "refuses",
    "address", "metadata",
)  # fmt: skip
COLUMNS = f"{', '.join(FIELDS[:-2])}, address::text, metadata::text"
READ = f"SELECT {COLUMNS} FROM customers_customer WHERE id = ANY(%s)"  # noqa: S608
# Our id and the shop's: whoever has it as ours comes first.
NAMED = f"""
    SELECT {COLUMNS} FROM customers_customer WHERE public_id = %(name)s OR source_id = %(name)s
    ORDER BY public_id = %(name)s DESC LIMIT 1
"""  # noqa: S608


def customers(keys: Collection[int]) -> dict[int, Customer]:
    """Return these customers by their keys, by one query."""
    return {row[0]: _customer(row) for row in statements.rows(READ, [list(keys)])}


def named(id_or_source_id: str) -> Customer | None:
    """Return whom our id or the shop's own means."""
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(NAMED, {"name": id_or_source_id})
        row = cursor.fetchone()
    return _customer(row) if row else None


def _customer(row: Sequence[Any]) -> Customer:
    return loaded(Customer, FIELDS, (*row[:-2], _decoded(row[-2]), orjson.loads(row[-1])))


def _decoded(text: str | None) -> object:
    return None if text is None else orjson.loads(text)
