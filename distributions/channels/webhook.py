"""Webhooks: signed after Standard Webhooks, many at a time. A receiver that counts ids gets each once."""

import base64
import hashlib
import hmac
import time

from distributions.channels import calls
from distributions.channels.calls import Answer, Calls
from distributions.channels.handover import Outcome, OutgoingMessage, Receipt
from distributions.channels.providers import Provider, Takes

DEADLINE_SECONDS = calls.DEADLINE_SECONDS

PROVIDERS = (
    Provider(
        name="webhook",
        channel="webhook",
        label="Webhook",
        takes=frozenset({Takes.PAYLOAD}),
        about="A signed request to an address of yours, with code and customer.",
        is_built_in=True,
    ),
)


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return the ``webhook-signature`` of Standard Webhooks: one part for each secret (``whsec_`` and base64)."""
    said = f"{message_id}.{timestamp}.".encode() + body
    keys = [base64.b64decode(each.removeprefix("whsec_")) for each in secret.split(" ")]
    signed = [base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode() for key in keys]
    return " ".join(f"v1,{part}" for part in signed)


async def _hand_over(call: Calls, message: OutgoingMessage) -> Receipt:
    body = message.text.encode()
    timestamp = str(int(time.time()))
    headers = {
        **message.headers,
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": timestamp,
        "webhook-signature": sign(message.secret, message.id, timestamp, body),
    }
    return _receipt(message, await call("POST", message.address, body=body, headers=headers))


deliver = calls.delivering(_hand_over)


def _receipt(message: OutgoingMessage, answer: Answer) -> Receipt:
    if answer.is_success:
        detail = answer.words if message.keeps_answer else ""
        return Receipt(message.id, Outcome.ACCEPTED, answer.status, detail=detail)
    if answer.status == 410:
        return Receipt(message.id, Outcome.REJECTED, answer.status, detail=answer.words or "gone")
    outcome = Outcome.UNKNOWN if answer.status >= 500 else Outcome.NOT_ACCEPTED
    return Receipt(message.id, outcome, answer.status, detail=answer.words, retry_after=answer.retry_after)
