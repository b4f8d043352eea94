"""Resend's API for sending a mail and its webhooks, as far as the product uses them.

After https://resend.com/docs/api-reference/emails/send-email, .../api-reference/errors and
.../dashboard/emails/idempotency-keys: errors as `{"statusCode", "name", "message"}`; a known `Idempotency-Key` is
answered as the first time, and refused with 409 where the body is another one.
"""

from typing import Any
from uuid import uuid4

from tests.twins.repeats import Repeats
from tests.twins.server import Answer, Request, Twin, route

KEY = "re_twin"


def refusal(status: int, name: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"statusCode": status, "name": name, "message": message}, headers or {})


class ResendTwin(Twin):
    """`mails` are the bodies that it took, each once whatever was repeated."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []
        self._repeats = Repeats(
            lambda: refusal(409, "invalid_idempotent_request", "The key was used with another request body.")
        )

    def authenticate(self, request: Request) -> Answer | None:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return refusal(401, "invalid_api_key", "API key is invalid")
        return None

    def too_many(self, retry_after: int) -> Answer:
        return refusal(429, "rate_limit_exceeded", "Too many requests.", {"retry-after": str(retry_after)})

    @route("GET", "/domains")
    def domains(self, request: Request) -> Answer:
        return Answer(200, {"data": []})

    @route("POST", "/emails")
    def send(self, request: Request) -> Answer:
        mail = request.body
        missing = [name for name in ("from", "to", "subject") if not mail.get(name)]
        if missing or not (mail.get("html") or mail.get("text")):
            return refusal(422, "missing_required_field", f"Missing `{(missing or ['html'])[0]}` field.")
        if any("@" not in address for address in mail["to"]):
            return refusal(422, "validation_error", "Invalid `to` field.")
        key = request.headers.get("idempotency-key", "")
        if len(key) > 256:
            return refusal(400, "invalid_idempotency_key", "The key must be between 1-256 chars.")
        if repeated := self._repeats.answer_to(key, request.raw):
            return repeated
        taken = str(uuid4())
        self.mails.append({**mail, "id": taken})
        return self._repeats.keep(key, request.raw, Answer(200, {"id": taken}))


def event(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a webhook's body about a mail that was taken."""
    tags = {tag["name"]: tag["value"] for tag in mail["tags"]}
    data = {"email_id": mail["id"], "from": mail["from"], "to": mail["to"], "subject": mail["subject"], "tags": tags}
    return {"type": kind, "created_at": "2026-01-05T12:00:01.000Z", "data": {**data, **more}}
