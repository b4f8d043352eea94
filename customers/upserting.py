"""Customers written set-wise: the only statements that insert or change their rows.

Works on a plain cursor inside the caller's transaction, so that the ingest path and everything else share it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

import orjson

from access.arrays import array
from customers.drafts import Crowd, Draft, Row
from customers.profiles import Profile

COLUMNS = "id, public_id, source_id, name, email, phone, birthdate::text, description, address::text, metadata::text"

FIND = f"""
    SELECT {COLUMNS} FROM customers_customer WHERE source_id = ANY(%s::text[])
    UNION ALL
    SELECT {COLUMNS} FROM customers_customer WHERE public_id = ANY(%s::text[]) AND deleted_at IS NULL
"""  # noqa: S608
LOCK = f"SELECT {COLUMNS} FROM customers_customer WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"  # noqa: S608
SHAPE = """
    (id bigint, public_id text, source_id text, name text, email text, phone text, birthdate date,
     description text, address jsonb, metadata jsonb)
"""
INSERT = f"""
    INSERT INTO customers_customer
        (public_id, source_id, name, email, phone, birthdate, description, address, metadata, created_at)
    SELECT public_id, source_id, name, email, phone, birthdate, description, address, metadata,
        -- Lists go on after a moment told to the millisecond: who comes in together must not share one.
        %s::timestamptz - (count(*) OVER () - row_number() OVER (ORDER BY source_id)) * interval '1 ms'
    FROM jsonb_to_recordset(%s::jsonb) AS given {SHAPE}
    ORDER BY source_id
    ON CONFLICT (source_id) DO NOTHING
    RETURNING id, public_id
"""  # noqa: S608
UPDATE = f"""
    UPDATE customers_customer AS kept
    SET name = given.name, email = given.email, phone = given.phone, birthdate = given.birthdate,
        description = given.description, address = given.address, metadata = given.metadata,
        updated_at = %s::timestamptz
    FROM jsonb_to_recordset(%s::jsonb) AS given {SHAPE}
    WHERE kept.id = given.id AND kept.deleted_at IS NULL
"""  # noqa: S608


class Cursor(Protocol):
    """What Django's cursors and psycopg's have in common."""

    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def find(cursor: Cursor, profiles: Iterable[Profile]) -> Crowd:
    """Return the known ones among those who are spoken of."""
    ours = {profile.public_id for profile in profiles if profile.public_id is not None}
    theirs = {profile.source_id for profile in profiles if profile.source_id is not None}
    if not ours and not theirs:
        return Crowd()
    cursor.execute(FIND, [array(list(theirs)), array(list(ours))])
    return Crowd(map(Row._make, cursor.fetchall()))


def write(cursor: Cursor, crowd: Crowd, now: datetime) -> None:
    """Write what was said: new customers, then changed ones, each in one statement and in one order.

    Whoever changed since she was read is read again under a lock, and what was said is applied to her anew: two
    processes that speak of one customer at once lose nothing.
    """
    _insert(cursor, [draft for draft in crowd.drafts if draft.row is None and draft.accepted], now)
    changed = {draft.id: draft for draft in crowd.drafts if draft.row is not None and draft.is_changed}
    if not changed:
        return
    cursor.execute(LOCK, [array(list(changed))])
    for row in map(Row._make, cursor.fetchall()):
        if changed[row.id].row != row:
            changed[row.id].begin_anew(row)
    given = [draft.as_given() for draft in changed.values() if draft.is_changed]
    if given:
        cursor.execute(UPDATE, [now, orjson.dumps(given).decode()])


def _insert(cursor: Cursor, drafts: Sequence[Draft], now: datetime) -> None:
    if not drafts:
        return
    given = orjson.dumps([draft.as_given() for draft in drafts]).decode()
    cursor.execute(INSERT, [now, given])
    ids = {public_id: number for number, public_id in cursor.fetchall()}
    raced = [draft for draft in drafts if draft.public_id not in ids]
    for draft in drafts:
        draft.id = ids.get(draft.public_id)
        if draft.id is not None:
            draft.accepted[0].created = True
    if raced:
        _adopt(cursor, raced)


def _adopt(cursor: Cursor, raced: Sequence[Draft]) -> None:
    """Somebody else inserted these customers first: what was said is now said of theirs."""
    cursor.execute(FIND, [array([draft.source_id for draft in raced]), "{}"])
    rows = {row.source_id: row for row in map(Row._make, cursor.fetchall())}
    for draft in raced:
        draft.begin_anew(rows[draft.source_id])
