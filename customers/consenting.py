"""What a customer allows on each channel, with the proof of it: a refusal stops the channel, a consent reopens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from access import limits
from access.problems import Problem, invalid_payload
from customers import suppressing
from customers.models import CHANNELS, Consent, Customer, Suppression

# What the customer said herself, or let be done, she may take back; a bounce she cannot.
LIFTED = (Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.STOP, Suppression.Reason.ERASED)
PREFIX = "cnst_"
WORDS = {"email": "E-mail", "sms": "Text messages", "push": "Push messages", "whatsapp": "WhatsApp"}
# Since when these channels can be allowed; clients expect every consent to have begun one day.
SINCE = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Proof:
    """By which way a consent was told, and from which address."""

    source: str
    ip_address: str | None = None


def current(customer: Customer) -> dict[str, bool]:
    """Return what counts now; a channel of which she said nothing is not in it."""
    rows = Consent.objects.filter(customer=customer).order_by("channel", "-id").distinct("channel")
    return {row.channel: row.is_given for row in rows}


@transaction.atomic
def set_consents(customer: Customer, said: Mapping[str, bool], proof: Proof) -> list[str]:
    """Write down what is new of what she said; return the channels that changed."""
    held = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    known = current(held)
    changed = [channel for channel, is_given in said.items() if known.get(channel) is not is_given]
    Consent.objects.bulk_create(
        Consent(
            customer=held, channel=channel, is_given=said[channel], source=proof.source, ip_address=proof.ip_address
        )
        for channel in changed
    )
    refused = sorted(channel for channel, is_given in {**known, **said}.items() if not is_given)
    if refused != held.refuses:
        Customer.objects.filter(pk=held.pk).update(refuses=refused)
    for channel, is_given in said.items():
        _apply(held, channel, is_given=is_given, source=proof.source)
    return changed


def _apply(customer: Customer, channel: str, *, is_given: bool, source: str) -> None:
    address = {"email": customer.email, "sms": customer.phone, "whatsapp": customer.phone}.get(channel)
    if not address:
        return
    if is_given:
        suppressing.lift(channel, address, reasons=LIFTED)
    else:
        reason = Suppression.Reason.UNSUBSCRIBED
        suppressing.suppress(channel, address, reason, customer=customer, source=f"consent {source}")


def parse(given: object) -> dict[str, bool]:
    """Return a caller's consents by channel, named by the ids of ``GET /v1/consents`` or by the channel itself."""
    told = limits.mapping(given, "The body")
    said = {}
    for name, value in told.items():
        channel = name.removeprefix(PREFIX)
        if channel not in CHANNELS:
            raise Problem(
                404, "not_found", "Resource not found", f"Cannot find consent with id {name[:100]}",
                resource_id=name[:100], resource_type="consent",
            )  # fmt: skip
        if not isinstance(value, bool):
            raise invalid_payload(f"{name} must be true or false")
        said[channel] = value
    return said


def catalogue() -> list[dict[str, Any]]:
    """Return the consents that can be given, in the form that clients know."""
    return [
        {
            "id": f"{PREFIX}{channel}",
            "name": WORDS[channel],
            "description": f"The shop may write to the customer by {WORDS[channel]}.",
            "category": "CUSTOMER",
            "created_at": SINCE,
            "object": "consent",
        }
        for channel in CHANNELS
    ]
