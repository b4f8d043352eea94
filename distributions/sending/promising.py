"""What may go out as soon as it is asked for is written by who asks: entry, delivery, code and words are one commit.

Nothing here is needed. Where it does not work out, nothing of it has happened, and the deliveries wait for the senders,
who prepare them as they prepare what waited for its hour.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace

from access import project as projects
from distributions import deliveries
from distributions.composing.cases import gather
from distributions.deliveries import Move, NewDelivery
from distributions.models import Delivery
from distributions.sending import outcomes, preparing
from events import following
from events.pipeline import Batch

# More would hold the customers of a batch locked for long; the rest is prepared by the senders.
AT_ONCE_MOST = 500

State = Delivery.State

logger = logging.getLogger(__name__)


class OvertakenError(Exception):
    """Some of the deliveries were there already: codes for them would be used up for nothing."""


def keep(new: Sequence[NewDelivery], batch: Batch) -> int:
    """Store deliveries for a batch, as far as possible with their codes and words; return how many are new."""
    due = [each for each in new if each.state == State.NEW and not each.parked and each.due_at <= batch.now]
    due = due[:AT_ONCE_MOST]
    if not due:
        return deliveries.add(new)
    chosen = {each.id for each in due}
    return deliveries.add([each for each in new if each.id not in chosen]) + _written(due, batch)


def _written(due: Sequence[NewDelivery], batch: Batch) -> int:
    try:
        with following.attempt():
            return _write(due, batch)
    except OvertakenError:
        logger.info("Deliveries that were there already are not written at once")
    except Exception:
        logger.exception("%d deliveries could not be written at once; the senders will prepare them", len(due))
    return deliveries.add(due)


def _write(due: Sequence[NewDelivery], batch: Batch) -> int:
    fresh = _fresh(due)
    if not fresh:
        return 0
    cases = gather(fresh, {event.id: event for event in batch.events})
    prepared = preparing.decide(cases, projects.current(), batch.now)
    moved = [_moved(*pair) for pair in zip(fresh, prepared.moves, strict=True)]
    if deliveries.add(moved) < len(moved):
        raise OvertakenError
    deliveries.freeze(prepared.words)
    outcomes.tell_failed(prepared.failed, batch.now)
    return len(moved)


def _fresh(due: Sequence[NewDelivery]) -> list[NewDelivery]:
    """Leave out what customers have got who may get it once; the locks of the batch keep others from sending it now."""
    had, fresh = deliveries.had_once(due), []
    for each in due:
        if each.once_key is None or each.once not in had:
            fresh.append(each)
            had.add(each.once)
    return fresh


def _moved(new: NewDelivery, move: Move) -> NewDelivery:
    once_key = None if move.state == State.SUPPRESSED else new.once_key
    return replace(
        new, state=move.state, reason=move.reason, due_at=move.due_at, voucher_id=move.voucher_id,
        publication_id=move.publication_id, once_key=once_key,
    )  # fmt: skip
