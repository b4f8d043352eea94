"""Amazon SNS, by which SES reports: believed by its signature alone, while it is fresh, and for the topic expected.

After https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html.
"""

import base64
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from anymail.exceptions import AnymailWebhookValidationFailure as NotProvenError
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from distributions.channels import client
from distributions.channels.calls import Answer, CallError, Calls
from distributions.channels.handover import Outcome

# SNS waits fifteen seconds for us, and two calls may be made meanwhile.
PATIENCE_SECONDS = 5.0
# For so long SNS tries again by default.
FRESH = timedelta(hours=1)
SUBSCRIPTION = "SubscriptionConfirmation"
_HOST = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?")
# Amazon's API answers on the same host, and may say after others what they told it: no other path holds certificates.
_CERTIFICATE = re.compile(r"/SimpleNotificationService-[0-9a-f]+\.pem")
_HASHES: Mapping[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
_OF_A_SUBSCRIPTION = ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    SUBSCRIPTION: _OF_A_SUBSCRIPTION,
    "UnsubscribeConfirmation": _OF_A_SUBSCRIPTION,
}


def prove(body: bytes, topic: str) -> None:
    """Raise NotProvenError unless Amazon signed this just now, and for this topic where one is named.

    Raises CallError where Amazon's certificate cannot be had now, and ValueError for what is no message at all.
    """
    said = _read(body)
    _refuse_unexpected(said, topic)
    _refuse_stale(said)
    _verify(said)


def confirm(body: bytes) -> None:
    """Tell Amazon that its notifications are wanted, where a message that was proven asks for it."""
    said = _read(body)
    if said.get("Type") == SUBSCRIPTION:
        _get(said["SubscribeURL"])


def _read(body: bytes) -> Mapping[str, Any]:
    said = json.loads(body)
    if not isinstance(said, Mapping):
        raise ValueError("This is no message of SNS.")
    return said


def _refuse_unexpected(said: Mapping[str, Any], topic: str) -> None:
    found = _text(said, "TopicArn")
    if topic and found != topic:
        raise NotProvenError(f"It is of the topic {found[:256]!r}, and not of the one that the connection names.")
    if said.get("Type") == SUBSCRIPTION:
        _amazons(said, "SubscribeURL")
        if not topic:
            raise NotProvenError("A subscription is confirmed only for the topic that the connection names.")


def _refuse_stale(said: Mapping[str, Any]) -> None:
    try:
        at = datetime.fromisoformat(_text(said, "Timestamp"))
    except ValueError as error:
        raise NotProvenError("It does not say when it was sent.") from error
    if at.tzinfo is None or abs(datetime.now(tz=UTC) - at) > FRESH:
        raise NotProvenError("It was not sent within the last hour.")


def _verify(said: Mapping[str, Any]) -> None:
    try:
        hashed = _HASHES[_text(said, "SignatureVersion")]()
        signature = base64.b64decode(_text(said, "Signature"), validate=True)
        _key_of(said).verify(signature, _signed_words(said), padding.PKCS1v15(), hashed)
    except (InvalidSignature, ValueError, KeyError) as error:
        raise NotProvenError("The signature is not Amazon's.") from error


def _signed_words(said: Mapping[str, Any]) -> bytes:
    """Return what is signed: names and values by turns, each on a line; only a subject may be missing."""
    names = [name for name in _SIGNED[_text(said, "Type")] if name != "Subject" or said.get(name) is not None]
    return "".join(f"{name}\n{_text(said, name)}\n" for name in names).encode()


def _key_of(said: Mapping[str, Any]) -> rsa.RSAPublicKey:
    parts = _amazons(said, "SigningCertURL")
    if not _CERTIFICATE.fullmatch(parts.path) or parts.query:
        raise NotProvenError("Its certificate is not where Amazon keeps them.")
    certificate, now = _certificate(parts.geturl()), datetime.now(tz=UTC)
    key = certificate.public_key()
    is_valid = certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc
    if not is_valid or not isinstance(key, rsa.RSAPublicKey):
        raise NotProvenError("Its certificate is not valid now.")
    return key


@lru_cache(maxsize=16)
def _certificate(url: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(_get(url).body)


def _amazons(said: Mapping[str, Any], name: str) -> SplitResult:
    """Return an address that a message names; raise unless it is Amazon's own."""
    try:
        parts = urlsplit(_text(said, name))
    except ValueError as error:
        raise NotProvenError(f"The {name} is no address.") from error
    if parts.scheme != "https" or not _HOST.fullmatch(parts.netloc):
        raise NotProvenError(f"The {name} is no address of Amazon's.")
    return parts


def _get(url: str) -> Answer:
    answer = client.wait_for(lambda sender: Calls(sender, PATIENCE_SECONDS)("GET", url))
    if not answer.is_success:
        raise CallError(Outcome.NOT_ACCEPTED, f"Amazon answered {answer.status}.")
    return answer


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise NotProvenError(f"It has no {name}.")
    return value
