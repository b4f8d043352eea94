"""What a provider is: what its account needs, what it can promise, and what its messages are made of. Plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal


class Idempotency(StrEnum):
    """What keeps a repeated hand-over from arriving twice."""

    # The provider remembers our key for a while, and answers a repetition as it answered the first time.
    KEY = "key"
    # The call says how things shall be: said twice, they are the same.
    NATURAL = "natural"
    # Nothing: a repetition may arrive a second time.
    NONE = "none"


class Takes(StrEnum):
    """What a marketer composes for a provider's messages."""

    LETTER = "letter"
    TEXT = "text"
    FIELDS = "fields"
    TAGS = "tags"
    EVENT = "event"
    # What the tool itself writes to the customer.
    MESSAGE = "message"
    PAYLOAD = "payload"
    # Nothing to compose: it also gets the pictures of the code, where its account has fields for them.
    PICTURES = "pictures"


# What tools are told of a promotion unless somebody says otherwise, by attributes and by tags.
PROMOTION_ATTRIBUTES: Final = {
    "promotion_tier_name": "{{ promotion_tier.name }}",
    "promotion_tier_id": "{{ promotion_tier.id }}",
}
PROMOTION_TAGS: Final = {"PROMOTION": "{{ promotion_tier.name }}", "PROMO_ID": "{{ promotion_tier.id }}"}


@dataclass(frozen=True)
class Setting:
    """One box of a connection's form. A secret is written, sealed, and never shown again."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = True
    # The provider can be asked what it may be (``suggest``).
    is_listed: bool = False
    default: str = ""
    kind: Literal["text", "url", "number", "flag", "choice"] = "text"
    # Value -> label, of a choice.
    choices: Mapping[str, str] = field(default_factory=dict)


def base_url(default: str = "", help: str = "Only where the provider is reached at another address.") -> Setting:
    """Return the setting that every provider with an HTTP API has."""
    return Setting("base_url", "API address", help, is_required=not default, default=default, kind="url")


@dataclass(frozen=True)
class Capabilities:
    """What may be relied on when an answer was lost, and how fast calls may follow each other.

    ``calls_per_second`` is for a whole account and all workers together; a message costs ``calls_per_message``.
    """

    idempotency: Idempotency = Idempotency.NONE
    key_ttl: timedelta | None = None
    can_look_up: bool = False
    can_verify: bool = False
    calls_per_second: float | None = None
    calls_per_message: int = 1


@dataclass(frozen=True)
class Provider:
    """One way to hand messages over. ``name`` is also the carrier of its messages.

    ``address`` is the customer's field that it writes to; without one, its messages fail with their reason.
    ``uncertain`` is what happens by default where nobody can tell whether a message arrived.
    """

    name: str
    channel: str
    label: str
    settings: tuple[Setting, ...] = ()
    capabilities: Capabilities = Capabilities()
    address: Literal["email", "phone", "source_id", ""] = ""
    takes: frozenset[Takes] = frozenset()
    uncertain: Literal["resend", "hold"] = "resend"
    # A sentence for the card in the wizard and on the page of connections.
    about: str = ""
    # It needs no connection of its own.
    is_built_in: bool = False
    # What one of the ``fields`` is called there, how its name may look, and what is offered to begin with.
    field_label: str = "Field"
    field_pattern: str = r"[^\x00-\x1f]{1,100}"
    field_help: str = ""
    default_fields: Mapping[str, str] = field(default_factory=dict)
    # The same where no code is given, but a promotion told of.
    promotion_fields: Mapping[str, str] = field(default_factory=dict)
    # Which characters the name of an event may not have there.
    event_refuses: str = ""
    # A field that the account lacks is made with the first message; else it must be there.
    makes_fields: bool = False

    def idempotency_of(self, content: Mapping[str, object] | None) -> Idempotency:
        """Return what keeps a message of this content from arriving twice: nothing, where the tool writes to her."""
        return Idempotency.NONE if _writes(content) else self.capabilities.idempotency

    def uncertain_of(self, content: Mapping[str, object] | None) -> Literal["resend", "hold"]:
        """Return what happens by default to a message of this content where nobody can tell whether it arrived."""
        return "hold" if _writes(content) else self.uncertain

    @property
    def lists_settings(self) -> bool:
        """Tell whether some settings can be chosen from what the account has."""
        return any(setting.is_listed for setting in self.settings)

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(setting.name for setting in self.settings if setting.is_secret)


def _writes(content: Mapping[str, object] | None) -> bool:
    return bool(content and content.get("message"))
