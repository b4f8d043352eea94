"""Everything that can be due, and the task that does it: the one list that sweeps, watches and tests read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from celery import Task

from backlog import doorbell, working
from backlog.tasks import work_off
from campaigns import pools
from campaigns.tasks import make_codes
from customers import leaving
from customers.tasks import look_again_at_erasures
from distributions.sending import stages
from distributions.tasks import send_due
from events import pipeline, pruning
from events.clock import database_now
from events.tasks import apply_pending, prune_message_ids
from exports import pruning as old_exports
from exports import writing
from exports.tasks import prune_exports, write_exports
from rewards import settling
from rewards.tasks import settle_points
from segments.membership import filling, wakeups
from segments.tasks import fill_segments, wake_members
from transfers import carrying
from transfers.tasks import carry_codes
from webhooks import pruning as sendouts
from webhooks.sending import leasing
from webhooks.tasks import prune_sendouts, send_webhooks


@dataclass(frozen=True)
class Work:
    """A kind of work: on which queue, how to see that some is due, and the task that does all of it."""

    queue: str
    is_due: Callable[[datetime], bool]
    task: Task


ALL = (
    Work("evaluate", pipeline.has_work, apply_pending),
    Work("evaluate", wakeups.has_due, wake_members),
    Work("send", stages.has_due, send_due),
    Work("send", leasing.has_due, send_webhooks),
    Work("bulk", lambda _now: filling.has_work(), fill_segments),
    Work("bulk", lambda _now: pools.has_work(), make_codes),
    Work("bulk", settling.has_due, settle_points),
    Work("bulk", working.has_work, work_off),
    Work("bulk", leaving.has_due, look_again_at_erasures),
    Work("bulk", pruning.has_due, prune_message_ids),
    Work("bulk", writing.has_work, write_exports),
    Work("bulk", old_exports.has_due, prune_exports),
    Work("bulk", carrying.has_work, carry_codes),
    Work("bulk", sendouts.has_due, prune_sendouts),
)


def due(queues: frozenset[str] | None = None) -> list[Work]:
    """Return the kinds of work that are due now, of all queues or of these."""
    now = database_now()
    return [work for work in ALL if (queues is None or work.queue in queues) and work.is_due(now)]


def ring_what_is_due() -> None:
    """Ring for everything that is due: this finds what a lost doorbell left, and what time alone made due."""
    for work in due():
        doorbell.ring(work.task)


def do_what_is_due(queues: frozenset[str] | None = None) -> int:
    """Do it here and now, without a broker; return how many kinds of work were due."""
    found = due(queues)
    for work in found:
        work.task()
    return len(found)
