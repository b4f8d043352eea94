"""The last step of sending: write down what became of each attempt. Only who holds the fence may; a late answer counts
where it proves that the message arrived and nobody knew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from distributions.channels import Outcome, Receipt
from distributions.composing.cases import gather
from distributions.deliveries import as_json
from distributions.models import Delivery
from distributions.planning import lifecycle
from distributions.sending import outcomes, retrying
from distributions.sending.leasing import MAIL_CARRIERS, Leased
from events.clock import database_now

State = Delivery.State

SETTLE = """
UPDATE distributions_delivery d
SET state = r.state, reason = r.reason, due_at = r.due_at, lease_until = NULL,
    sent_at = CASE WHEN r.state = 'SENT' THEN %(now)s ELSE d.sent_at END,
    attempt_count = d.attempt_count - CASE WHEN r.outcome = 'not_started' THEN 1 ELSE 0 END
FROM jsonb_to_recordset(%(rows)s::jsonb)
     AS r (id uuid, fence bigint, state text, reason text, due_at timestamptz, outcome text)
WHERE d.id = r.id AND d.state = 'SENDING' AND d.fence = r.fence
RETURNING d.id
"""

NOTE = """
UPDATE distributions_attempt a
SET ended_at = coalesce(a.ended_at, %(now)s),
    late_outcome = CASE WHEN r.is_late THEN r.outcome ELSE a.late_outcome END,
    outcome = CASE WHEN r.is_late THEN a.outcome ELSE r.outcome END,
    status_code = r.status_code, provider_id = r.provider_id, detail = r.detail
FROM jsonb_to_recordset(%(rows)s::jsonb)
     AS r (id uuid, fence bigint, outcome text, status_code smallint, provider_id text, detail text, is_late bool)
WHERE a.delivery_id = r.id AND a.number = r.fence
"""

ACCEPT_LATE = """
UPDATE distributions_delivery SET state = 'SENT', reason = '', sent_at = %s, lease_until = NULL
WHERE id = ANY(%s) AND state IN ('UNKNOWN', 'READY', 'UNCERTAIN') RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Result:
    """One receipt, as both tables take it."""

    id: UUID
    fence: int
    state: str
    reason: str
    due_at: datetime
    outcome: str
    status_code: int | None
    provider_id: str
    detail: str
    is_late: bool = False


@transaction.atomic(durable=True)
def settle(receipts: Sequence[tuple[Leased, Receipt]]) -> int:
    """Write the outcomes of attempts; return how many were still ours to write."""
    now = database_now()
    results = [_result(leased, receipt, now) for leased, receipt in receipts]
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, {"now": now, "rows": as_json(results)})
        settled = {row[0] for row in cursor.fetchall()}
        late = [result.id for result in results if result.id not in settled]
        noted = [replace(result, is_late=result.id not in settled) for result in results] if late else results
        cursor.execute(NOTE, {"now": now, "rows": as_json(noted)})
        accepted = {result.id for result in results if result.outcome == Outcome.ACCEPTED}
        if late and accepted.intersection(late):
            cursor.execute(ACCEPT_LATE, [now, list(accepted.intersection(late))])
            settled |= {row[0] for row in cursor.fetchall()}
    _tell([leased for leased, _ in receipts if leased.id in settled], {one.id: one.state for one in results}, now)
    return len(settled)


def _result(leased: Leased, receipt: Receipt, now: datetime) -> _Result:
    state, reason, due_at = _next(leased, receipt, now)
    return _Result(
        leased.id, leased.fence, state, reason, due_at, receipt.outcome, receipt.status_code,
        receipt.provider_id[:255].replace("\x00", ""), receipt.detail[:1000].replace("\x00", ""),
    )  # fmt: skip


def _next(leased: Leased, receipt: Receipt, now: datetime) -> tuple[str, str, datetime]:
    """Return state, reason and due time that follow from a receipt."""
    if receipt.outcome == Outcome.ACCEPTED:
        return State.SENT, "", now
    if receipt.outcome == Outcome.REJECTED:
        return State.FAILED, "gone" if receipt.status_code == 410 else "rejected", now
    if receipt.outcome == Outcome.NOT_STARTED:
        return State.READY, "", now
    wait = retrying.delay(leased.carrier, leased.attempts, receipt)
    if wait is None:
        return (State.UNCERTAIN if receipt.outcome == Outcome.UNKNOWN else State.FAILED), "gave_up", now
    state = State.UNKNOWN if receipt.outcome == Outcome.UNKNOWN else State.READY
    return state, "try_again", now + timedelta(seconds=wait)


def _tell(settled: Sequence[Leased], states: dict[UUID, str], now: datetime) -> None:
    """Emit what the catalogue has for these ends, and stop knocking at a webhook that gave none."""
    ended = {one.id: one for one in settled if states[one.id] in {State.SENT, State.FAILED, State.UNCERTAIN}}
    mails = [key for key, one in ended.items() if one.carrier in MAIL_CARRIERS and not one.is_test]
    if mails:
        cases = gather(list(Delivery.objects.filter(id__in=mails)))
        outcomes.tell_sent([case for case in cases if case.delivery.state == State.SENT], now)
        outcomes.tell_failed([case for case in cases if case.delivery.state == State.FAILED], now)
    broken = [key for key, one in ended.items() if one.carrier == "webhook" and not one.is_test]
    unreachable = Delivery.objects.filter(id__in=broken, reason__in=["gave_up", "gone"])
    for distribution_id in sorted(set(unreachable.values_list("distribution_id", flat=True))) if broken else ():
        lifecycle.pause_unreachable(distribution_id)
