"""What was sent is kept for a while, to be looked at and sent again; then it goes, slice by slice, oldest first."""

import time
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection

from access.identifiers import first_uuid7_at
from events.clock import database_now
from webhooks.models import Sendout

KEPT: Final = timedelta(days=30)
# What is due is left until this much of it is together, so that not every sweep finds a handful.
PATIENCE: Final = timedelta(hours=1)
SLICE: Final = 1_000
TURN_SECONDS: Final = 2.0

# What still waits for a webhook to be turned on again goes with the rest: nobody did for all that time.
FORGET = """
WITH old AS (
    SELECT id FROM webhooks_sendout WHERE id < %s AND state <> 'SENDING' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
), attempts AS (
    DELETE FROM webhooks_attempt a USING old WHERE a.sendout_id = old.id
)
DELETE FROM webhooks_sendout s USING old WHERE s.id = old.id
"""


def has_due(now: datetime) -> bool:
    """Look at the oldest alone: ids are in the order of the making."""
    oldest = Sendout.objects.order_by("id").values_list("id", flat=True).first()
    return oldest is not None and oldest < first_uuid7_at(now - KEPT - PATIENCE)


def prune(turn_seconds: float = TURN_SECONDS) -> int:
    """Forget sendouts, a commit for each slice, until none is too old or the time is over; return how many went."""
    before, until = first_uuid7_at(database_now() - KEPT), time.monotonic() + turn_seconds
    gone = 0
    while forgotten := _forget_slice(before):
        gone += forgotten
        if time.monotonic() >= until:
            break
    return gone


def _forget_slice(before: UUID) -> int:
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [before, SLICE])
        return int(cursor.rowcount)
