"""What the evaluate queue's workers do when the doorbell rings."""

from celery import shared_task

from backlog import doorbell
from events import pipeline, pruning, queueing

# The same workers wake memberships whose hour has come: a long backlog must not keep those waiting.
TURN_SECONDS = 0.25


@shared_task(ignore_result=True)
def apply_pending() -> None:
    """Draw the consequences of what was accepted; running twice finds nothing the second time."""
    doorbell.answer(apply_pending)
    if pipeline.drain(TURN_SECONDS) and queueing.is_waiting():
        doorbell.ring(apply_pending)


@shared_task(ignore_result=True)
def prune_message_ids() -> None:
    """Forget the ids of messages that nobody repeats any more; running twice finds nothing the second time."""
    doorbell.answer(prune_message_ids)
    pruning.prune()
