"""The second step of sending: take messages out, one attempt each, written down before the first byte leaves.

The lease is longer than any attempt may last. Who dies with a lease leaves a message whose outcome is unknown; the
fence tells a late answer of his from that of the one who took over.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.db import transaction

from access import sealing, statements
from customers import suppressing
from distributions import unsubscribing
from distributions.channels import CARRIERS, OutgoingMessage
from distributions.models import public_id_of

AT_ONCE = 200
LEASE = timedelta(seconds=45)
MAIL_CARRIERS = frozenset({"email", "mailbox"})

TAKE = """
WITH ready AS (
    SELECT d.id, d.due_at, m.carrier, m.address, m.subject, m.html, m.text, m.headers, c.sealed_secret, d.is_test
    FROM distributions_delivery d
    JOIN distributions_distribution s ON s.id = d.distribution_id
    JOIN distributions_message m ON m.delivery_id = d.id
    JOIN distributions_distributionchannel c ON c.id = d.channel_id
    WHERE d.state = 'READY' AND NOT d.parked AND d.due_at <= statement_timestamp() AND (s.status = 'LIVE' OR d.is_test)
      AND (%(only)s::uuid IS NULL OR d.id = %(only)s::uuid) AND m.address <> ALL(%(apart_from)s::text[])
    ORDER BY d.due_at LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
), taken AS (
    UPDATE distributions_delivery d
    SET state = 'SENDING', fence = fence + 1, attempt_count = attempt_count + 1,
        lease_until = statement_timestamp() + %(lease)s::interval, due_at = statement_timestamp() + %(lease)s::interval
    FROM ready WHERE d.id = ready.id RETURNING d.id, d.fence, d.attempt_count, d.lease_until
), noted AS (
    INSERT INTO distributions_attempt (delivery_id, number, fence, started_at, deadline_at, outcome, provider_id,
        detail, late_outcome)
    SELECT id, fence, fence, statement_timestamp(), lease_until, '', '', '', '' FROM taken
)
SELECT ready.id, taken.fence, taken.attempt_count, carrier, address, subject, html, text, headers, sealed_secret,
    is_test
FROM ready JOIN taken ON taken.id = ready.id ORDER BY ready.due_at
"""

# Nothing was committed yet, so nobody has seen the attempt: there was none.
STOP = """
WITH stopped AS (
    UPDATE distributions_delivery
    SET state = 'SUPPRESSED', reason = 'unsubscribed', once_key = NULL, fence = fence - 1,
        attempt_count = attempt_count - 1, lease_until = NULL, due_at = statement_timestamp()
    WHERE id = ANY(%s) RETURNING id, fence
)
DELETE FROM distributions_attempt a USING stopped WHERE a.delivery_id = stopped.id AND a.number = stopped.fence + 1
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in our hands, and the fence under which its outcome may be written."""

    id: UUID
    fence: int
    attempts: int
    carrier: str
    is_test: bool
    message: OutgoingMessage


@transaction.atomic(durable=True)
def lease(limit: int = AT_ONCE, *, only: UUID | None = None, apart_from: Sequence[str] = ()) -> list[Leased]:
    """Take out messages that are ready, none to these addresses; who has unsubscribed meanwhile gets none."""
    asked: dict[str, Any] = {"limit": limit, "only": only, "apart_from": list(apart_from), "lease": LEASE}
    began = time.monotonic()
    with statements.cursor() as cursor:
        cursor.execute(TAKE, asked)
        leased = [_leased(row, began) for row in cursor.fetchall()]
        stopped = _unsubscribed(leased)
        if stopped:
            cursor.execute(STOP, [list(stopped)])
    return [one for one in leased if one.id not in stopped]


def _unsubscribed(leased: Sequence[Leased]) -> set[UUID]:
    mails = {one.id: one.message.address for one in leased if one.carrier in MAIL_CARRIERS and one.message.address}
    stopped = suppressing.suppressed(unsubscribing.CHANNEL, set(mails.values())) if mails else set()
    return {key for key, address in mails.items() if address in stopped}


def _leased(row: Sequence[Any], began: float) -> Leased:
    key, fence, attempts, carrier, address, subject, html, text, headers, sealed, is_test = row
    start_before = began + LEASE.total_seconds() - CARRIERS[carrier].DEADLINE_SECONDS
    secret = _unsealed(sealed) if sealed else ""
    message = OutgoingMessage(
        public_id_of(key), address, subject, html, text, orjson.loads(headers), secret, start_before
    )
    return Leased(key, fence, attempts, carrier, is_test, message)


@lru_cache(maxsize=256)
def _unsealed(sealed: str) -> str:
    return sealing.unseal(sealed)
