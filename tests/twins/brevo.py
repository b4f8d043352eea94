"""Brevo's API for sending a transactional mail and its webhooks, as far as the product uses them.

After https://developers.brevo.com/reference/sendtransacemail, .../docs/heterogenous-versions-batch-emails,
.../docs/limit-headers and .../docs/transactional-webhooks: errors as `{"code", "message"}`; an `idempotencyKey` that is
known already is refused with `duplicate_parameter`, and nothing is sent.
"""

import time
from typing import Any
from uuid import UUID, uuid4

from tests.twins.server import Answer, Request, Twin, route

KEY = "xkeysib-twin"
KNOWN = frozenset({
    "sender", "to", "cc", "bcc", "replyTo", "subject", "htmlContent", "textContent", "headers", "attachment", "params",
    "tags", "templateId", "messageVersions", "scheduledAt", "batchId",
})  # fmt: skip


def refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"code": code, "message": message}, headers or {})


class BrevoTwin(Twin):
    """`mails` are the bodies that it took, each once whatever was repeated."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []
        self._known: set[str] = set()

    def authenticate(self, request: Request) -> Answer | None:
        return None if request.headers.get("api-key") == KEY else refusal(401, "unauthorized", "Key not found")

    def not_found(self, request: Request) -> Answer:
        return refusal(404, "document_not_found", "Path not found.")

    def too_many(self, retry_after: int) -> Answer:
        reset = {"x-sib-ratelimit-remaining": "0", "x-sib-ratelimit-reset": str(retry_after)}
        return refusal(429, "too_many_requests", "Too many requests.", reset)

    def not_json(self, request: Request) -> Answer:
        return refusal(400, "bad_request", "Input must be a valid JSON object.")

    @route("GET", "/v3/account")
    def account(self, request: Request) -> Answer:
        return Answer(200, {"email": "owner@shop.example", "companyName": "Twin"})

    @route("POST", "/v3/smtp/email")
    def send(self, request: Request) -> Answer:
        mail = request.body
        if refused := _refusal(mail):
            return refused
        key = (mail.get("headers") or {}).get("idempotencyKey", "")
        if key and str(UUID(key)) in self._known:
            return refusal(400, "duplicate_parameter", "idempotencyKey is already used.")
        if key:
            self._known.add(key)
        taken = f"<{uuid4().hex}@smtp-relay.mailin.fr>"
        self.mails.append({**mail, "messageId": taken})
        return Answer(201, {"messageId": taken})


def _refusal(mail: Any) -> Answer | None:
    if unknown := set(mail) - KNOWN:
        return refusal(400, "invalid_parameter", f"{unknown.pop()} is not known.")
    if missing := [name for name in ("sender", "to", "subject") if not mail.get(name)]:
        return refusal(400, "missing_parameter", f"{missing[0]} is missing")
    if not (mail.get("htmlContent") or mail.get("textContent")):
        return refusal(400, "missing_parameter", "Either of htmlContent or textContent is missing")
    if any("@" not in one.get("email", "") for one in [mail["sender"], *mail["to"]]):
        return refusal(400, "invalid_parameter", "email is not valid")
    if any(not isinstance(value, str) for value in (mail.get("headers") or {}).values()):
        return refusal(400, "invalid_parameter", "headers should be strings")
    return None


def event(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a webhook's body about a mail that was taken."""
    return {
        "event": kind,
        "email": mail["to"][0]["email"],
        "id": 26224,
        "message-id": mail["messageId"],
        "subject": mail["subject"],
        "ts_epoch": int(time.time() * 1000),
        "X-Mailin-custom": mail["headers"]["X-Mailin-custom"],
        **more,
    }
