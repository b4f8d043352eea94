"""What time, new codes and other people's decisions make due: found here, whatever was lost elsewhere.

Every statement may run any number of times and in any number of processes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from access import statements
from distributions.sending import doubting
from events.clock import database_now

AT_ONCE = 500

# One look at everything: asked for each doorbell, it must cost one statement where nothing is due.
LOOK = """
WITH clock AS (SELECT coalesce(%(now)s, statement_timestamp()) AS now)
SELECT
    EXISTS (SELECT 1 FROM distributions_delivery d
            WHERE d.state = 'NEW' AND NOT d.parked AND d.due_at <= (SELECT now FROM clock)),
    EXISTS (SELECT 1 FROM distributions_delivery d
            WHERE d.state = 'READY' AND NOT d.parked AND d.due_at <= (SELECT now FROM clock)),
    EXISTS (SELECT 1 FROM distributions_delivery d
            WHERE d.state = 'SENDING' AND NOT d.parked AND d.due_at <= (SELECT now FROM clock)),
    EXISTS (SELECT 1 FROM distributions_delivery d
            WHERE d.state = 'UNKNOWN' AND NOT d.parked AND d.due_at <= (SELECT now FROM clock)),
    EXISTS (SELECT 1 FROM distributions_delivery d
            WHERE d.state = 'HELD' AND NOT d.parked AND d.due_at <= (SELECT now FROM clock)),
    EXISTS (
        SELECT 1 FROM distributions_distribution s JOIN campaigns_campaign c ON c.id = s.campaign_id
        WHERE s.status = 'LIVE' AND (c.expiration_date IS NULL OR c.expiration_date > (SELECT now FROM clock))
          AND EXISTS (
            SELECT 1 FROM distributions_delivery d
            WHERE d.distribution_id = s.id AND d.state = 'WAITING_CODE' AND d.due_at <= (SELECT now FROM clock)
        ) AND (c.type = 'AUTO_UPDATE' OR EXISTS (
            SELECT 1 FROM campaigns_voucher v WHERE v.campaign_id = c.id AND v.holder_id IS NULL AND v.active
            AND (v.expires_at IS NULL OR v.expires_at > (SELECT now FROM clock))
        ))
    ),
    EXISTS (SELECT 1 FROM distributions_delivery d
            WHERE d.to_verify AND d.due_at <= (SELECT now FROM clock)),
    EXISTS (SELECT 1 FROM distributions_distribution s WHERE s.status IN ('PAUSED', 'STOPPED', 'DONE')),
    EXISTS (SELECT 1 FROM distributions_distribution s WHERE s.status = 'LIVE' AND s.type = 'manual')
"""

# An expired lease proves nothing: whoever held it may have sent the message. It never goes straight back.
EXPIRE = """
WITH expired AS (
    SELECT d.id FROM distributions_delivery d WHERE d.state = 'SENDING' AND NOT d.parked AND d.due_at <= %(now)s
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE distributions_delivery d
    SET state = 'UNKNOWN', reason = 'lease_expired', due_at = %(now)s, lease_until = NULL
    FROM expired WHERE d.id = expired.id RETURNING d.id, d.fence
), noted AS (
    UPDATE distributions_attempt a SET outcome = 'unknown', ended_at = %(now)s, detail = 'the sender fell silent'
    FROM moved WHERE a.delivery_id = moved.id AND a.number = moved.fence AND a.outcome = ''
)
SELECT count(*) FROM moved
"""

RELEASE_HELD = """
WITH held AS (
    SELECT d.id FROM distributions_delivery d WHERE d.state = 'HELD' AND NOT d.parked AND d.due_at <= %(now)s
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE distributions_delivery d SET state = 'NEW' FROM held WHERE d.id = held.id RETURNING d.id
)
SELECT count(*) FROM moved
"""

# No more of each distribution than there are codes: the others need not be looked at in vain.
RELEASE_WAITING = """
WITH waiting AS (
    SELECT found.id
    FROM distributions_distribution s JOIN campaigns_campaign c ON c.id = s.campaign_id, LATERAL (
        SELECT count(*) AS codes FROM (
            SELECT 1 FROM campaigns_voucher v WHERE v.campaign_id = c.id AND v.holder_id IS NULL AND v.active
            AND (v.expires_at IS NULL OR v.expires_at > %(now)s) LIMIT %(limit)s
        ) AS free
    ) AS pool, LATERAL (
        SELECT d.id FROM distributions_delivery d
        WHERE d.distribution_id = s.id AND d.state = 'WAITING_CODE' AND d.due_at <= %(now)s
        ORDER BY d.due_at LIMIT CASE WHEN c.type = 'AUTO_UPDATE' THEN %(limit)s ELSE pool.codes END
        FOR UPDATE SKIP LOCKED
    ) AS found
    WHERE s.status = 'LIVE' AND (c.expiration_date IS NULL OR c.expiration_date > %(now)s)
      AND EXISTS (SELECT 1 FROM distributions_delivery w WHERE w.distribution_id = s.id AND w.state = 'WAITING_CODE')
), moved AS (
    UPDATE distributions_delivery d SET state = 'NEW', due_at = %(now)s FROM waiting WHERE d.id = waiting.id
    RETURNING d.id
)
SELECT count(*) FROM moved
"""

# What came back from its sender after its distribution was paused. The lock keeps the distribution from being resumed
# in this moment: who resumes it finds what was parked.
LOCK_PAUSED = """
SELECT id FROM distributions_distribution WHERE status = 'PAUSED' ORDER BY id FOR KEY SHARE
"""

PARK = """
WITH due AS (
    SELECT d.id FROM distributions_delivery d
    WHERE d.state IN ('READY', 'UNKNOWN') AND NOT d.parked AND d.due_at <= %(now)s
      AND d.distribution_id = ANY(%(ids)s) AND NOT d.is_test
    LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), moved AS (
    UPDATE distributions_delivery d SET parked = true FROM due WHERE d.id = due.id RETURNING d.id
)
SELECT count(*) FROM moved
"""

# What came back from its sender after its distribution was stopped.
CANCEL = """
WITH due AS (
    SELECT d.id FROM distributions_delivery d JOIN distributions_distribution s ON s.id = d.distribution_id
    WHERE d.state = 'READY' AND NOT d.parked AND d.due_at <= %(now)s
      AND s.status IN ('STOPPED', 'DONE') AND NOT d.is_test
    LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
), moved AS (
    UPDATE distributions_delivery d SET state = 'CANCELLED', reason = 'stopped' FROM due WHERE d.id = due.id
    RETURNING d.id
)
SELECT count(*) FROM moved
"""

# One that was sent once is done when the last of its messages is.
FINISH = """
WITH finished AS (
    UPDATE distributions_distribution s SET status = 'DONE'
    WHERE s.status = 'LIVE' AND s.type = 'manual' AND NOT EXISTS (
        SELECT 1 FROM distributions_delivery d WHERE d.distribution_id = s.id
        AND d.state IN ('NEW', 'HELD', 'WAITING_CODE', 'READY', 'SENDING', 'UNKNOWN'))
    RETURNING s.id
)
SELECT count(*) FROM finished
"""


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to do. The last two are no work by themselves: they say where strays may come from."""

    new: bool
    ready: bool
    expired: bool
    unknown: bool
    held: bool
    waiting: bool
    to_verify: bool
    has_strays: bool
    has_manual: bool

    def __bool__(self) -> bool:
        return self.new or self.ready or self.expired or self.unknown or self.held or self.waiting or self.to_verify


def look(now: datetime | None = None) -> Due:
    """Return what is due at a moment, or now. Paused backlogs and empty pools never are."""
    with statements.cursor() as cursor:
        cursor.execute(LOOK, {"now": now})
        return Due(*cursor.fetchone())


def sweep(due: Due | None = None) -> int:
    """Move everything that waited for this moment, as far as it was seen to be there; return how many were moved."""
    due = look() if due is None else due
    strays = due.has_strays and (due.ready or due.unknown or due.expired)
    if not (strays or due.expired or due.unknown or due.held or due.waiting or due.has_manual):
        return 0
    now = database_now()
    wanted = (
        (due.expired, EXPIRE),
        (due.expired or due.unknown, doubting.RESOLVE),
        (due.held, RELEASE_HELD),
        (due.waiting, RELEASE_WAITING),
        (strays, CANCEL),
        (due.has_manual, FINISH),
    )
    moved = sum(_move(statement, now) for is_wanted, statement in wanted if is_wanted)
    return moved + (_park(now) if strays else 0)


@transaction.atomic
def _move(statement: str, now: datetime) -> int:
    return _count(statement, now)


@transaction.atomic
def _park(now: datetime) -> int:
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(LOCK_PAUSED)
        paused = [row[0] for row in cursor.fetchall()]
    return _count(PARK, now, paused) if paused else 0


def _count(statement: str, now: datetime, ids: Sequence[int] = ()) -> int:
    asked: dict[str, Any] = {"now": now, "limit": AT_ONCE, "ids": list(ids)}
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(statement, asked | {"carriers": doubting.carriers()} if statement is doubting.RESOLVE else asked)
        return int(cursor.fetchone()[0])
