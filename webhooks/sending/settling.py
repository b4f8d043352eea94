"""What became of each attempt is written down, and a webhook that does not answer any more is turned off.

Only who holds the fence may write; an answer that comes after its lease counts where it proves that it arrived and
nobody has begun again. What an address answered says nothing of a webhook that was changed meanwhile: it is asked anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

import orjson
from django.db import transaction

from access import statements
from distributions.channels import Outcome, Receipt
from distributions.sending import retrying
from webhooks import keeping
from webhooks.models import Sendout, Webhook
from webhooks.sending.leasing import Leased

State = Sendout.State
Ended = Webhook.Ended
GONE = 410

SETTLE = """
WITH results AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r (id uuid, fence integer, state text, step smallint, due_in float, outcome text, status_code smallint,
              detail text)
), settled AS (
    UPDATE webhooks_sendout s
    SET state = r.state, due_at = statement_timestamp() + make_interval(secs => r.due_in),
        sent_at = CASE WHEN r.state = 'SENT' THEN statement_timestamp() ELSE s.sent_at END,
        attempt_count = r.step
    FROM results r WHERE s.id = ANY(%(ids)s::uuid[]) AND s.id = r.id AND s.fence = r.fence
      AND (s.state = 'SENDING' OR (s.state = 'WAITING' AND r.outcome = 'accepted'))
    RETURNING s.id
), noted AS (
    UPDATE webhooks_attempt a
    SET ended_at = statement_timestamp(), outcome = r.outcome, status_code = r.status_code, detail = r.detail
    FROM results r WHERE a.sendout_id = ANY(%(ids)s::uuid[]) AND a.sendout_id = r.id AND a.number = r.fence
)
SELECT id FROM settled
"""


@dataclass(frozen=True, slots=True)
class _Result:
    id: UUID
    fence: int
    state: str
    step: int
    due_in: float
    outcome: str
    status_code: int | None
    detail: str


@transaction.atomic(durable=True)
def settle(receipts: Sequence[tuple[Leased, Receipt]]) -> int:
    """Write the outcomes of attempts; return how many were still ours to write."""
    ending = {leased.webhook_id for leased, receipt in receipts if _end(leased, receipt)}
    revisions = keeping.locked_revisions(ending) if ending else {}
    results = {leased.id: _result(leased, receipt, revisions) for leased, receipt in receipts}
    rows = orjson.dumps([asdict(result) for result in results.values()]).decode()
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(SETTLE, {"rows": rows, "ids": list(results)})
        settled = {key for (key,) in cursor.fetchall()}
    failed = [pair for pair in receipts if pair[0].id in settled and results[pair[0].id].state == State.FAILED]
    ends = {leased.webhook_id: end for leased, receipt in failed if (end := _end(leased, receipt))}
    if ends:
        keeping.turn_off(ends)
    return len(settled)


def _result(leased: Leased, receipt: Receipt, revisions: Mapping[int, int]) -> _Result:
    state, step, due_in = _next(leased, receipt)
    if _end(leased, receipt) and revisions.get(leased.webhook_id, leased.revision) != leased.revision:
        state, step, due_in = State.WAITING, 0, 0.0
    detail = receipt.detail[:1000].replace("\x00", "")
    return _Result(leased.id, leased.fence, state, step, due_in, receipt.outcome, receipt.status_code, detail)


def _next(leased: Leased, receipt: Receipt) -> tuple[State, int, float]:
    """Return the state, the steps of the ladder that are used up, and the seconds until it is due."""
    if receipt.outcome == Outcome.ACCEPTED:
        return State.SENT, leased.step, 0.0
    if receipt.outcome == Outcome.NOT_STARTED:
        return State.WAITING, leased.step - 1, 0.0
    wait = None if receipt.outcome == Outcome.REJECTED or leased.is_test else _wait(leased, receipt)
    return (State.FAILED, leased.step, 0.0) if wait is None else (State.WAITING, leased.step, wait)


def _wait(leased: Leased, receipt: Receipt) -> float | None:
    return retrying.delay("webhook", leased.step, receipt)


def _end(leased: Leased, receipt: Receipt) -> str:
    """Return why the webhook is to be turned off, nothing where it is not."""
    if leased.is_test or _next(leased, receipt)[0] != State.FAILED:
        return ""
    if receipt.outcome == Outcome.REJECTED:
        return Ended.GONE if receipt.status_code == GONE else Ended.REFUSED
    return Ended.GAVE_UP
