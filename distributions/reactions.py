"""What distributions do about a batch of events: the pipeline's last stops."""

from uuid import UUID

from backlog import doorbell
from distributions.enrolment import enrolling
from distributions.feedback import crediting
from distributions.sending import promising, waking
from distributions.tasks import send_due
from events.models import Event
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


def credit(batch: Batch) -> None:
    """Credit what was redeemed to the messages that carried the codes, and take back what was taken back."""
    happened = [*batch.events, *batch.beyond]
    if redeemed := _redemptions(happened, "redemption.succeeded"):
        crediting.credit(redeemed)
    if returned := _redemptions(happened, "redemption.rollback.succeeded"):
        crediting.take_back(returned)


def _redemptions(events: list[Event], name: str) -> list[UUID]:
    told = (event.properties.get("redemption") or {} for event in events if event.name == name)
    return [UUID(hex=one["id"].removeprefix("r_")) for one in told if one]
