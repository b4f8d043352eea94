"""What Twilio tells: what became of a text message, and what somebody answered.

Only what is signed with the account's own token is believed
(https://www.twilio.com/docs/usage/webhooks/webhooks-security). What became of a message is told to the address that was
given with it; answers come to the address that is shown beside the connection, and entered at Twilio.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from access import sealing
from customers.models import Suppression
from customers.replies import Wish, wish_of
from distributions import connecting
from distributions.feedback import receiving
from distributions.feedback.receiving import Report
from distributions.models import Connection, Feedback, Message
from events.clock import database_now

PROVIDER: Final = "twilio"
CHANNEL: Final = "sms"
# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values: what is more than that it was taken.
KINDS: Final = {
    "delivered": Feedback.Kind.DELIVERED,
    "read": Feedback.Kind.OPENED,
    "undelivered": Feedback.Kind.FAILED,
    "failed": Feedback.Kind.FAILED,
}
OPTED_OUT: Final = "21610"
_PORTS: Final = {"http": 80, "https": 443}
_KEPT: Final = ("MessageStatus", "ErrorCode", "MessageSid", "OptOutType")

Parameters = Sequence[tuple[str, str]]


def connection_of(delivery_id: UUID) -> Connection | None:
    """Return the account by which a message went out; None where it is no text message of ours."""
    message = Message.objects.filter(delivery_id=delivery_id, carrier=PROVIDER).select_related("connection").first()
    return message.connection if message else None


def reply_address(connection: Connection) -> str:
    """Return where the account is to send what customers answer; "" for accounts that hear no answers."""
    if connection.provider != PROVIDER:
        return ""
    return f"{settings.PROMO_PUBLIC_URL}{reverse('twilio_replies', args=[connection.public_id])}"


def is_genuine(connection: Connection, url: str, said: Parameters, signature: str) -> bool:
    """Tell whether the account's provider said this to this address; nobody did where its token cannot be opened.

    Twilio signs some addresses with their port spelled out and some without, whichever it was given; its own libraries
    accept both.
    """
    try:
        token = connecting.account_of(connection)["auth_token"]
    except sealing.SealError:
        return False
    signatures = [sign(token, spelled, said).encode() for spelled in _spellings(url)]
    return bool(token) and any(hmac.compare_digest(one, signature.encode()) for one in signatures)


def sign(token: str, url: str, said: Parameters) -> str:
    """Return the signature of a request: over its address, and each name with its value in the order of the names."""
    signed = url + "".join(name + value for name, value in sorted(set(said)))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode("utf-8", "replace"), hashlib.sha1)).decode()


def _spellings(url: str) -> tuple[str, str]:
    """Return an address without a port and with one: its own, else the one that its scheme means."""
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    port = parts.port or _PORTS.get(parts.scheme, 443)
    return (parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl())


def take_status(delivery_id: UUID, said: Mapping[str, str]) -> int:
    """Store what became of a message, once, and draw the consequences; return how much of it was new."""
    status = said.get("MessageStatus", "")
    kind = KINDS.get(status)
    if kind is None or not said.get("MessageSid"):
        return 0
    stops = Suppression.Reason.STOP if said.get("ErrorCode") == OPTED_OUT else ""
    report = Report(
        PROVIDER, f"{said['MessageSid']}:{status}"[:255], kind, database_now(), delivery_id, channel=CHANNEL,
        stops=stops, raw=_kept(said),
    )  # fmt: skip
    return receiving.take([report])


def take_reply(said: Mapping[str, str]) -> Wish | None:
    """Do what somebody asks for who answered, once; return what it is, also where it was done before.

    Where Twilio has read the wish itself, its reading counts.
    """
    wish = _wish(said)
    if wish in _TOLD and said.get("MessageSid") and said.get("From"):
        kind, stops = _TOLD[wish]
        report = Report(
            PROVIDER, said["MessageSid"][:255], kind, database_now(), address=said["From"][:2000], channel=CHANNEL,
            stops=stops, raw=_kept(said),
        )  # fmt: skip
        receiving.take([report])
    return wish


_TOLD: Final = {
    Wish.STOP: (Feedback.Kind.UNSUBSCRIBED, Suppression.Reason.STOP),
    Wish.START: (Feedback.Kind.RESUBSCRIBED, ""),
}


def _wish(said: Mapping[str, str]) -> Wish | None:
    read_by_twilio = said.get("OptOutType", "").lower()
    return Wish(read_by_twilio) if read_by_twilio in set(Wish) else wish_of(said.get("Body", ""))


def _kept(said: Mapping[str, str]) -> dict[str, str]:
    return {name: said[name][:100] for name in _KEPT if said.get(name)}
