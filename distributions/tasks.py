"""The doorbell's task."""

from celery import shared_task

from backlog import doorbell
from distributions.sending import stages

WORK_SECONDS = 20.0


@shared_task
def send_due() -> None:
    """Send what is due; ring again where there is more than fits into one turn."""
    doorbell.answer(send_due)
    if stages.work_for(WORK_SECONDS):
        doorbell.ring(send_due)
