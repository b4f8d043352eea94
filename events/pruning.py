"""Message ids are forgotten some time after they were accepted, slice by slice, oldest first.

An id that comes again later is accepted as new: who repeats a message does so within days, not months.
"""

import time
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from events.clock import database_now
from events.models import SeenMessage

SLICE: Final = 2_000
TURN_SECONDS: Final = 2.0
# What is due is left until this much of it is together, so that not every sweep finds a handful.
PATIENCE: Final = timedelta(hours=1)

# Ids that a request is taking back just now are left to it.
FORGET = """
    DELETE FROM events_seenmessage WHERE message_id = ANY(ARRAY(
        SELECT message_id FROM events_seenmessage WHERE received_at < %s
        ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED
    ))
"""


def has_due(now: datetime) -> bool:
    return SeenMessage.objects.filter(received_at__lt=_kept_since(now) - PATIENCE).exists()


def prune(turn_seconds: float = TURN_SECONDS) -> int:
    """Forget ids, a commit for each slice, until none is too old or the time is over; return how many went."""
    since, until = _kept_since(database_now()), time.monotonic() + turn_seconds
    gone = 0
    while forgotten := _forget_slice(since):
        gone += forgotten
        if time.monotonic() >= until:
            break
    return gone


def _forget_slice(since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [since, SLICE])
        return int(cursor.rowcount)


def _kept_since(now: datetime) -> datetime:
    return now - timedelta(days=settings.PROMO_MESSAGE_ID_DAYS)
