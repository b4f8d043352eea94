"""What a customer wants to get, as she says it herself on a page of her own to which a signed address leads."""

from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from access import tokens
from customers import consenting, suppressing
from customers.consenting import Proof
from customers.models import PURPOSES, Customer, subject_of

# Where she is asked: ways by which the shop itself writes to her.
ASKED = ("email", "sms")
SOURCE = "preference page"
LABELS = {"marketing": "Offers and promotions", "transactional": "About my orders, codes and account"}
_PURPOSE = b"customers.preferring"


@dataclass(frozen=True)
class Choice:
    """One box of her page."""

    subject: str
    label: str
    is_allowed: bool


@dataclass(frozen=True)
class Way:
    """One way to write to her, with what she may choose there; none while the address itself is stopped."""

    label: str
    address: str
    is_stopped: bool
    choices: list[Choice]


def address_of(customer_id: int) -> str:
    """Return the address of a customer's page."""
    token = tokens.sign(_PURPOSE, customer_id.to_bytes(8))
    return f"{settings.PROMO_PUBLIC_URL}{reverse('preferences', args=[token])}"


def customer_of(token: str) -> Customer | None:
    """Return whose page this is; None where we never gave the token out, or she is gone."""
    raw = tokens.read(_PURPOSE, token, 8)
    return Customer.objects.filter(pk=int.from_bytes(raw)).first() if raw else None


def ways(customer: Customer) -> list[Way]:
    """Return by which ways she can be written to, and what she allows on each."""
    return [_way(customer, channel) for channel in ASKED if consenting.address_on(customer, channel)]


def choose(customer: Customer, allowed: Collection[str], ip_address: str | None) -> None:
    """Write down what she allows, by subject; whatever she was asked and is not in it she forbids.

    Who forbids everything on a channel has unsubscribed from it. What somebody else stopped, such as a bounce, stays.
    """
    for channel in ASKED:
        if consenting.address_on(customer, channel):
            _choose(customer, channel, allowed, ip_address)


def _choose(customer: Customer, channel: str, allowed: Collection[str], ip_address: str | None) -> None:
    subjects = {subject_of(channel, purpose): purpose for purpose in PURPOSES}
    said = {subject: subject in allowed for subject in subjects}
    whole = {channel: any(said.values())}
    wording = "; ".join(f"{LABELS[subjects[subject]]}: {'yes' if yes else 'no'}" for subject, yes in said.items())
    proof = Proof(SOURCE, ip_address, f"{consenting.WORDS[channel]}: {wording}")
    one_answer = len(set(said.values())) == 1
    consenting.set_consents(customer, whole if one_answer else whole | said, proof)


def _way(customer: Customer, channel: str) -> Way:
    address = consenting.address_on(customer, channel) or ""
    reason = suppressing.reasons(channel, [address]).get(address)
    is_stopped = reason is not None and reason not in consenting.LIFTED
    choices = [
        Choice(
            subject_of(channel, purpose), LABELS[purpose],
            reason is None and consenting.may_write(customer, channel, purpose),
        )
        for purpose in PURPOSES
    ]  # fmt: skip
    return Way(consenting.WORDS[channel], masked(address), is_stopped, choices)


def masked(address: str) -> str:
    """Return an address as its owner knows it and nobody else can read it."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…{at}{domain}" if at else f"…{address[-3:]}"
