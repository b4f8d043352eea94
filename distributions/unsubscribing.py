"""Leaving: a signed address in every marketing mail, by which its reader stops all further ones with one request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from access import tokens
from customers import consenting, preferring, suppressing
from customers.consenting import Proof
from customers.models import Customer, Suppression
from distributions.models import Delivery, Message

# Mail is stopped by its address, whoever carries it.
CHANNEL = "email"
# On which consent a channel depends: tools that write mail in the shop's name depend on that for mail.
CONSENTED = {"email": "email", "mailbox": "email", "mailchimp": "email", "activecampaign": "email", "sms": "sms"}
# Why nothing is sent to an address, by what stopped it.
WHY = {
    Suppression.Reason.BOUNCED: "bounced_before",
    Suppression.Reason.COMPLAINED: "complained_before",
    Suppression.Reason.MANUAL: "stopped_by_hand",
}
SOURCE = "one-click unsubscribe"
_PURPOSE = b"distributions.unsubscribing"


def consent_for(
    channel: str, address: str, message: Mapping[str, str] | None, email: str | None
) -> tuple[str, str] | None:
    """Return on which consent, and on which address, it depends whether she may be written to; None: on nothing.

    ``message`` is what a tool itself writes to her, ``email`` where its mail goes.
    """
    if message and message.get("type") == "email":
        return (CHANNEL, email or "")
    consent = CONSENTED.get(channel)
    return (consent, address) if consent and address else None


def stopped(addresses: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return why nothing may be sent, for those pairs of a channel's consent and an address where nothing may."""
    asked: dict[str, set[str]] = defaultdict(set)
    for consent, address in addresses:
        asked[consent].add(address)
    return {
        (consent, address): WHY.get(Suppression.Reason(reason), "unsubscribed")
        for consent, mine in asked.items()
        for address, reason in suppressing.reasons(consent, mine).items()
    }


def address_of(delivery_id: UUID) -> str:
    """Return the address by which the receiver of this delivery unsubscribes."""
    return f"{settings.PROMO_PUBLIC_URL}{reverse('unsubscribe', args=[tokens.sign(_PURPOSE, delivery_id.bytes)])}"


def delivery_of(token: str) -> UUID | None:
    """Return whose token this is, None where we never gave it out."""
    raw = tokens.read(_PURPOSE, token, 16)
    return UUID(bytes=raw) if raw else None


def preferences_of(delivery_id: UUID) -> str | None:
    """Return where the receiver of this delivery chooses what she gets; None where nobody is there any more."""
    customer_id = Delivery.objects.filter(id=delivery_id, customer__deleted_at=None).values_list("customer", flat=True)
    found = customer_id.first()
    return preferring.address_of(found) if found else None


@transaction.atomic
def unsubscribe(delivery_id: UUID, ip_address: str | None = None) -> bool:
    """Stop all mail to the address that this delivery went to, and to her who got it, with the proof that she asked.

    Asking twice is harmless; False where the delivery is unknown.
    """
    delivery = Delivery.objects.filter(id=delivery_id).first()
    if delivery is None:
        return False
    customer = Customer.objects.filter(pk=delivery.customer_id).first()
    message = Message.objects.filter(delivery=delivery).first()
    address = _mail_address(message) if message else (customer and customer.email)
    if address:
        reason = Suppression.Reason.UNSUBSCRIBED
        suppressing.suppress(CHANNEL, address, reason, customer=customer, source=delivery.public_id)
    if customer is not None:
        consenting.set_consents(customer, {CHANNEL: False}, Proof(SOURCE, ip_address, f"In {delivery.public_id}"))
    return True


def _mail_address(message: Message) -> str | None:
    """Return where the mail went: a tool knows the customer by something else, and writes to her e-mail address."""
    return message.content["customer"].get("email") if message.content else message.address
