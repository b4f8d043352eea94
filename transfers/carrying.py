"""Codes are carried over: a handful is taken out, written to the account, and settled; each step is a transaction.

The account is written by upserts, so whatever is repeated after a crash leaves it as it was.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min

from access import project as projects
from access.models import Project
from distributions import connecting
from distributions.channels import CARRIERS, Account, Outcome, OutgoingMessage, Receipt
from distributions.composing import contents, rendering
from distributions.composing.merge_fields import context_for
from events.clock import database_now
from transfers import gathering, ordering
from transfers.models import Parcel, Transfer

AT_ONCE = 40
LEASE = timedelta(seconds=90)
TRIES_MOST = 6
# Starts of one transfer that killed their worker.
STARTS_MOST = 5
PAUSE_SECONDS = 5.0
# Answers that say the account itself is no good: no contact would fare better.
ACCOUNT_REFUSED = frozenset({401, 403, 404})

State = Parcel.State


def has_work(now: datetime) -> bool:
    return Transfer.objects.filter(status__in=Transfer.OPEN, due_at__lte=now).exists()


def carry_for(seconds: float) -> bool:
    """Carry handfuls, in turn for every transfer, for about so long; tell whether the time was not enough."""
    until = time.monotonic() + seconds
    while carry_some():
        if time.monotonic() >= until:
            return True
    return False


def carry_some() -> bool:
    """Do one step of the transfer that waited longest; tell whether there was one."""
    transfer = _begin()
    if transfer is None:
        return False
    if transfer.attempts > STARTS_MOST:
        ordering.fail(transfer, "Its workers were stopped again and again.")
    elif transfer.status == Transfer.Status.SCHEDULED:
        _open(transfer)
    else:
        _go_on(transfer)
    return True


@transaction.atomic
def _begin() -> Transfer | None:
    """Choose a transfer and keep others from choosing it for a moment; a start that kills its worker is counted."""
    now = database_now()
    due = Transfer.objects.filter(status__in=Transfer.OPEN, due_at__lte=now).order_by("due_at", "id")
    transfer = due.select_for_update(skip_locked=True, of=("self",)).first()
    if transfer is None:
        return None
    transfer.attempts += 1
    Transfer.objects.filter(pk=transfer.pk).update(attempts=transfer.attempts, due_at=now + LEASE)
    return Transfer.objects.select_related("campaign", "connection", "segment").get(pk=transfer.pk)


def _open(transfer: Transfer) -> None:
    """Look whether the account can be reached before anything is given away, and find the contacts."""
    tested = connecting.test(transfer.connection)
    if not tested.ok and tested.status in ACCOUNT_REFUSED:
        ordering.fail(transfer, tested.message)
        return
    gathering.gather(transfer)
    _again(transfer, 0.0)


def _go_on(transfer: Transfer) -> None:
    now = database_now()
    given = gathering.give_codes(transfer, now)
    parcels = _take(transfer, now)
    if parcels:
        _settle(_written(transfer, parcels))
    if given or parcels:
        _again(transfer, 0.0)
    else:
        _wait_or_finish(transfer, now)


@transaction.atomic
def _take(transfer: Transfer, now: datetime) -> list[Parcel]:
    """Take out some that are ready, and those whose carrier fell silent."""
    due = Parcel.objects.filter(transfer=transfer, state__in=[State.READY, State.SENDING], due_at__lte=now)
    found = list(
        due.select_for_update(skip_locked=True).order_by("due_at", "id").values_list("id", flat=True)[:AT_ONCE]
    )
    taken = Parcel.objects.filter(id__in=found)
    taken.update(state=State.SENDING, due_at=now + LEASE, attempts=F("attempts") + 1)
    return list(taken.select_related("customer", "voucher").order_by("id"))


@dataclass(frozen=True)
class _Result:
    """What became of one parcel; one that has neither ended is tried again after so many seconds."""

    parcel: Parcel
    state: str
    detail: str = ""
    wait: float = 0.0


def _written(transfer: Transfer, parcels: Sequence[Parcel]) -> list[_Result]:
    """Write the parcels to the account, outside of any transaction."""
    stopped = gathering.refusing([parcel.customer for parcel in parcels])
    project, account = projects.current(), connecting.account_of(transfer.connection)
    results = [_Result(one, State.SKIPPED, stopped[one.customer_id]) for one in parcels if one.customer_id in stopped]
    messages: dict[str, tuple[Parcel, OutgoingMessage]] = {}
    for parcel in parcels:
        if parcel.customer_id in stopped:
            continue
        try:
            message = _message(transfer, parcel, project, account)
        except rendering.TemplateError as error:
            results.append(_Result(parcel, State.FAILED, f"The fields cannot be filled in: {error}"))
        else:
            messages[message.id] = (parcel, message)
    carrier = CARRIERS[transfer.connection.provider]
    receipts = carrier.deliver([message for _, message in messages.values()]) if messages else ()
    return results + [_result(messages[receipt.message_id][0], receipt) for receipt in receipts if receipt]


def _message(transfer: Transfer, parcel: Parcel, project: Project, account: Account) -> OutgoingMessage:
    context = context_for(customer=parcel.customer, project=project, voucher=parcel.voucher, campaign=transfer.campaign)
    content = contents.filled_in(transfer.connection.channel, transfer.fields, transfer.tags, "", context)
    return OutgoingMessage(f"parcel_{parcel.pk}", parcel.customer.email or "", account=account, content=content)


def _result(parcel: Parcel, receipt: Receipt) -> _Result:
    if receipt.outcome == Outcome.ACCEPTED:
        return _Result(parcel, State.DONE)
    words = " ".join(filter(None, [str(receipt.status_code or ""), receipt.detail]))
    if receipt.outcome == Outcome.REJECTED or parcel.attempts >= TRIES_MOST:
        return _Result(parcel, State.FAILED, words)
    return _Result(
        parcel, State.READY, words, max(receipt.retry_after or 0.0, PAUSE_SECONDS * 2 ** (parcel.attempts - 1))
    )


@transaction.atomic
def _settle(results: Sequence[_Result]) -> None:
    now = database_now()
    for result in results:
        # One that was taken over meanwhile has another attempt: that one's outcome counts.
        mine = Parcel.objects.filter(pk=result.parcel.pk, state=State.SENDING, attempts=result.parcel.attempts)
        detail = result.detail[:1000].replace("\x00", "")
        mine.update(state=result.state, detail=detail, due_at=now + timedelta(seconds=result.wait))


def _again(transfer: Transfer, seconds: float) -> None:
    """Let the transfer be chosen again: what was begun has come to its end."""
    due_at = database_now() + timedelta(seconds=seconds)
    Transfer.objects.filter(pk=transfer.pk, status__in=Transfer.OPEN).update(attempts=0, due_at=due_at)


def _wait_or_finish(transfer: Transfer, now: datetime) -> None:
    next_at = Parcel.objects.filter(transfer=transfer, state__in=Parcel.OPEN).aggregate(at=Min("due_at"))["at"]
    if next_at is None:
        ordering.finish(transfer)
    else:
        _again(transfer, max((next_at - now).total_seconds(), 0.2))
