"""The built-in mailbox: it accepts everything, because the rendered message is kept by its delivery already."""

from collections.abc import Iterator, Sequence

from distributions.channels.handover import Outcome, OutgoingMessage, Receipt
from distributions.channels.providers import Provider, Takes

DEADLINE_SECONDS = 1.0

PROVIDERS = (
    Provider(
        name="mailbox",
        channel="mailbox",
        label="Built-in mailbox",
        takes=frozenset({Takes.LETTER}),
        about="Shown here in the browser only. Good for trying things out.",
        is_built_in=True,
    ),
)


def deliver(messages: Sequence[OutgoingMessage]) -> Iterator[Receipt]:
    for message in messages:
        yield Receipt(message.id, Outcome.ACCEPTED, provider_id="mailbox")
