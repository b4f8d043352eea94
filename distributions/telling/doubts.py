"""What a lost answer means for a message, in words: what happens by itself, and what a person's choice costs."""

from dataclasses import dataclass

from distributions.channels import PROVIDERS, Provider
from distributions.channels.providers import Idempotency
from distributions.models import Delivery

NEVER = "It is never sent again: the customer may not have it at all."
KEPT = "The same code goes out, and none is used up."


@dataclass(frozen=True)
class Doubt:
    """A doubtful message: what happens by itself, and the consequence of each choice."""

    next: str
    if_again: str
    if_delivered: str


def of(delivery: Delivery, carrier: str) -> Doubt:
    """Return what to say about a message whose outcome is not known; load its distribution."""
    provider = PROVIDERS.get(carrier)
    return Doubt(
        _next(delivery, provider), _if_again(provider), "It is never sent again: the customer may not have it at all."
    )


def _next(delivery: Delivery, provider: Provider | None) -> str:
    if delivery.state == Delivery.State.UNCERTAIN:
        return "It waits for you; nothing happens by itself."
    promise = provider.capabilities if provider else None
    if promise and promise.idempotency == Idempotency.NATURAL:
        return "It is handed over again by itself; that says the same twice, so nothing arrives twice."
    if promise and promise.idempotency == Idempotency.KEY:
        return "It is handed over again by itself, while the provider remembers its key and takes it once only."
    asked = "The provider is asked first. Where it cannot tell, " if promise and promise.can_look_up else ""
    holds = delivery.distribution.uncertain or (provider.uncertain if provider else "resend")
    fate = "it then waits for a person." if holds == "hold" else "it is sent again, and she may have it twice."
    sentence = f"{asked}{fate}"
    return sentence[:1].upper() + sentence[1:]


def _if_again(provider: Provider | None) -> str:
    promise = provider.capabilities if provider else None
    if promise and promise.idempotency == Idempotency.NATURAL:
        return f"It says the same again, and nothing arrives twice. {KEPT}"
    return f"If it had arrived, the customer may have it twice. {KEPT}"
