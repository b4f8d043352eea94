"""The doorbell's tasks."""

from celery import shared_task

from backlog import doorbell
from webhooks import pruning
from webhooks.sending import stages

# The messages of distributions wait no longer than this for their turn.
TURN_SECONDS = 2.0


@shared_task(ignore_result=True)
def send_webhooks() -> None:
    """Send what is due; ring again where there is more than fits into one turn."""
    doorbell.answer(send_webhooks)
    if stages.work_for(TURN_SECONDS):
        doorbell.ring(send_webhooks)


@shared_task(ignore_result=True)
def prune_sendouts() -> None:
    """Forget what was sent long ago; running twice finds nothing the second time."""
    doorbell.answer(prune_sendouts)
    pruning.prune()
