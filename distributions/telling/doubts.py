"""What a lost answer means for a message, in words: what happens by itself, and what a person's choice costs."""

from dataclasses import dataclass

from distributions.channels import PROVIDERS, Provider
from distributions.channels.providers import Idempotency
from distributions.models import Delivery, Message

NEVER = "It is never sent again: the customer may not have it at all."
KEPT = "The same code goes out, and none is used up."


@dataclass(frozen=True)
class Doubt:
    """A doubtful message: what happens by itself, and the consequence of each choice."""

    next: str
    if_again: str
    if_delivered: str


def of(delivery: Delivery, message: Message) -> Doubt:
    """Return what to say about a message whose outcome is not known; load its distribution."""
    provider = PROVIDERS.get(message.carrier)
    promise = provider.idempotency_of(message.content) if provider else Idempotency.NONE
    return Doubt(
        _next(delivery, message, provider, promise),
        _if_again(promise),
        "It is never sent again: the customer may not have it at all.",
    )


def _next(delivery: Delivery, message: Message, provider: Provider | None, promise: Idempotency) -> str:
    if delivery.state == Delivery.State.UNCERTAIN:
        return "It waits for you; nothing happens by itself."
    if promise == Idempotency.NATURAL:
        return "It is handed over again by itself; that says the same twice, so nothing arrives twice."
    if promise == Idempotency.KEY:
        return "It is handed over again by itself, while the provider remembers its key and takes it once only."
    can_ask = provider is not None and provider.capabilities.can_look_up
    asked = "The provider is asked first. Where it cannot tell, " if can_ask else ""
    holds = delivery.distribution.uncertain or (provider.uncertain_of(message.content) if provider else "resend")
    fate = "it then waits for a person." if holds == "hold" else "it is sent again, and she may have it twice."
    sentence = f"{asked}{fate}"
    return sentence[:1].upper() + sentence[1:]


def _if_again(promise: Idempotency) -> str:
    if promise == Idempotency.NATURAL:
        return f"It says the same again, and nothing arrives twice. {KEPT}"
    return f"If it had arrived, the customer may have it twice. {KEPT}"
