"""Questions to providers, between the steps: what became of a hand-over whose answer was lost, and is a message there?

Both read only, so both may be asked again by anybody; what they found is written where nothing has changed meanwhile.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Left

from access import statements
from distributions.channels import CARRIERS, PROVIDERS, Outcome, OutgoingMessage, Receipt
from distributions.composing.cases import gather
from distributions.deliveries import Promise
from distributions.feedback import receiving
from distributions.feedback.receiving import Report
from distributions.models import Attempt, Delivery, Feedback
from distributions.sending import outcomes, outgoing, pacing
from distributions.sending.handing_over import hand_over
from distributions.sending.pacing import Asking
from events.clock import database_now

AT_ONCE = 50
# Longer than any question may last: after that, somebody else asks.
LEASE = timedelta(seconds=45)
# After this long a message that was not seen at its provider is not looked for any more.
SOUGHT_FOR = timedelta(hours=6)

LOOKING_UP = [name for name, provider in PROVIDERS.items() if provider.capabilities.can_look_up]
State = Delivery.State

TAKE = f"""
WITH due AS (
    SELECT d.id, d.due_at, d.fence, {outgoing.COLUMNS}
    FROM distributions_delivery d {outgoing.JOINS}
    WHERE d.due_at <= statement_timestamp() AND {{which}}
    ORDER BY d.due_at LIMIT %(limit)s FOR UPDATE OF d SKIP LOCKED
), taken AS (
    UPDATE distributions_delivery d SET due_at = statement_timestamp() + %(lease)s::interval
    FROM due WHERE d.id = due.id RETURNING d.id
)
SELECT due.id, fence, {outgoing.NAMES} FROM due JOIN taken ON taken.id = due.id ORDER BY carrier, due.due_at
"""  # noqa: S608
LOST = TAKE.format(
    which="d.state = 'UNKNOWN' AND NOT d.parked AND d.reason <> 'looked_up' AND m.carrier = ANY(%(carriers)s)"
)
UNSEEN = TAKE.format(which="d.to_verify")


@dataclass(frozen=True, slots=True)
class Asked:
    """A message in our hands to ask about."""

    id: UUID
    fence: int
    carrier: str
    connection_id: int | None
    message: OutgoingMessage


def look_up_some() -> int:
    """Ask what became of hand-overs whose answers were lost; return how many were asked about."""
    if not LOOKING_UP:
        return 0
    lost = _take(LOST)
    for carrier, mine in groupby(lost, key=lambda one: one.carrier):
        hand_over(mine, carrier, CARRIERS[carrier].look_up, settle_looked_up)
    return len(lost)


def verify_some() -> int:
    """Read messages back from their providers; return how many were asked about."""
    unseen = _take(UNSEEN)
    for carrier, mine in groupby(unseen, key=lambda one: one.carrier):
        verify = getattr(CARRIERS.get(carrier), "verify", None)
        if verify is None:
            Delivery.objects.filter(id__in=[one.id for one in mine]).update(to_verify=False)
        else:
            hand_over(mine, carrier, verify, settle_verified)
    return len(unseen)


@transaction.atomic(durable=True)
def _take(statement: str) -> list[Asked]:
    """Take out what is due to be asked about; a question costs its connection a turn, as a message does."""
    began = time.monotonic()
    asked: dict[str, Any] = {"limit": AT_ONCE, "lease": LEASE, "carriers": LOOKING_UP}
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(statement, asked)
        taken = [_asked(row, began + LEASE.total_seconds()) for row in cursor]
    turns = pacing.give([Asking(one.id, one.connection_id or 0, True) for one in taken if one.message.account])
    for key, due_at in turns.later.items():
        Delivery.objects.filter(id=key).update(due_at=due_at)
    return [
        replace(one, message=replace(one.message, start_after=began + turns.wait.get(one.id, 0.0)))
        for one in taken
        if one.id not in turns.later
    ]


def _asked(row: Any, ends: float) -> Asked:
    key, fence, *stored = row
    return Asked(key, fence, *outgoing.read(key, stored, ends))


@transaction.atomic(durable=True)
def settle_looked_up(found: Sequence[tuple[Asked, Receipt]]) -> None:
    """Write what became of lost hand-overs: sent, surely not sent and so ready again, or nobody knows."""
    now, sent = database_now(), []
    for one, receipt in found:
        if not _untouched(one).update(**_fate(receipt, now)):
            continue
        last = Attempt.objects.filter(delivery_id=one.id, number=one.fence)
        told = Concat(F("detail"), Value(f"; looked up: {receipt.detail or receipt.outcome}".replace("\x00", "")))
        last.update(late_outcome=receipt.outcome, detail=Left(told, 1000))
        if receipt.outcome == Outcome.ACCEPTED:
            sent.append(one.id)
    if sent:
        real = Delivery.objects.filter(id__in=sent, is_test=False)
        outcomes.tell_sent(gather([Promise.of(delivery) for delivery in real]), now)


def _untouched(one: Asked) -> Any:
    return Delivery.objects.filter(id=one.id, state=State.UNKNOWN, fence=one.fence)


def _fate(receipt: Receipt, now: datetime) -> dict[str, Any]:
    if receipt.outcome == Outcome.ACCEPTED:
        return {"state": State.SENT, "reason": "", "sent_at": now, "due_at": now}
    if receipt.outcome == Outcome.NOT_ACCEPTED:
        return {"state": State.READY, "reason": "try_again", "due_at": now}
    return {"reason": "looked_up", "due_at": now}


@transaction.atomic(durable=True)
def settle_verified(found: Sequence[tuple[Asked, Receipt]]) -> None:
    """Write which messages were seen at their providers; the others are looked for ever more rarely, then no more."""
    now = database_now()
    seen = {one.id: _report(one, receipt, now) for one, receipt in found if receipt.outcome == Outcome.ACCEPTED}
    receiving.take(list(seen.values()))
    Delivery.objects.filter(id__in=seen).update(to_verify=False)
    unseen = Delivery.objects.filter(id__in=[one.id for one, _ in found if one.id not in seen], to_verify=True)
    unseen.filter(sent_at__lt=now - SOUGHT_FOR).update(to_verify=False)
    unseen.update(due_at=now + (now - F("sent_at")) + timedelta(seconds=2))


def _report(one: Asked, receipt: Receipt, now: datetime) -> Report:
    """Return what was read back as the provider's own word: once for each message."""
    words = receipt.detail.replace("\x00", "")[:1000]
    return Report(f"{one.carrier} read back", one.message.id, Feedback.Kind.DELIVERED, now, one.id, raw={"read": words})
