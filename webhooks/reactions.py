"""What the event pipeline calls, after everybody else: whoever asked for an event is told."""

from backlog import doorbell
from events.pipeline import Batch
from webhooks import outbox, subscriptions
from webhooks.tasks import send_webhooks

# Read in the first round of a batch: the later ones are told by the same.
INDEX = "webhooks"


def tell(batch: Batch) -> None:
    """Write what is to be sent of the batch, and ring for the sender.

    Telling makes nothing happen, so what is too deep for everybody else is told as well.
    """
    if INDEX not in batch.kept:
        batch.kept[INDEX] = subscriptions.current()
    if outbox.write([*batch.events, *batch.beyond], batch.now, batch.kept[INDEX]):
        doorbell.ring_on_commit(send_webhooks)
