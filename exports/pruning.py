"""Files are kept for a while; then they go, oldest first, each told like one that a person deletes."""

import time
from datetime import datetime, timedelta
from typing import Final

from events.clock import database_now
from exports import asking
from exports.asking import By
from exports.models import Export

KEPT: Final = timedelta(days=30)
TURN_SECONDS: Final = 2.0


def has_due(now: datetime) -> bool:
    return Export.objects.filter(created_at__lt=now - KEPT).exists()


def prune(turn_seconds: float = TURN_SECONDS) -> int:
    """Delete old exports, a transaction each, until none is too old or the time is over; return how many went."""
    until, gone = time.monotonic() + turn_seconds, 0
    while export := Export.objects.filter(created_at__lt=database_now() - KEPT).order_by("created_at").first():
        asking.delete(export, By(asking.INTERNAL))
        gone += 1
        if time.monotonic() >= until:
            break
    return gone
