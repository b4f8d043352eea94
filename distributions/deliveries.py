"""The statements that move deliveries, set by set. What moves them, and why, stands in the modules of each step."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from access import statements
from access.identifiers import uuid7
from distributions.models import Delivery, public_id_of

ADD = """
INSERT INTO distributions_delivery (id, distribution_id, channel_id, customer_id, cause_event_id, entry_id, once_key,
    state, reason, needs_code, fence, attempt_count, may_repeat, parked, is_test, due_at, created_at, voucher_id,
    publication_id)
SELECT id, distribution_id, channel_id, customer_id, cause_event_id, entry_id, once_key,
    state, reason, needs_code, 0, 0, false, parked, false, due_at, created_at, voucher_id, publication_id
FROM jsonb_to_recordset(%s::jsonb) AS d (id uuid, distribution_id bigint, channel_id bigint, customer_id bigint,
    cause_event_id uuid, entry_id bigint, once_key bigint, state text, reason text, needs_code bool, parked bool,
    due_at timestamptz, created_at timestamptz, voucher_id uuid, publication_id bigint)
ON CONFLICT DO NOTHING
"""

ONCE = """
SELECT distribution_id, once_key, channel_id FROM distributions_delivery
WHERE distribution_id = ANY(%s) AND once_key = ANY(%s)
"""

LATEST = """
SELECT pair.distribution_id, pair.customer_id, max(d.created_at)
FROM unnest(%s::bigint[], %s::bigint[]) AS pair (distribution_id, customer_id)
JOIN distributions_delivery d ON d.distribution_id = pair.distribution_id AND d.customer_id = pair.customer_id
WHERE d.state NOT IN ('SUPPRESSED', 'CANCELLED', 'FAILED') AND NOT d.is_test
GROUP BY 1, 2
"""

CLAIM_NEW = """
SELECT d.id, d.distribution_id, d.channel_id, d.customer_id, d.cause_event_id, d.entry_id, d.reason, d.needs_code,
       d.created_at
FROM distributions_delivery d JOIN distributions_distribution s ON s.id = d.distribution_id
WHERE d.state = 'NEW' AND NOT d.parked AND d.due_at <= %s AND s.status = 'LIVE'
ORDER BY d.due_at LIMIT %s FOR UPDATE OF d SKIP LOCKED
"""

FREEZE = """
INSERT INTO distributions_message (delivery_id, carrier, connection_id, address, subject, html, text, headers, content,
    body_hash)
SELECT delivery_id, carrier, connection_id, address, subject, html, text, headers, content, decode(body_hash, 'hex')
FROM jsonb_to_recordset(%s::jsonb) AS m (delivery_id uuid, carrier text, connection_id bigint, address text,
    subject text, html text, text text, headers jsonb, content jsonb, body_hash text)
ON CONFLICT (delivery_id) DO NOTHING
"""

# What is not sent gives back the one time that the customer may get it.
MOVE = """
UPDATE distributions_delivery d
SET state = m.state, reason = m.reason, due_at = m.due_at, voucher_id = m.voucher_id,
    publication_id = m.publication_id, once_key = CASE WHEN m.state = 'SUPPRESSED' THEN NULL ELSE d.once_key END
FROM jsonb_to_recordset(%s::jsonb) AS m (id uuid, state text, reason text, due_at timestamptz, voucher_id uuid,
    publication_id bigint)
WHERE d.id = m.id
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """A delivery as far as its message follows from it. A model's instance would cost more than its row."""

    id: UUID
    distribution_id: int
    channel_id: int
    customer_id: int
    cause_event_id: UUID | None
    entry_id: int | None
    reason: str
    needs_code: bool
    created_at: datetime

    @classmethod
    def of(cls, delivery: Delivery) -> "Promise":
        return cls(*(getattr(delivery, name) for name in cls.__dataclass_fields__))

    @property
    def public_id(self) -> str:
        return public_id_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDelivery(Promise):
    """A delivery as it is added."""

    id: UUID = field(default_factory=uuid7)
    once_key: int | None
    state: str
    parked: bool
    due_at: datetime
    voucher_id: UUID | None = None
    publication_id: int | None = None

    @property
    def once(self) -> tuple[int, int | None, int]:
        """By what the database tells that a customer has got this already."""
        return (self.distribution_id, self.once_key, self.channel_id)


@dataclass(frozen=True, slots=True)
class Move:
    """Where preparing takes a delivery."""

    id: UUID
    state: str
    reason: str
    due_at: datetime
    voucher_id: UUID | None
    publication_id: int | None


@dataclass(frozen=True, slots=True)
class Words:
    """A message as it is frozen."""

    delivery_id: UUID
    carrier: str
    address: str
    subject: str
    html: str
    text: str
    headers: dict[str, str]
    body_hash: str
    connection_id: int | None = None
    content: dict[str, Any] | None = None


def add(new: Sequence[NewDelivery]) -> int:
    """Store deliveries; those that exist already, for the same cause, are left out. Return how many are new."""
    if not new:
        return 0
    return _execute(ADD, [as_json(new)])


def had_once(new: Sequence[NewDelivery]) -> set[tuple[int, int | None, int]]:
    """Return by their ``once`` which of these messages customers have got that they may get only once."""
    asked = [each for each in new if each.once_key is not None]
    if not asked:
        return set()
    with statements.cursor() as cursor:
        cursor.execute(ONCE, [list({each.distribution_id for each in asked}), [each.once_key for each in asked]])
        return set(cursor.fetchall())


def latest(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], datetime]:
    """Return when each customer was last promised something by a distribution, for pairs of their ids."""
    with statements.cursor() as cursor:
        cursor.execute(LATEST, [[pair[0] for pair in pairs], [pair[1] for pair in pairs]])
        return {(distribution, customer): at for distribution, customer, at in cursor.fetchall()}


def claim_new(now: datetime, limit: int) -> list[Promise]:
    """Return deliveries that are due to be prepared, locked, with what preparing needs to know of them.

    Those that others prepare at this moment are left to them.
    """
    with statements.cursor() as cursor:
        cursor.execute(CLAIM_NEW, [now, limit])
        return [Promise(*row) for row in cursor.fetchall()]


def freeze(words: Sequence[Words]) -> None:
    """Store messages; one that was frozen before stays as it was."""
    if words:
        _execute(FREEZE, [as_json(words)])


def readdressed(words: Words, address: str, subject: str) -> Words:
    """Return the same words for another address, under another subject."""
    return replace(words, address=address, subject=subject)


def move(moves: Sequence[Move]) -> None:
    """Take deliveries to their next state."""
    if moves:
        _execute(MOVE, [as_json(moves)])


def as_json(rows: Sequence[Any] | Mapping[str, Any]) -> str:
    """Return rows, of dictionaries or dataclasses, as a statement takes them."""
    return orjson.dumps(rows).decode()


def _execute(statement: str, values: Sequence[Any]) -> int:
    with statements.cursor(planned_once=statement is not MOVE) as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
