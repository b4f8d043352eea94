"""By which channel: prepare, lease, hand over, settle, sweep. Each step is a transaction; what talks to the outside
stands between them. Everything may be done by any number of processes, at any time, and again.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import groupby
from uuid import UUID

from django.db import OperationalError
from psycopg.errors import DeadlockDetected, SerializationFailure

from distributions.channels import CARRIERS, PROVIDERS, Outcome, OutgoingMessage, Receipt
from distributions.sending import enquiring, leasing, lingering, preparing, settling, sweeping
from distributions.sending.handing_over import hand_over
from distributions.sending.leasing import Leased

logger = logging.getLogger(__name__)


def has_due(now: datetime) -> bool:
    """Tell whether there is something for `work_once` to do."""
    return bool(sweeping.look(now))


def work_once() -> int:
    """Do each step once, for one batch; return how many deliveries were moved.

    The sweep comes last: somebody waits for a new message, and nobody for what the sweep finds.
    """
    due = sweeping.look()
    prepared = _tried(preparing.prepare) if due.new else 0
    handed_over = _tried(hand_over_some) if due.ready or prepared else 0
    asked = (_tried(enquiring.look_up_some) if due.unknown else 0) + (
        _tried(enquiring.verify_some) if due.to_verify else 0
    )
    return prepared + handed_over + asked + _tried(partial(sweeping.sweep, due))


def work_for(seconds: float) -> bool:
    """Work until nothing is due or the time is over; tell whether something may be left.

    Who rings has most often written messages already: they are not kept waiting by a look at everything.
    """
    until = time.monotonic() + seconds
    _tried(hand_over_some)
    while work_once():
        if time.monotonic() >= until:
            return True
    return False


def hand_over_some() -> int:
    """Lease a batch and hand it over; return how many there were."""
    return _hand_over(leasing.lease(apart_from=lingering.addresses()))


def hand_over_this(delivery_id: UUID) -> int:
    """Hand over one message now, where it is ready."""
    return _hand_over(leasing.lease(1, only=delivery_id))


def _hand_over(leased: Sequence[Leased]) -> int:
    # Webhooks first: they leave many at a time, and mail one after the other.
    in_turn = sorted(leased, key=lambda one: one.carrier, reverse=True)
    for carrier, mine in groupby(in_turn, key=lambda one: one.carrier):
        hand_over(mine, carrier, partial(_deliver, carrier), settling.settle)
    return len(leased)


def _deliver(carrier: str, messages: Sequence[OutgoingMessage]) -> Iterator[Receipt | None]:
    """Deliver by this carrier; what lost its account, or its carrier, since it was prepared is refused."""
    needs_account = carrier not in PROVIDERS or not PROVIDERS[carrier].is_built_in
    for message in messages:
        if carrier not in CARRIERS or (needs_account and message.account is None):
            yield Receipt(message.id, Outcome.REJECTED, detail="Its connection was taken away.")
    reachable = [one for one in messages if one.account is not None or not needs_account]
    if reachable and carrier in CARRIERS:
        yield from CARRIERS[carrier].deliver(reachable)


def _tried(step: Callable[[], int]) -> int:
    """Do a step; where the database broke off one of two that waited for each other, it counts as work left."""
    try:
        return step()
    except OperationalError as error:
        if not isinstance(error.__cause__, DeadlockDetected | SerializationFailure):
            raise
        logger.info("Two batches met and one is tried again: %s", error)
        return 1
