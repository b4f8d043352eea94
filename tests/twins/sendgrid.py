"""SendGrid's v3 Mail Send and its Event Webhook, as far as the product uses them.

After https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send and
https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event: 202 without a body and an `X-Message-Id`;
errors as `{"errors": [{"message", "field", "help"}]}`; no key that would make a repetition known.
"""

import time
from typing import Any
from uuid import uuid4

from tests.twins.server import Answer, Request, Twin, route

KEY = "SG.twin"
# What the reference lists as not allowed among `headers`.
RESERVED = {
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding", "to", "from",
    "subject", "reply-to", "cc", "bcc",
}  # fmt: skip


def errors(status: int, message: str, field: str | None = None) -> Answer:
    return Answer(status, {"errors": [{"message": message, "field": field, "help": None}]})


class SendGridTwin(Twin):
    """`mails` are the bodies that it took."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []

    def authenticate(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return errors(401, "The provided authorization grant is invalid, expired, or revoked")
        return None

    def not_found(self, request: Request) -> Answer:
        return errors(404, "Not Found")

    def too_many(self, retry_after: int) -> Answer:
        reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + retry_after)}
        return Answer(429, {"errors": [{"message": "too many requests", "field": None, "help": None}]}, reset)

    def not_json(self, request: Request) -> Answer:
        return errors(400, "Bad Request")

    @route("GET", "/v3/scopes")
    def scopes(self, request: Request) -> Answer:
        return Answer(200, {"scopes": ["mail.send"]})

    @route("POST", "/v3/mail/send")
    def send(self, request: Request) -> Answer:
        mail = request.body
        if problem := self._problem(mail):
            return errors(400, *problem)
        self.mails.append(mail)
        return Answer(202, None, {"X-Message-Id": uuid4().hex})

    def _problem(self, mail: Any) -> tuple[str, str] | None:
        to = [one.get("email") for each in mail.get("personalizations") or [] for one in each.get("to") or []]
        if not to or not all(address and "@" in address for address in to):
            return "The to array is required for all personalization objects.", "personalizations.0.to"
        if "@" not in (mail.get("from") or {}).get("email", ""):
            return "The from object must be provided for every email send.", "from"
        content = mail.get("content") or []
        if not content or any(not part.get("value") for part in content):
            return "The content value must be a string at least one character in length.", "content.0.value"
        if [part["type"] for part in content] != sorted((part["type"] for part in content), reverse=True):
            return "If present, text/plain and text/html may only be provided once, text/plain first.", "content"
        if reserved := RESERVED & {name.lower() for name in mail.get("headers") or {}}:
            return f"The header {reserved.pop()} is reserved.", "headers"
        if any(not isinstance(value, str) for value in (mail.get("custom_args") or {}).values()):
            return "Custom args must be strings.", "custom_args"
        return None


def event(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return one event of the Event Webhook about a mail that was taken; it is posted in a list."""
    return {
        "email": mail["personalizations"][0]["to"][0]["email"],
        "timestamp": int(time.time()),
        "smtp-id": mail["headers"]["Message-ID"],
        "event": kind,
        "sg_event_id": uuid4().hex,
        "sg_message_id": f"{uuid4().hex}.filter0001",
        **mail["custom_args"],
        **more,
    }
