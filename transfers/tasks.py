"""The doorbell's task of transfers."""

from celery import shared_task

from backlog import doorbell
from transfers import carrying

# A turn's length: other bulk work waits no longer than this.
TURN_SECONDS = 2.0


@shared_task(ignore_result=True)
def carry_codes() -> None:
    """Carry codes for one turn; ring again where there is more."""
    doorbell.answer(carry_codes)
    if carrying.carry_for(TURN_SECONDS):
        doorbell.ring(carry_codes)
