"""What the event pipeline calls, after everybody else: whoever asked for an event is told."""

from backlog import doorbell
from events.pipeline import Batch
from webhooks import outbox
from webhooks.tasks import send_webhooks


def tell(batch: Batch) -> None:
    if outbox.write(batch.events, batch.now):
        doorbell.ring_on_commit(send_webhooks)
