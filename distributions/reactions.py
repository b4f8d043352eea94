"""What distributions do about a batch of events: the pipeline's last stops."""

from backlog import doorbell
from distributions.enrolment import enrolling
from distributions.sending import promising, waking
from distributions.tasks import send_due
from events.pipeline import Batch

# A pool has more codes that can be given.
REPLENISHED = {"voucher.created", "voucher.enabled"}


def enrol(batch: Batch) -> None:
    """Make the deliveries that the batch asks for, write what may go out now, and ring for the senders."""
    if enrolling.enrol(batch, promising.keep):
        doorbell.ring_on_commit(send_due)


def wake_waiting(batch: Batch) -> None:
    """Wake the messages that wait for codes of a campaign that got some, and ring for the senders."""
    named = (event.properties.get("campaign") for event in batch.events if event.name in REPLENISHED)
    campaigns = {campaign["id"] for campaign in named if campaign}
    if campaigns and waking.wake(campaigns, batch.now):
        doorbell.ring_on_commit(send_due)
