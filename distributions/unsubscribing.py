"""Leaving: a signed address in every marketing mail, by which its reader stops all further ones with one request."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from customers import suppressing
from customers.models import Suppression
from distributions.models import Delivery, Message

# Mail is stopped by its address, whoever carries it.
CHANNEL = "email"
# By which of a customer's channels a message of each type goes; what is missing here asks for no consent of its own.
STOPPED_ON = {"email": CHANNEL, "mailbox": CHANNEL, "sms": "sms"}
_SALT = b"distributions.unsubscribing"
_SIGNED_BYTES = 12


def stopped(reached: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these addresses, each with its channel, must not be written to: one query for each channel."""
    found = set()
    for channel in sorted({channel for channel, _ in reached}):
        addresses = {address for known, address in reached if known == channel}
        found |= {(channel, address) for address in suppressing.suppressed(channel, addresses)}
    return found


def address_of(delivery_id: UUID) -> str:
    """Return the address by which the receiver of this delivery unsubscribes."""
    return f"{settings.PROMO_PUBLIC_URL}{reverse('unsubscribe', args=[_token(delivery_id)])}"


def delivery_of(token: str) -> UUID | None:
    """Return whose token this is, None where we never gave it out."""
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != 16 + _SIGNED_BYTES or not hmac.compare_digest(raw[16:], _signature(raw[:16])):
        return None
    return UUID(bytes=raw[:16])


@transaction.atomic
def unsubscribe(delivery_id: UUID) -> bool:
    """Stop all mail to the address that this delivery went to. Asking twice is harmless; False where it is unknown."""
    delivery = Delivery.objects.filter(id=delivery_id).select_related("customer").first()
    if delivery is None:
        return False
    message = Message.objects.filter(delivery=delivery).first()
    mail_address = message.address if message else delivery.customer.email
    if mail_address:
        suppressing.suppress(
            CHANNEL,
            mail_address,
            Suppression.Reason.UNSUBSCRIBED,
            customer=delivery.customer,
            source=delivery.public_id,
        )
    return True


def _token(delivery_id: UUID) -> str:
    raw = delivery_id.bytes + _signature(delivery_id.bytes)
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _signature(raw: bytes) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), _SALT + raw, hashlib.sha256)[:_SIGNED_BYTES]
