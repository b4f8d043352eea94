"""How many calls a key may make in a minute, counted in Valkey by one round trip; keys without a limit cost nothing.

A minute begins with the first call in it. Where Valkey does not answer everybody is let through: a limit protects the
shop's machine, and must never be what stops the shop.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis import Redis, RedisError

from access.keys import Caller
from access.problems import Problem

WINDOW_SECONDS: Final = 60
ANSWER_SECONDS: Final = 0.05
SILENCE_AFTER_FAILURE: Final = 1.0
# Under this name a request remembers what was counted for it.
READING: Final = "promo.calls"
HEADERS: Final = (
    "X-Rate-Limit-Limit, X-Rate-Limit-Remaining, X-Rate-Limit-Reset, X-Rate-Limit-Retry, X-Rate-Limit-Type, Retry-After"
)

logger = logging.getLogger(__name__)
_counters = Redis.from_url(
    settings.REDIS_URL, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS, retry=None
)
_deaf_until = 0.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a key has used of its minute, this call included."""

    limit: int
    used: int
    seconds_left: float

    @property
    def is_over(self) -> bool:
        return self.used > self.limit


def charge(request: HttpRequest, caller: Caller) -> None:
    """Count a call, once for each request; raise a Problem (429) where the key has used up its minute."""
    if caller.calls_per_minute is None or READING in request.META:
        return
    reading = _counted(caller.key_id, caller.calls_per_minute)
    if reading is None:
        return
    request.META[READING] = reading
    if reading.is_over:
        details = f"This key may make {reading.limit} calls a minute"
        raise Problem(429, "too_many_requests", "Too many requests hit the API too quickly.", details)


class ToldLimits:
    """Middleware: each answer to a key with a limit says how much of it is left, and a refusal when to come again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        reading = request.META.get(READING)
        if reading is not None:
            _tell(reading, response)
        return response


def _tell(reading: Reading, response: HttpResponse) -> None:
    again_at = str(math.ceil(time.time() + reading.seconds_left))
    response["X-Rate-Limit-Limit"] = str(reading.limit)
    response["X-Rate-Limit-Remaining"] = str(max(reading.limit - reading.used, 0))
    response["X-Rate-Limit-Reset"] = again_at
    response["X-Rate-Limit-Type"] = "api_calls"
    if reading.is_over:
        response["X-Rate-Limit-Retry"] = again_at
        response["Retry-After"] = str(max(math.ceil(reading.seconds_left), 1))


def _counted(key_id: int, limit: int) -> Reading | None:
    """Count one call; None where nobody can tell.

    The minute is set on any counter that has none, so no counter stays for ever, whoever is killed in between.
    """
    global _deaf_until
    if time.monotonic() < _deaf_until:
        return None
    name = f"promo:calls:{key_id}"
    try:
        together = _counters.pipeline()
        together.incr(name)
        together.expire(name, WINDOW_SECONDS, nx=True)
        together.pttl(name)
        used, _, left = together.execute()
    except (RedisError, OSError):
        _deaf_until = time.monotonic() + SILENCE_AFTER_FAILURE
        logger.warning("Calls are not counted: Valkey does not answer", exc_info=True)
        return None
    return Reading(limit, used, max(left, 0) / 1000)
