"""Sendouts are taken out, one attempt each, written down before the first byte leaves.

Each address has its own share of a batch, so that nobody's backlog stands before the others'. Who dies with a lease
leaves a sendout that is sent again when it runs out: receivers know it by its id.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from access import statements
from distributions.channels import OutgoingMessage
from events.clock import database_now
from webhooks import signing
from webhooks.models import public_id_of
from webhooks.signing import Keys

AT_ONCE: Final = 200
SHARE: Final = 50
PATIENCE: Final = 10.0
LEASE: Final = timedelta(seconds=45)

DUE = """
SELECT EXISTS (
    SELECT 1 FROM webhooks_webhook w WHERE w.is_active AND EXISTS (
        SELECT 1 FROM webhooks_sendout s
        WHERE s.webhook_id = w.id AND s.state = 'WAITING' AND NOT s.is_test AND s.due_at <= %(now)s
    )
) OR EXISTS (SELECT 1 FROM webhooks_sendout s WHERE s.state = 'WAITING' AND s.is_test AND s.due_at <= %(now)s)
  OR EXISTS (SELECT 1 FROM webhooks_sendout s WHERE s.state = 'SENDING' AND s.due_at <= %(now)s)
"""

# What waits for a webhook that is off is not looked at; a test goes out all the same, before everything else. Then the
# oldest of each webhook, the second oldest of each ..., so that full ones leave room for all the others.
TAKE = """
WITH due AS (
    SELECT share.id, w.id AS webhook_id, w.revision, w.target_url,
        row_number() OVER (PARTITION BY w.id ORDER BY share.due_at, share.id) AS turn
    FROM webhooks_webhook w, LATERAL (
        SELECT s.id, s.due_at FROM webhooks_sendout s
        WHERE s.webhook_id = w.id AND s.state = 'WAITING' AND NOT s.is_test AND s.due_at <= statement_timestamp()
        ORDER BY s.due_at, s.id LIMIT %(share)s FOR UPDATE SKIP LOCKED
    ) AS share
    WHERE w.is_active AND w.target_url <> ALL(%(apart_from)s::text[])
    UNION ALL
    SELECT test.id, w.id, w.revision, w.target_url, 0
    FROM (
        SELECT s.id, s.webhook_id FROM webhooks_sendout s
        WHERE s.state = 'WAITING' AND s.is_test AND s.due_at <= statement_timestamp()
        ORDER BY s.due_at LIMIT %(share)s FOR UPDATE SKIP LOCKED
    ) AS test JOIN webhooks_webhook w ON w.id = test.webhook_id
), taken AS (
    UPDATE webhooks_sendout s
    SET state = 'SENDING', fence = fence + 1, due_at = statement_timestamp() + %(lease)s::interval
    FROM (SELECT id FROM due ORDER BY turn, id LIMIT %(limit)s) AS mine WHERE s.id = mine.id
    RETURNING s.id, s.fence, s.attempt_count + 1 AS step, s.body, s.is_test
), noted AS (
    INSERT INTO webhooks_attempt (sendout_id, number, started_at, outcome, detail)
    SELECT id, fence, statement_timestamp(), '', '' FROM taken
)
SELECT taken.id, fence, step, body, is_test, webhook_id, revision, target_url
FROM taken JOIN due ON due.id = taken.id ORDER BY is_test DESC, taken.id
"""

# The sender fell silent: perhaps it was sent, so it is sent again, with the same id, on the same step of the ladder.
EXPIRE = """
WITH expired AS (
    SELECT id FROM webhooks_sendout WHERE state = 'SENDING' AND due_at <= statement_timestamp()
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE webhooks_sendout s SET state = 'WAITING', due_at = statement_timestamp()
    FROM expired WHERE s.id = expired.id RETURNING s.id, s.fence
), noted AS (
    UPDATE webhooks_attempt a
    SET outcome = 'unknown', ended_at = statement_timestamp(), detail = 'the sender fell silent'
    FROM moved WHERE a.sendout_id = moved.id AND a.number = moved.fence AND a.outcome = ''
)
SELECT count(*) FROM moved
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A sendout in our hands, the fence under which its outcome may be written, and its step of the ladder."""

    id: UUID
    fence: int
    step: int
    is_test: bool
    webhook_id: int
    revision: int
    message: OutgoingMessage


def has_due(now: Any) -> bool:
    """Tell whether something can be sent, or a lease has run out; what waits for a webhook that is off is not due."""
    with statements.cursor() as cursor:
        cursor.execute(DUE, {"now": now})
        return bool(cursor.fetchone()[0])


@transaction.atomic(durable=True)
def lease(*, apart_from: Sequence[str] = (), limit: int = AT_ONCE) -> list[Leased]:
    """Take out what is due, none to these addresses."""
    began = time.monotonic()
    asked: dict[str, Any] = {"limit": limit, "share": SHARE, "apart_from": list(apart_from), "lease": LEASE}
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(TAKE, asked)
        rows = cursor.fetchall()
    if not rows:
        return []
    keys = signing.keys(database_now())
    return [_leased(row, keys, began) for row in rows]


@transaction.atomic
def expire(limit: int = AT_ONCE) -> int:
    """Put back what was leased by somebody who fell silent; return how many there were."""
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(EXPIRE, {"limit": limit})
        return int(cursor.fetchone()[0])


def _leased(row: Sequence[Any], keys: Keys, began: float) -> Leased:
    key, fence, step, body, is_test, webhook_id, revision, address = row
    message = OutgoingMessage(
        public_id_of(key),
        address,
        text=body,
        headers=keys.headers(body.encode()),
        secret=keys.both,
        start_before=began + LEASE.total_seconds() - PATIENCE,
        patience=PATIENCE,
        keeps_answer=True,
    )
    return Leased(key, fence, step, is_test, webhook_id, revision, message)
