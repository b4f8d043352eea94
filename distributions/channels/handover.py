"""What passes between a distribution and a channel: a message out, a receipt back."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What is known after a hand-over. Only proof makes it NOT_ACCEPTED; a doubt makes it UNKNOWN."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    # Its turn came after its lease was too short for an attempt: no byte was written.
    NOT_STARTED = "not_started"


@dataclass(frozen=True, eq=False)
class Account:
    """A provider's account as its connection describes it; ``account["name"]`` reads a setting or a secret as text.

    Secrets are opened only where they are needed and never shown: not by ``repr``, so in no log either.
    """

    id: int
    provider: str
    settings: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    # What people call the provider; it begins sentences.
    who: str = "The provider"

    def __getitem__(self, name: str) -> str:
        value = self.secrets.get(name) or self.settings.get(name)
        return "" if value is None else str(value)

    @property
    def base_url(self) -> str:
        """Where the provider answers, without a slash at the end."""
        return self["base_url"].rstrip("/")


@dataclass(frozen=True)
class OutgoingMessage:
    """One message to one address, frozen when it was prepared; ``id`` is the same on every attempt.

    While a webhook's secret is exchanged for another there are two in ``secret``, a blank between them.

    ``content`` is what a tool takes beside words, frozen too: ``fields`` (its field -> value), ``tags`` (a list),
    ``event`` (its name or ""), ``occurred_at`` (Unix seconds, of what caused the message), ``customer``
    (``source_id``, ``email``, ``phone`` and ``name``, each a text or null) and ``message``, where the tool itself is to
    write to her (``type``, ``from`` and ``template``; its words are ``subject`` and ``html``).
    """

    id: str
    address: str
    subject: str = ""
    html: str = ""
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    secret: str = field(default="", repr=False)
    start_before: float = float("inf")
    # Its turn at a provider that takes so many calls a second (``time.monotonic``).
    start_after: float = 0.0
    # Seconds that the receiver may take where the channel's own are not meant.
    patience: float | None = None
    # The words of an answer are wanted also where it accepts the message.
    keeps_answer: bool = False
    account: Account | None = None
    content: Mapping[str, Any] = field(default_factory=dict)

    def is_late(self) -> bool:
        """Tell whether its lease is too short by now for one more attempt (``time.monotonic`` decides)."""
        return time.monotonic() > self.start_before

    @property
    def receiver(self) -> str:
        """Whose slowness would keep this message waiting: the account's provider, or who is written to."""
        return f"connection:{self.account.id}" if self.account else self.address

    @property
    def fields(self) -> Mapping[str, str]:
        return self.content.get("fields") or {}

    @property
    def tags(self) -> list[str]:
        return list(self.content.get("tags") or ())

    @property
    def event(self) -> str:
        return str(self.content.get("event") or "")

    @property
    def message(self) -> Mapping[str, str]:
        """How the tool writes to the customer; empty where it is only told of her."""
        return self.content.get("message") or {}

    @property
    def occurred_at(self) -> int:
        """Unix seconds, the same on every attempt."""
        return int(self.content.get("occurred_at") or 0)

    @property
    def customer(self) -> Mapping[str, str | None]:
        return self.content.get("customer") or {}


@dataclass(frozen=True)
class Receipt:
    """The outcome of one attempt, in the provider's own words where it gave any.

    ``retry_after`` (seconds) of one that was not accepted also lets every other message of its connection wait.
    """

    message_id: str
    outcome: Outcome
    status_code: int | None = None
    provider_id: str = ""
    detail: str = ""
    retry_after: float | None = None
    # Why it was rejected, as a reason of a delivery, where the provider says more than that it was.
    refusal: str = ""

    @classmethod
    def not_started(cls, message: OutgoingMessage) -> "Receipt":
        return cls(message.id, Outcome.NOT_STARTED, detail="its turn came too late")


@dataclass(frozen=True)
class Tested:
    """What a provider said to a call that changes nothing; ``status`` is its HTTP status where there was one."""

    ok: bool
    status: int | None
    message: str


@dataclass(frozen=True)
class Suggestions:
    """What an account has by name, as it stands at the provider: for the boxes where people would have to type it.

    ``fields`` are what messages may write, name -> label; ``senders`` who may write them, id -> name; ``settings`` what
    the connection may say, setting -> value -> label. ``problem`` is a sentence where the provider could not be asked.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    events: Sequence[str] = ()
    senders: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    problem: str = ""
