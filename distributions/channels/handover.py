"""What passes between a distribution and a channel: a message out, a receipt back."""

import time
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What is known after a hand-over. Only proof makes it NOT_ACCEPTED; a doubt makes it UNKNOWN."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    # Its turn came after its lease was too short for an attempt: no byte was written.
    NOT_STARTED = "not_started"


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to one address, frozen when it was prepared; ``id`` is the same on every attempt.

    While a webhook's secret is exchanged for another there are two in ``secret``, a blank between them.
    """

    id: str
    address: str
    subject: str = ""
    html: str = ""
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    start_before: float = float("inf")
    # Seconds that the receiver may take where the channel's own are not meant.
    patience: float | None = None
    # The words of an answer are wanted also where it accepts the message.
    keeps_answer: bool = False

    def is_late(self) -> bool:
        """Tell whether its lease is too short by now for one more attempt (``time.monotonic`` decides)."""
        return time.monotonic() > self.start_before


@dataclass(frozen=True)
class Receipt:
    """The outcome of one attempt, in the provider's own words where it gave any."""

    message_id: str
    outcome: Outcome
    status_code: int | None = None
    provider_id: str = ""
    detail: str = ""
    retry_after: float | None = None

    @classmethod
    def not_started(cls, message: OutgoingMessage) -> "Receipt":
        return cls(message.id, Outcome.NOT_STARTED, detail="its turn came too late")
