"""The second step of sending: take messages out, one attempt each, written down before the first byte leaves.

The lease is longer than any attempt may last. Who dies with a lease leaves a message whose outcome is unknown; the
fence tells a late answer of his from that of the one who took over.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from access import statements
from customers.models import subject_of
from distributions import deliveries, unsubscribing
from distributions.channels import PROVIDERS, OutgoingMessage
from distributions.sending import outgoing, pacing
from distributions.sending.pacing import Asking
from events.clock import database_now

AT_ONCE = 200
LEASE = timedelta(seconds=45)
# How long messages wait whose account's secrets cannot be opened: somebody has to mend that.
SEALED_PATIENCE = timedelta(minutes=1)
MAIL_CARRIERS = frozenset(name for name, provider in PROVIDERS.items() if provider.channel in {"email", "mailbox"})

TAKE = f"""
WITH ready AS (
    SELECT d.id, d.due_at, d.reason, d.is_test, {outgoing.COLUMNS}
    FROM distributions_delivery d
    JOIN distributions_distribution s ON s.id = d.distribution_id
    {outgoing.JOINS}
    WHERE d.state = 'READY' AND NOT d.parked AND d.due_at <= statement_timestamp() AND (s.status = 'LIVE' OR d.is_test)
      AND (%(only)s::uuid IS NULL OR d.id = %(only)s::uuid)
      AND coalesce('connection:' || m.connection_id, m.address) <> ALL(%(apart_from)s::text[])
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
SELECT ready.id, taken.fence, taken.attempt_count, is_test, reason, {outgoing.NAMES}
FROM ready JOIN taken ON taken.id = ready.id ORDER BY ready.due_at
"""  # noqa: S608

# Of a test the customer only lends her data.
REFUSING = """
SELECT d.id, c.purpose, u.refuses FROM distributions_delivery d
JOIN distributions_distributionchannel c ON c.id = d.channel_id JOIN customers_customer u ON u.id = d.customer_id
WHERE d.id = ANY(%s) AND u.refuses <> '{}' AND NOT d.is_test
"""

# Nothing was committed yet, so nobody has seen the attempt: there was none.
GIVE_BACK = """
WITH given_back AS (
    UPDATE distributions_delivery d
    SET state = g.state, reason = g.reason, once_key = CASE WHEN g.state = 'SUPPRESSED' THEN NULL ELSE d.once_key END,
        fence = d.fence - 1, attempt_count = d.attempt_count - 1, lease_until = NULL,
        due_at = coalesce(g.due_at, statement_timestamp())
    FROM jsonb_to_recordset(%s::jsonb) AS g (id uuid, state text, reason text, due_at timestamptz)
    WHERE d.id = g.id RETURNING d.id, d.fence
)
DELETE FROM distributions_attempt a USING given_back
WHERE a.delivery_id = given_back.id AND a.number = given_back.fence + 1
"""


@dataclass(frozen=True, slots=True)
class Leased:
    """A message in our hands, and the fence under which its outcome may be written."""

    id: UUID
    fence: int
    attempts: int
    is_test: bool
    reason: str
    carrier: str
    connection_id: int | None
    message: OutgoingMessage


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Where one goes that was taken out and must not leave."""

    id: UUID
    state: str
    reason: str
    due_at: datetime | None = None


@transaction.atomic(durable=True)
def lease(limit: int = AT_ONCE, *, only: UUID | None = None, apart_from: Sequence[str] = ()) -> list[Leased]:
    """Take out messages that are ready, none to these receivers; who has unsubscribed meanwhile gets none."""
    asked: dict[str, Any] = {"limit": limit, "only": only, "apart_from": list(apart_from), "lease": LEASE}
    began = time.monotonic()
    with statements.cursor() as cursor:
        cursor.execute(TAKE, asked)
        leased = [_leased(row, began + LEASE.total_seconds()) for row in cursor]
    back = _stopped(leased)
    leaving = [one for one in leased if one.id not in back]
    turns = pacing.give([_asking(one) for one in leaving if one.message.account is not None])
    back |= {key: GivenBack(key, "READY", pacing.IN_LINE, due_at) for key, due_at in turns.later.items()}
    if back:
        with statements.cursor(planned_once=False) as cursor:
            cursor.execute(GIVE_BACK, [deliveries.as_json([asdict(one) for one in back.values()])])
    return [_in_turn(one, began, turns.wait) for one in leaving if one.id not in back]


def _leased(row: Any, ends: float) -> Leased:
    key, fence, attempts, is_test, reason, *stored = row
    return Leased(key, fence, attempts, is_test, reason, *outgoing.read(key, stored, ends))


def _stopped(leased: Sequence[Leased]) -> dict[UUID, GivenBack]:
    """Return those of a batch that must not leave: to whom nothing may be sent any more, or by a sealed account."""
    back = {key: GivenBack(key, "SUPPRESSED", reason) for key, reason in _refusals(leased).items()}
    sealed = [one for one in leased if one.connection_id is not None and outgoing.is_sealed(one.message)]
    if sealed:
        later = database_now() + SEALED_PATIENCE
        back |= {one.id: GivenBack(one.id, "READY", "secrets_sealed", later) for one in sealed}
    return back


def _refusals(leased: Sequence[Leased]) -> dict[UUID, str]:
    """Return why some may not be sent: their address was stopped, or their customer has forbidden it meanwhile."""
    asked = {one.id: consent for one in leased if (consent := _consent(one))}
    if not asked:
        return {}
    stopped = unsubscribing.stopped(asked.values())
    return _refused(asked) | {key: stopped[consent] for key, consent in asked.items() if consent in stopped}


def _consent(one: Leased) -> tuple[str, str] | None:
    channel = PROVIDERS[one.carrier].channel if one.carrier in PROVIDERS else ""
    message = one.message
    return unsubscribing.consent_for(channel, message.address, message.message, message.customer.get("email"))


def _refused(asked: Mapping[UUID, tuple[str, str]]) -> dict[UUID, str]:
    with statements.cursor() as cursor:
        cursor.execute(REFUSING, [list(asked)])
        found = cursor.fetchall()
    return {key: "unsubscribed" for key, purpose, refused in found if _is_refused(asked[key][0], purpose, refused)}


def _is_refused(consent: str, purpose: str, refused: Sequence[str]) -> bool:
    return consent in refused or subject_of(consent, purpose or "marketing") in refused


def _asking(one: Leased) -> Asking:
    return Asking(one.id, one.connection_id or 0, one.reason == pacing.IN_LINE)


def _in_turn(one: Leased, began: float, wait: dict[UUID, float]) -> Leased:
    """Return what was leased, its call bound to wait for its turn."""
    if not wait.get(one.id):
        return one
    return replace(one, message=replace(one.message, start_after=began + wait[one.id]))
