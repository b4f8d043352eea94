"""Doorbells of the bulk queue."""

from celery import shared_task

from backlog import doorbell
from campaigns import pools

# A turn's length: other bulk work waits no longer than this.
TURN_SECONDS = 1.0


@shared_task
def make_codes() -> None:
    """Make codes for one turn, and ring again while orders are open."""
    doorbell.answer(make_codes)
    pools.make_for(TURN_SECONDS)
    if pools.has_work():
        doorbell.ring(make_codes)
