"""What distributions do about a batch of events: the pipeline's last stop."""

from backlog import doorbell
from distributions.enrolment import enrolling
from distributions.sending import promising
from distributions.tasks import send_due
from events.pipeline import Batch


def enrol(batch: Batch) -> None:
    """Make the deliveries that the batch asks for, write what may go out now, and ring for the senders."""
    if enrolling.enrol(batch, promising.keep):
        doorbell.ring_on_commit(send_due)
