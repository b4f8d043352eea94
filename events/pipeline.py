"""T2: hands accepted events to whoever reacts to them, a batch of customers at a time.

A batch is one transaction that holds its customers locked, so that the work of one customer is done by one process at a
time and in order. The rows of the queue go with it: a crash leaves everything as it was. What the reactions themselves
make happen is reacted to in the same transaction, round by round.
"""

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.module_loading import import_string

from events import clock, following, queueing
from events.models import Event

DEPTH_MOST = 8
TRIES_MOST = 3
PAUSE_SECONDS = 0.01

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """Events in the order of their ids, of customers whom this transaction holds locked."""

    now: datetime
    events: list[Event]
    customer_ids: list[int]
    # What has too many causes behind it to draw consequences, but happened and may be told.
    beyond: list[Event] = field(default_factory=list)
    # What a reaction read in an earlier round of this transaction and need not read again.
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Claim:
    """What one try took hold of: known to the caller also where the try failed."""

    customer_ids: list[int] | None = None
    nobodys: bool = True
    most: int = queueing.EVENTS_MOST
    events: list[Event] = field(default_factory=list)


def drain(limit_seconds: float = 10.0) -> int:
    """Apply batches until nothing is left that is free, or the time is over; return how many events were applied."""
    until = time.monotonic() + limit_seconds
    applied = 0
    while batch := apply_batch():
        applied += batch
        if time.monotonic() >= until:
            break
    return applied


def apply_batch() -> int:
    """Apply one batch; return how many events left the queue or failed, 0 where none is free."""
    return _apply_or_part(_Claim())


def has_work(_now: datetime) -> bool:
    """Tell whether events wait; everything that is swept is asked with the moment of the sweep."""
    return queueing.is_waiting()


def is_applying() -> bool:
    """Tell whether this code runs within a batch: what it records is found without a doorbell."""
    return following.current() is not None


def wait_until_applied(seconds: float = 1.0) -> bool:
    """Return once everything accepted before this call is applied, or the time is over; tell whether it is.

    Does the work itself where no worker was faster.
    """
    newest = queueing.newest_waiting()
    until = time.monotonic() + seconds
    while newest is not None and queueing.is_waiting(up_to=newest):
        if time.monotonic() >= until:
            return False
        if not apply_batch():
            time.sleep(PAUSE_SECONDS)
    return True


def _apply_or_part(claim: _Claim) -> int:
    try:
        return _apply_with_retries(claim)
    except OperationalError:
        if not connection.is_usable():
            raise
        return _apply_parts(claim)
    except Exception:
        return _apply_parts(claim)


def _apply_with_retries(claim: _Claim) -> int:
    """Apply a claim; a deadlock or the like is nobody's fault and tried again."""
    for _ in range(TRIES_MOST - 1):
        try:
            return _apply(claim)
        except OperationalError:
            if not connection.is_usable():
                raise
            logger.info("A batch met a conflict and is tried again", exc_info=True)
    return _apply(claim)


def _apply(claim: _Claim) -> int:
    with transaction.atomic():
        if claim.customer_ids is None:
            customer_ids = queueing.lock_customers()
        else:
            customer_ids = queueing.lock_these_customers(claim.customer_ids)
        claim.events = queueing.take(customer_ids, nobodys=claim.nobodys, most=claim.most)
        if claim.events:
            _react(_without_deep(Batch(clock.database_now(), claim.events, customer_ids)))
    return len(claim.events)


def _react(batch: Batch) -> None:
    """Hand a batch to all reactions, then what they made happen, until nothing follows.

    Causes may be a bounded number deep, and what lies beyond is told in a round of its own; should events without a
    cause keep following, the queue takes them.
    """
    customer_ids = frozenset(batch.customer_ids)
    for _ in range(DEPTH_MOST + 2):
        with following.opened(batch.now, customer_ids) as this:
            for path in settings.EVENT_PIPELINE:
                import_string(path)(batch)
        batch = _without_deep(replace(batch, events=this.events))
        if not (batch.events or batch.beyond):
            return
    queueing.put([*batch.events, *batch.beyond])


def _apply_parts(claim: _Claim) -> int:
    """Apply a failed claim in halves, so that only the event that fails stays behind."""
    if len(claim.events) <= 1:
        return _note_failure(claim.events)
    parts = list(_parts(claim))
    logger.warning("A batch of %d events failed; it is applied in parts", len(claim.events), exc_info=True)
    return sum(_apply_or_part(part) for part in parts)


def _parts(claim: _Claim) -> Iterator[_Claim]:
    owners = sorted({event.customer_id for event in claim.events if event.customer_id is not None})
    has_nobodys = any(event.customer_id is None for event in claim.events)
    if len(owners) + has_nobodys == 1:
        # One owner: the oldest event alone. The others must wait for it, and are taken by the next batch.
        yield _Claim(owners, nobodys=has_nobodys, most=1)
        return
    middle = len(owners) // 2
    if owners[:middle]:
        yield _Claim(owners[:middle], nobodys=False)
    yield _Claim(owners[middle:], nobodys=False)
    if has_nobodys:
        yield _Claim([], nobodys=True)


def _note_failure(events: Sequence[Event]) -> int:
    """Count the failure against its event; where none was taken yet, nobody is to blame and the error goes on."""
    if not events:
        raise  # noqa: PLE0704
    for event in events:
        logger.exception("The event %s could not be applied", event.id)
        with transaction.atomic():
            queueing.note_failure(event.id, _reason())
    return len(events)


def _reason() -> str:
    error = sys.exc_info()[1]
    return f"{type(error).__name__}: {error}"[:1000]


def _without_deep(batch: Batch) -> Batch:
    """Set apart what lies too deep in a chain of causes: rules that set each other off must come to an end."""
    deep = [event for event in batch.events if event.depth > DEPTH_MOST]
    for event in deep:
        logger.warning(
            "The event %s (%s) has more than %d causes behind it: it is told, and changes nothing more",
            event.id, event.name, DEPTH_MOST,
        )  # fmt: skip
    return replace(batch, events=[event for event in batch.events if event.depth <= DEPTH_MOST], beyond=deep)
