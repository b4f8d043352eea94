"""Postmark's Email API, its message search and its webhooks, as far as the product uses them.

After https://postmarkapp.com/developer/api/email-api, .../api/messages-api and .../webhooks/bounce-webhook: errors as
`{"ErrorCode", "Message"}` with 422, a bad token with 401 and code 10; no key that would make a repetition known.
"""

from typing import Any
from uuid import uuid4

from tests.twins.server import Answer, Request, Twin, route

TOKEN = "11111111-2222-3333-4444-555555555555"
SUBMITTED = "2026-01-05T12:00:00.0000000-05:00"


def refusal(status: int, code: int, message: str) -> Answer:
    return Answer(status, {"ErrorCode": code, "Message": message})


class PostmarkTwin(Twin):
    """`mails` are the bodies that it took; to the addresses in `inactive` it sends nothing."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []
        self.inactive: set[str] = set()

    def authenticate(self, request: Request) -> Answer | None:
        if request.headers.get("x-postmark-server-token") != TOKEN:
            return refusal(401, 10, "The Server Token you provided in the X-Postmark-Server-Token request header "
                           "was invalid. Please verify that you are using a valid token.")  # fmt: skip
        return None

    def not_json(self, request: Request) -> Answer:
        return refusal(422, 402, "Invalid JSON.")

    @route("GET", "/server")
    def server(self, request: Request) -> Answer:
        return Answer(200, {"ID": 1, "Name": "Twin", "ApiTokens": [TOKEN]})

    @route("POST", "/email")
    def send(self, request: Request) -> Answer:
        mail = request.body
        if "@" not in mail.get("From", ""):
            return refusal(422, 300, "Invalid 'From' address.")
        if "@" not in mail.get("To", ""):
            return refusal(422, 300, "Invalid 'To' address.")
        if mail["To"] in self.inactive:
            return refusal(422, 406, "You tried to send to a recipient that has been marked as inactive.")
        if not (mail.get("TextBody") or mail.get("HtmlBody")):
            return refusal(422, 300, "Provide either email TextBody or HtmlBody or both.")
        if any(not isinstance(value, str) or len(value) > 80 for value in (mail.get("Metadata") or {}).values()):
            return refusal(422, 300, "Metadata values are strings of 80 characters at most.")
        taken = {**mail, "MessageID": str(uuid4())}
        self.mails.append(taken)
        told = {"To": mail["To"], "SubmittedAt": SUBMITTED, "MessageID": taken["MessageID"], "ErrorCode": 0}
        return Answer(200, {**told, "Message": "OK"})

    @route("GET", "/messages/outbound")
    def search(self, request: Request) -> Answer:
        wanted = {name.removeprefix("metadata_"): value for name, value in request.query.items() if "_" in name}
        found = [
            {"MessageID": mail["MessageID"], "Status": "Sent", "Metadata": mail["Metadata"]}
            for mail in self.mails
            if wanted.items() <= mail["Metadata"].items()
        ]
        return Answer(200, {"TotalCount": len(found), "Messages": found[: int(request.query["count"])]})


def event(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a webhook's body about a mail that was taken."""
    address = "Email" if kind in {"Bounce", "SpamComplaint"} else "Recipient"
    return {
        "RecordType": kind,
        "MessageID": mail["MessageID"],
        address: mail["To"],
        "MessageStream": "outbound",
        "Metadata": mail["Metadata"],
        {"Bounce": "BouncedAt", "Delivery": "DeliveredAt"}.get(kind, "ReceivedAt"): "2026-01-05T12:00:01Z",
        **more,
    }
