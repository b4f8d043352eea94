"""Customers by the set, read for those who write to them."""

from collections.abc import Collection

import orjson

from access import statements
from access.instances import loaded
from customers.models import Customer

FIELDS = (
    "id", "public_id", "source_id", "name", "email", "phone", "birthdate", "description", "created_at", "updated_at",
    "deleted_at", "refuses",
    "address", "metadata",
)  # fmt: skip
READ = f"""
    SELECT {", ".join(FIELDS[:-2])}, address::text, metadata::text FROM customers_customer WHERE id = ANY(%s)
"""  # noqa: S608


def customers(keys: Collection[int]) -> dict[int, Customer]:
    """Return these customers by their keys, by one query."""
    with statements.cursor() as cursor:
        cursor.execute(READ, [list(keys)])
        rows = cursor.fetchall()
    return {row[0]: loaded(Customer, FIELDS, (*row[:-2], _decoded(row[-2]), orjson.loads(row[-1]))) for row in rows}


def _decoded(text: str | None) -> object:
    return None if text is None else orjson.loads(text)
