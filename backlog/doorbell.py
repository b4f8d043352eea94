"""The doorbell: says "there is work" to a worker, at most once while nobody has answered.

It may be lost at any time. What is to be done stands in the database, and a sweep finds it; so a failure here costs
latency and nothing else, and is never shown to a caller.
"""

import logging
import time
from collections.abc import Callable
from functools import cache, partial

from celery import Task
from django.conf import settings
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis import Redis, RedisError

RING_SECONDS = 0.05
UNANSWERED_SECONDS = 2
SILENCE_AFTER_FAILURE = 1.0

logger = logging.getLogger(__name__)
_broker = Redis.from_url(
    settings.REDIS_URL, socket_timeout=RING_SECONDS, socket_connect_timeout=RING_SECONDS, retry=None
)
_deaf_until = 0.0
failures = 0


def ring(task: Task) -> None:
    """Wake a worker for this task, unless one was woken already; a flag that nobody answers expires."""
    if time.monotonic() < _deaf_until:
        return
    try:
        if _broker.set(_flag(task), 1, nx=True, ex=UNANSWERED_SECONDS):
            task.apply_async(retry=False, ignore_result=True)
    except (RedisError, OperationalError, OSError):
        _note_failure(task)


def ring_on_commit(task: Task) -> None:
    """Ring once the caller's transaction is committed, however often it was asked; at once where there is none."""
    ringer = _ringer(task)
    if not any(waiting[1] is ringer for waiting in connection.run_on_commit):
        transaction.on_commit(ringer)


def answer(task: Task) -> None:
    """Say that the work is being looked at: whatever comes from now on rings again."""
    try:
        _broker.delete(_flag(task))
    except RedisError:
        _note_failure(task)


@cache
def _ringer(task: Task) -> Callable[[], None]:
    return partial(ring, task)


def _note_failure(task: Task) -> None:
    """Leave the broker alone for a moment, so that its absence does not slow every request down."""
    global failures, _deaf_until
    failures += 1
    _deaf_until = time.monotonic() + SILENCE_AFTER_FAILURE
    logger.warning("The broker did not take the doorbell for %s (failure %d)", task.name, failures)


def _flag(task: Task) -> str:
    return f"promo:doorbell:{task.name}"
