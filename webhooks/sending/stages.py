"""Lease, hand over, settle: each step is a transaction, what talks to the outside stands between them.

Any number of processes may do this at any time.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from functools import partial

from distributions.channels import Outcome, Receipt, webhook
from distributions.sending import lingering
from webhooks.sending import leasing, settling
from webhooks.sending.leasing import Leased

SETTLED_AT_ONCE = 100
# After so many lulls, what is not answered yet goes on beside the next batch.
LULLS_MOST = 5

Answer = tuple[Leased, Receipt]

logger = logging.getLogger(__name__)


def work_for(seconds: float) -> bool:
    """Send until nothing is due or the time is over; tell whether something may be left."""
    until = time.monotonic() + seconds
    while work_once():
        if time.monotonic() >= until:
            return True
    return False


def work_once() -> int:
    """Put back what fell silent and send one batch; return how many sendouts were moved."""
    return leasing.expire() + _hand_over(leasing.lease(apart_from=lingering.addresses()))


def _hand_over(leased: Sequence[Leased]) -> int:
    if leased:
        waiting = {one.message.id: one for one in leased}
        answers = _answers(waiting)
        if not _settle_while_lively(answers):
            slow = {one.message.address for one in waiting.values()}
            lingering.go_on_beside(partial(_settle_the_rest, answers), slow)
    return len(leased)


def _answers(waiting: dict[str, Leased]) -> Iterator[Answer | None]:
    """Yield what became of each, taking it from those who wait; None while all are silent."""
    try:
        for receipt in webhook.deliver([one.message for one in waiting.values()]):
            yield (waiting.pop(receipt.message_id), receipt) if receipt else None
    except Exception as error:
        logger.exception("The sending of webhooks broke")
        for message_id, one in waiting.items():
            yield one, Receipt(message_id, Outcome.UNKNOWN, detail=f"{type(error).__name__}: {error}")


def _settle_while_lively(answers: Iterator[Answer | None]) -> bool:
    """Settle answers as they come, none waiting for a slow neighbor's; give up on a long silence, and tell so."""
    lulls, handful = 0, list[Answer]()
    for answer in answers:
        handful += [answer] if answer else []
        lulls += answer is None
        if handful and (answer is None or len(handful) >= SETTLED_AT_ONCE):
            settling.settle(handful)
            handful = []
        if lulls >= LULLS_MOST:
            return False
    if handful:
        settling.settle(handful)
    return True


def _settle_the_rest(answers: Iterator[Answer | None]) -> None:
    while not _settle_while_lively(answers):
        logger.debug("Some webhooks have not answered yet")
