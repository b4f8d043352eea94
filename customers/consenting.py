"""What a customer allows on each channel, with the proof of it: a refusal stops the channel, a consent reopens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from access import limits
from access.problems import Problem, invalid_payload
from customers import suppressing
from customers.models import CHANNELS, Consent, Customer, Suppression, subject_of

# What the customer said herself, or let be done, she may take back; a bounce she cannot.
LIFTED = (Suppression.Reason.UNSUBSCRIBED, Suppression.Reason.STOP, Suppression.Reason.ERASED)
PREFIX = "cnst_"
WORDS = {"email": "E-mail", "sms": "Text messages", "push": "Push messages", "whatsapp": "WhatsApp"}
PURPOSE_WORDS = {"marketing": "offers and promotions", "transactional": "orders, codes and accounts"}
# Since when these channels can be allowed; clients expect every consent to have begun one day.
SINCE = "2026-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Proof:
    """By which way a consent was told, from which address, and the sentence that was asked."""

    source: str
    ip_address: str | None = None
    wording: str = ""


def current(customer: Customer) -> dict[str, bool]:
    """Return what counts now by subject: a channel, or ``channel:purpose`` where she told one from the other.

    Of what is not in it she said nothing, and that means allowed.
    """
    newest = Consent.objects.filter(customer=customer).order_by("channel", "purpose", "-id")
    rows = list(newest.distinct("channel", "purpose"))
    whole = {row.channel: row.pk for row in rows if not row.purpose}
    return {row.subject: row.is_given for row in rows if not row.purpose or row.pk > whole.get(row.channel, 0)}


def may_write(customer: Customer, channel: str, purpose: str) -> bool:
    """Tell whether her consents, as far as she gave any, allow to write to her on a channel about something."""
    return not {channel, subject_of(channel, purpose)} & set(customer.refuses)


@transaction.atomic
def set_consents(customer: Customer, said: Mapping[str, bool], proof: Proof) -> list[str]:
    """Write down what is new of what she said, by subject; return the subjects that changed."""
    held = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    known = current(held)
    changed = _changed(said, known)
    Consent.objects.bulk_create(_row(held, subject, said[subject], proof) for subject in changed)
    refused = sorted(subject for subject, is_given in current(held).items() if not is_given)
    if refused != held.refuses:
        Customer.objects.filter(pk=held.pk).update(refuses=refused)
    for channel in CHANNELS:
        if channel in said:
            _apply(held, channel, is_given=said[channel], source=proof.source)
    return changed


def _changed(said: Mapping[str, bool], known: Mapping[str, bool]) -> list[str]:
    """Return what is new of what was said, a channel before its purposes: what is written later counts more.

    What is said of a channel overrides what was known of its purposes, so these are written again with it.
    """
    changed: list[str] = []
    for subject in sorted(said):
        overridden = [told for name, told in known.items() if name.startswith(f"{subject}:") and name not in said]
        is_new = known.get(subject) is not said[subject] or any(told is not said[subject] for told in overridden)
        if is_new or subject.partition(":")[0] in changed:
            changed.append(subject)
    return changed


def _row(customer: Customer, subject: str, is_given: bool, proof: Proof) -> Consent:
    channel, _, purpose = subject.partition(":")
    return Consent(
        customer=customer, channel=channel, purpose=purpose, is_given=is_given, source=proof.source[:120],
        ip_address=proof.ip_address, wording=proof.wording[:300],
    )  # fmt: skip


def _apply(customer: Customer, channel: str, *, is_given: bool, source: str) -> None:
    address = address_on(customer, channel)
    if not address:
        return
    if is_given:
        suppressing.lift(channel, address, reasons=LIFTED)
    else:
        reason = Suppression.Reason.UNSUBSCRIBED
        suppressing.suppress(channel, address, reason, customer=customer, source=f"consent {source}")


def address_on(customer: Customer, channel: str) -> str | None:
    """Return where a channel writes to her; None where it cannot."""
    return {"email": customer.email, "sms": customer.phone, "whatsapp": customer.phone}.get(channel) or None


def in_words(subject: str) -> str:
    """Return what a consent is about as people read it."""
    channel, _, purpose = subject.partition(":")
    about = f" about {PURPOSE_WORDS.get(purpose, purpose)}" if purpose else ""
    return f"{WORDS.get(channel, channel)}{about}"


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
