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
READ = f"SELECT {COLUMNS} FROM customers_customer WHERE id = ANY((SELECT %s)::bigint[])"  # noqa: S608
# Our id and the shop's: whoever has it as ours comes first.
NAMED = f"""
    SELECT {COLUMNS} FROM customers_customer WHERE public_id = %(name)s OR source_id = %(name)s
    ORDER BY public_id = %(name)s DESC LIMIT 1
"""  # noqa: S608
# In one order, whoever asks for whom: two who hold the same people cannot wait for one another.
HOLD = f"""
    SELECT {COLUMNS} FROM customers_customer
    WHERE public_id = ANY((SELECT %(names)s)::text[]) OR source_id = ANY((SELECT %(names)s)::text[])
       OR id = %(key)s::bigint
    ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608


def customers(keys: Collection[int]) -> dict[int, Customer]:
    """Return these customers by their keys, by one query."""
    return {row[0]: _customer(row) for row in statements.rows(READ, [list(keys)])}


def named(id_or_source_id: str) -> Customer | None:
    """Return whom our id or the shop's own means."""
    rows = statements.rows(NAMED, {"name": id_or_source_id})
    return _customer(rows[0]) if rows else None


def held(names: Collection[str], key: int | None = None) -> dict[str, Customer]:
    """Return whom these names mean, each by its name, locked and as they stand now; who has this key is locked, too.

    One query, none where nobody is meant.
    """
    if not names and key is None:
        return {}
    people = [_customer(row) for row in statements.rows(HOLD, {"names": list(names), "key": key})]
    by_name = {person.source_id: person for person in people} | {person.public_id: person for person in people}
    return {name: by_name[name] for name in names if name in by_name}


def _customer(row: Sequence[Any]) -> Customer:
    return loaded(Customer, FIELDS, (*row[:-2], _decoded(row[-2]), orjson.loads(row[-1])))


def _decoded(text: str | None) -> object:
    return None if text is None else orjson.loads(text)
