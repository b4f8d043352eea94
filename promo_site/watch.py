"""The watch that every worker keeps: it says that the worker lives, and works on when the broker is gone.

A worker hears of work through the broker. While the broker cannot be reached the watch looks into the tables itself, so
that the loss of the broker costs latency and nothing else.
"""

import logging
import threading
import time
from typing import Any

from celery.signals import worker_ready
from django.conf import settings
from django.db import close_old_connections
from redis import Redis, RedisError

from promo_site import work

HEARTBEAT_SECONDS = 1.0
SILENCE_SECONDS = 6
WORKERS_KEY = "promo:workers"
WORKERS_NEEDED = len({kind.queue for kind in work.ALL})

logger = logging.getLogger(__name__)
broker = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def living_workers() -> int:
    """Return how many workers gave a sign of life lately; raises RedisError where the broker is gone."""
    return int(broker.zcount(WORKERS_KEY, time.time() - SILENCE_SECONDS, "+inf"))


@worker_ready.connect
def begin(sender: Any, **_: Any) -> None:
    queues = frozenset(sender.app.amqp.queues.consume_from)
    threading.Thread(target=_watch, args=(sender.hostname, queues), daemon=True, name="watch").start()


def _watch(name: str, queues: frozenset[str]) -> None:
    while True:
        if not _give_sign(name):
            _work_without_broker(queues)
        time.sleep(HEARTBEAT_SECONDS)


def _give_sign(name: str) -> bool:
    now = time.time()
    try:
        broker.zadd(WORKERS_KEY, {name: now})
        broker.zremrangebyscore(WORKERS_KEY, 0, now - 60)
    except RedisError:
        return False
    return True


def _work_without_broker(queues: frozenset[str]) -> None:
    try:
        close_old_connections()
        work.do_what_is_due(queues)
    except Exception:
        # The watch must outlive a database that is away too; the next round tries again.
        logger.exception("The watch could not work while the broker is away")
