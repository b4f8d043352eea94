"""Doorbells of the bulk queue."""

from celery import shared_task

from backlog import doorbell
from events.clock import database_now
from rewards import settling

# A turn's length: other bulk work waits no longer than this.
TURN_SECONDS = 1.0


@shared_task
def settle_points() -> None:
    """Settle points for one turn, and ring again while more are due."""
    doorbell.answer(settle_points)
    settling.settle_for(TURN_SECONDS)
    if settling.has_due(database_now()):
        doorbell.ring(settle_points)
