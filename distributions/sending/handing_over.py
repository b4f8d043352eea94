"""Hand what is leased to its carrier and settle the answers as they come; who is slow keeps nobody else waiting."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeVar

from distributions.channels import Outcome, OutgoingMessage, Receipt, wording
from distributions.sending import lingering

SETTLED_AT_ONCE = 100
# After so many lulls of a carrier, what it has not answered yet goes on beside the next batch.
LULLS_MOST = 5

logger = logging.getLogger(__name__)


class Leased(Protocol):
    """Something in our hands that carries a message."""

    @property
    def message(self) -> OutgoingMessage: ...


L = TypeVar("L", bound=Leased)

Deliver = Callable[[list[OutgoingMessage]], Iterable[Receipt | None]]
Settle = Callable[[Sequence[tuple[L, Receipt]]], object]


def hand_over(leased: Iterable[L], carrier: str, deliver: Deliver, settle: Settle[L]) -> None:
    """Deliver the messages and settle each with its receipt; those whose receivers are silent go on in a thread."""
    waiting = {one.message.id: one for one in leased}
    answers = _answers(waiting, carrier, deliver)
    if not _settle_while_lively(answers, settle):
        slow = {one.message.receiver for one in waiting.values()}
        lingering.go_on_beside(partial(_settle_the_rest, answers, settle), slow)


def _answers(waiting: dict[str, L], carrier: str, deliver: Deliver) -> Iterator[tuple[L, Receipt] | None]:
    """Yield what became of each message, taking it from those who wait; None while the carrier is silent.

    A carrier that breaks leaves the rest unknown: it may have sent them.
    """
    try:
        for receipt in deliver([one.message for one in waiting.values()]):
            yield (waiting.pop(receipt.message_id), receipt) if receipt else None
    except Exception:
        logger.exception("The channel %s broke", carrier)
        for message_id, one in waiting.items():
            yield one, Receipt(message_id, Outcome.UNKNOWN, detail=wording.UNFORESEEN)


def _settle_while_lively(answers: Iterator[tuple[L, Receipt] | None], settle: Settle[L]) -> bool:
    """Settle answers as they come, none waiting for a slow neighbour's; give up on a long silence, and tell so."""
    lulls, handful = 0, list[tuple[L, Receipt]]()
    for answer in answers:
        handful += [answer] if answer else []
        lulls += answer is None
        if handful and (answer is None or len(handful) >= SETTLED_AT_ONCE):
            settle(handful)
            handful = []
        if lulls >= LULLS_MOST:
            return False
    if handful:
        settle(handful)
    return True


def _settle_the_rest(answers: Iterator[tuple[L, Receipt] | None], settle: Settle[L]) -> None:
    is_over = False
    while not is_over:
        is_over = _settle_while_lively(answers, settle)
