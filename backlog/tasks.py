"""The doorbell's task of bulk calls."""

from celery import shared_task

from backlog import doorbell, working

# A turn's length: other bulk work waits no longer than this.
TURN_SECONDS = 1.0


@shared_task(ignore_result=True)
def work_off() -> None:
    """Work off what was ordered in bulk for one turn; ring again where there is more."""
    doorbell.answer(work_off)
    if working.work_for(TURN_SECONDS):
        doorbell.ring(work_off)
