"""The last step of sending: write down what became of each attempt. Only who holds the fence may; a late answer counts
where it proves that the message arrived and nobody knew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from access import statements
from customers import suppressing
from customers.models import Suppression
from customers.suppressing import Stop
from distributions import connecting, unsubscribing
from distributions.channels import PROVIDERS, Outcome, Receipt
from distributions.composing.cases import gather
from distributions.deliveries import Promise, as_json
from distributions.feedback import receiving
from distributions.models import Delivery
from distributions.planning import lifecycle
from distributions.sending import outcomes, pacing, retrying
from distributions.sending.leasing import Leased
from events.clock import database_now

State = Delivery.State
# Who carries these is never heard of again once he has answered.
SILENT = frozenset({"mailbox", "webhook"})
# Why the next messages for a webhook wait until a person has looked.
UNREACHABLE = frozenset({"gave_up", "gone"})
# What a provider refuses because the receiver wants nothing any more.
OPTED_OUT = "opted_out"
# The provider does not take the account's credentials.
REFUSED = frozenset({401, 403})
VERIFYING = frozenset(name for name, provider in PROVIDERS.items() if provider.capabilities.can_verify)
# Seconds until what was sent is read back first.
VERIFY_AFTER = 1.0

# The array keeps the planner on the indexes, however small the tables were when the plan was made.
SETTLE = """
WITH results AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
        AS r (id uuid, fence bigint, state text, reason text, due_in float, outcome text, status_code smallint,
              provider_id text, detail text, to_verify bool)
), settled AS (
    UPDATE distributions_delivery d
    SET state = r.state, reason = r.reason, due_at = statement_timestamp() + make_interval(secs => r.due_in),
        lease_until = NULL, sent_at = CASE WHEN r.state = 'SENT' THEN statement_timestamp() ELSE d.sent_at END,
        to_verify = r.to_verify,
        attempt_count = d.attempt_count - CASE WHEN r.outcome = 'not_started' THEN 1 ELSE 0 END
    FROM results r WHERE d.id = ANY(%(ids)s::uuid[]) AND d.id = r.id AND d.state = 'SENDING' AND d.fence = r.fence
    RETURNING d.id, d.fence
), noted AS (
    UPDATE distributions_attempt a
    SET ended_at = coalesce(a.ended_at, statement_timestamp()),
        late_outcome = CASE WHEN s.id IS NULL THEN r.outcome ELSE a.late_outcome END,
        outcome = CASE WHEN s.id IS NULL THEN a.outcome ELSE r.outcome END,
        status_code = r.status_code, provider_id = r.provider_id, detail = r.detail
    FROM results r LEFT JOIN settled s ON s.id = r.id AND s.fence = r.fence
    WHERE a.delivery_id = ANY(%(ids)s::uuid[]) AND a.delivery_id = r.id AND a.number = r.fence
)
SELECT id FROM settled
"""

ACCEPT_LATE = """
UPDATE distributions_delivery SET state = 'SENT', reason = '', sent_at = statement_timestamp(), lease_until = NULL,
    due_at = statement_timestamp(), to_verify = id = ANY(%s)
WHERE id = ANY(%s) AND state IN ('UNKNOWN', 'READY', 'UNCERTAIN') RETURNING id
"""


@dataclass(frozen=True, slots=True)
class _Result:
    """One receipt, as both tables take it."""

    id: UUID
    fence: int
    state: str
    reason: str
    due_in: float
    outcome: str
    status_code: int | None
    provider_id: str
    detail: str
    to_verify: bool


@transaction.atomic(durable=True)
def settle(receipts: Sequence[tuple[Leased, Receipt]]) -> int:
    """Write the outcomes of attempts; return how many were still ours to write."""
    results = {leased.id: _result(leased, receipt) for leased, receipt in receipts}
    with statements.cursor() as cursor:
        cursor.execute(SETTLE, {"rows": as_json(list(results.values())), "ids": list(results)})
        settled = {row[0] for row in cursor.fetchall()}
        late = results.keys() - settled
        accepted = [key for key in late if results[key].outcome == Outcome.ACCEPTED]
        if accepted:
            cursor.execute(ACCEPT_LATE, [[key for key in accepted if results[key].to_verify], accepted])
            settled |= {row[0] for row in cursor.fetchall()}
    _let_rest(receipts)
    _stop(receipts)
    _tell([leased for leased, _ in receipts if leased.id in settled], results)
    receiving.follow([leased.id for leased, _ in receipts if leased.carrier not in SILENT])
    return len(settled)


def _let_rest(receipts: Sequence[tuple[Leased, Receipt]]) -> None:
    """Pause the connections whose providers asked for it."""
    pauses: dict[int, float] = {}
    for leased, receipt in receipts:
        if leased.connection_id is not None and receipt.retry_after and receipt.outcome != Outcome.ACCEPTED:
            pauses[leased.connection_id] = max(receipt.retry_after, pauses.get(leased.connection_id, 0.0))
    if pauses:
        pacing.pause(pauses)
    refused = {
        leased.connection_id: receipt
        for leased, receipt in receipts
        if leased.connection_id is not None and receipt.status_code in REFUSED
    }
    for connection_id, receipt in sorted(refused.items()):
        connecting.doubt(connection_id, f"{receipt.status_code} {receipt.detail}")


def _stop(receipts: Sequence[tuple[Leased, Receipt]]) -> None:
    """Stop the addresses of whom the provider says that they have told it to stop."""
    suppressing.suppress_many([
        Stop(channel, leased.message.address, Suppression.Reason.STOP, source=f"{leased.carrier} {leased.message.id}")
        for leased, receipt in receipts
        if receipt.refusal == OPTED_OUT and (channel := unsubscribing.CONSENTED.get(PROVIDERS[leased.carrier].channel))
    ])  # fmt: skip


def _result(leased: Leased, receipt: Receipt) -> _Result:
    state, reason, due_in = _next(leased, receipt)
    return _Result(
        leased.id, leased.fence, state, reason, due_in, receipt.outcome, receipt.status_code,
        receipt.provider_id[:255].replace("\x00", ""), receipt.detail[:1000].replace("\x00", ""),
        receipt.outcome == Outcome.ACCEPTED and leased.carrier in VERIFYING and not leased.message.message,
    )  # fmt: skip


def _next(leased: Leased, receipt: Receipt) -> tuple[str, str, float]:
    """Return the state, the reason, and the seconds until it is due, that follow from a receipt."""
    if receipt.outcome == Outcome.ACCEPTED:
        return State.SENT, "", VERIFY_AFTER
    if receipt.outcome == Outcome.REJECTED:
        return State.FAILED, receipt.refusal or ("gone" if receipt.status_code == 410 else "rejected"), 0.0
    if receipt.outcome == Outcome.NOT_STARTED:
        return State.READY, "", 0.0
    wait = retrying.delay(leased.carrier, leased.attempts, receipt)
    if wait is None:
        return (State.UNCERTAIN if receipt.outcome == Outcome.UNKNOWN else State.FAILED), "gave_up", 0.0
    state = State.UNKNOWN if receipt.outcome == Outcome.UNKNOWN else State.READY
    return state, "try_again", wait


def _tell(settled: Sequence[Leased], results: Mapping[UUID, _Result]) -> None:
    """Emit what the catalogue has for these ends, and stop knocking at a webhook that gave none."""
    real = [one for one in settled if not one.is_test]
    told = {one.id for one in real if one.carrier != "webhook"}
    sent = {key for key in told if results[key].state == State.SENT}
    failed = {key for key in told if results[key].state == State.FAILED}
    if sent or failed:
        cases = gather([Promise.of(delivery) for delivery in Delivery.objects.filter(id__in=sent | failed)])
        now = database_now()
        outcomes.tell_sent([case for case in cases if case.delivery.id in sent], now)
        outcomes.tell_failed([case for case in cases if case.delivery.id in failed], now)
    broken = [one.id for one in real if one.carrier == "webhook" and results[one.id].reason in UNREACHABLE]
    unreachable = Delivery.objects.filter(id__in=broken).values_list("distribution_id", flat=True) if broken else ()
    for distribution_id in sorted(set(unreachable)):
        lifecycle.pause_unreachable(distribution_id)
