"""SparkPost's Transmissions API and its event webhooks, as far as the product uses them.

After https://developers.sparkpost.com/api/transmissions, .../api/#header-errors and .../api/webhooks: errors as
`{"errors": [{"message", "description", "code"}]}`, 420 over a sending limit; a known `Idempotency-Key` is answered as
the first time, and refused with 409 where the body is another one.
"""

import json
import time
from typing import Any
from uuid import uuid4

from tests.twins.repeats import Repeats
from tests.twins.server import Answer, Request, Twin, route

KEY = "5parkp05t"
# Made of each recipient, or of the mail's parts.
RESERVED = frozenset({"content-type", "content-transfer-encoding", "to", "from", "subject", "reply-to"})
CLASSES = {"open": "track_event", "click": "track_event", "list_unsubscribe": "unsubscribe_event"}


def errors(status: int, message: str, description: str = "", code: str = "") -> Answer:
    said = {"message": message, "description": description, "code": code}
    return Answer(status, {"errors": [{name: value for name, value in said.items() if value}]})


class SparkPostTwin(Twin):
    """`mails` are the transmissions that it took, each once whatever was repeated."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []
        self._repeats = Repeats(lambda: errors(409, "The key was used with another body.", code="1601"))

    def authenticate(self, request: Request) -> Answer | None:
        return None if request.headers.get("authorization") == KEY else errors(401, "Unauthorized.")

    def not_found(self, request: Request) -> Answer:
        return errors(404, "resource not found", code="1600")

    def not_json(self, request: Request) -> Answer:
        return errors(400, "invalid data format/type", code="1300")

    @route("GET", "/api/v1/account")
    def account(self, request: Request) -> Answer:
        return Answer(200, {"results": {"company_name": "Twin", "status": "active"}})

    @route("POST", "/api/v1/transmissions/")
    def send(self, request: Request) -> Answer:
        key = request.headers.get("idempotency-key", "")
        if repeated := self._repeats.answer_to(key, request.raw):
            return repeated
        mail = request.body
        if refused := _refusal(mail):
            return refused
        taken = str(uuid4().int)[:17]
        self.mails.append({**mail, "id": taken})
        told = {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": taken}
        return self._repeats.keep(key, request.raw, Answer(200, {"results": told}))


def _refusal(mail: Any) -> Answer | None:
    content = mail.get("content") or {}
    if any("@" not in one["address"].get("email", "") for one in mail.get("recipients") or [{"address": {}}]):
        return errors(422, "required field is missing", "address.email is required for each recipient", "1400")
    if not (content.get("text") or content.get("html")):
        return errors(
            422, "required field is missing", "At least one of text or html needs to exist in content", "1400"
        )
    if "@" not in json.dumps(content.get("from", "")) or not content.get("subject"):
        return errors(422, "required field is missing", "content.from and content.subject are required", "1400")
    if reserved := RESERVED & {name.lower() for name in content.get("headers") or {}}:
        return errors(422, "invalid data format/type", f"The header {reserved.pop()} is not allowed", "1300")
    if len(json.dumps(mail.get("metadata") or {})) > 1000:
        return errors(422, "invalid data format/type", "metadata is limited to 1000 bytes", "1300")
    return None


def event(kind: str, mail: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """Return a webhook's body about a mail that was taken: a list of one event in its wrapping."""
    address = mail["recipients"][0]["address"]["email"]
    said = {
        "type": kind,
        "event_id": str(uuid4().int)[:18],
        "timestamp": str(int(time.time())),
        "transmission_id": mail["id"],
        "rcpt_to": address,
        "raw_rcpt_to": address,
        "rcpt_meta": mail["metadata"],
        **more,
    }
    return [{"msys": {CLASSES.get(kind, "message_event"): said}}]
