"""What a batch itself makes happen: it is recorded without a row of the queue and reacted to in the same transaction.

Only what happens to customers whom the batch holds locked, or to nobody, can follow; the rest waits in the queue.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from events.models import Event


@dataclass
class Round:
    """One turn of all reactions, and what they made happen in it."""

    now: datetime
    customer_ids: frozenset[int]
    events: list[Event] = field(default_factory=list)

    def may_follow(self, customer_ids: Iterable[int | None]) -> bool:
        return all(customer_id is None or customer_id in self.customer_ids for customer_id in customer_ids)


_round: ContextVar[Round | None] = ContextVar("round", default=None)


def current() -> Round | None:
    """Return the round that this code runs in, if any."""
    return _round.get()


@contextmanager
def opened(now: datetime, customer_ids: frozenset[int]) -> Iterator[Round]:
    token = _round.set(Round(now, customer_ids))
    try:
        opened_round = _round.get()
        assert opened_round is not None
        yield opened_round
    finally:
        _round.reset(token)


@contextmanager
def attempt() -> Iterator[None]:
    """Do something that may fail by itself: then it is undone, and what it made happen follows nowhere."""
    this = _round.get()
    before = len(this.events) if this is not None else 0
    try:
        with transaction.atomic():
            yield
    except BaseException:
        if this is not None:
            del this.events[before:]
        raise
