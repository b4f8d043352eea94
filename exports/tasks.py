"""The doorbell's tasks of exports."""

from celery import shared_task

from backlog import doorbell
from exports import pruning, writing

# A turn's length: other bulk work waits no longer than this.
TURN_SECONDS = 1.0


@shared_task(ignore_result=True)
def write_exports() -> None:
    """Write files for one turn; ring again where there is more."""
    doorbell.answer(write_exports)
    if writing.write_for(TURN_SECONDS):
        doorbell.ring(write_exports)


@shared_task(ignore_result=True)
def prune_exports() -> None:
    """Delete files that are too old; running twice finds nothing the second time."""
    doorbell.answer(prune_exports)
    pruning.prune()
