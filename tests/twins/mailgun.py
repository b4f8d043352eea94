"""Mailgun's API for sending a mail and its webhooks, as far as the product uses them.

After https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages,
.../docs/mailgun/quickstart-guide/responses and .../docs/mailgun/user-manual/webhooks/securing-webhooks: a form; errors
as `{"message"}`, a bad key with 401 and no more than a word; no key that would make a repetition known.
"""

import base64
import hashlib
import hmac
import time
from typing import Any
from uuid import uuid4

from tests.twins.server import Answer, Request, Twin, route

KEY = "key-twin"
DOMAIN = "shop.example"
SIGNING_KEY = "twin-signing-key"
FORM = "application/x-www-form-urlencoded"
KNOWN = frozenset({"from", "to", "cc", "bcc", "subject", "text", "html", "amp-html", "template", "recipient-variables"})
OPTIONS = ("o:", "h:", "v:", "t:")


def refusal(status: int, message: str) -> Answer:
    return Answer(status, {"message": message})


class MailgunTwin(Twin):
    """`mails` are the forms that it took, each with its `id`."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []

    def authenticate(self, request: Request) -> Answer | None:
        right = "Basic " + base64.b64encode(f"api:{KEY}".encode()).decode()
        return None if request.headers.get("authorization") == right else Answer(401, "Forbidden")

    def not_found(self, request: Request) -> Answer:
        return Answer(404, "404 page not found")

    def too_many(self, retry_after: int) -> Answer:
        return Answer(429, {"message": "Too many requests"}, {"Retry-After": str(retry_after)})

    @route("GET", "/v3/domains/{domain}")
    def domain(self, request: Request) -> Answer:
        if request.parts["domain"] != DOMAIN:
            return refusal(404, "Domain not found")
        return Answer(200, {"domain": {"name": DOMAIN, "state": "active"}})

    @route("POST", "/v3/{domain}/messages")
    def send(self, request: Request) -> Answer:
        if request.parts["domain"] != DOMAIN:
            return refusal(404, f"Domain not found: {request.parts['domain']}")
        if problem := _problem(request):
            return refusal(400, problem)
        taken = f"<{uuid4().hex}@{DOMAIN}>"
        self.mails.append({**request.form, "id": taken})
        return Answer(200, {"id": taken, "message": "Queued. Thank you."})


def _problem(request: Request) -> str:
    form = request.form
    if not request.headers.get("content-type", "").startswith(FORM):
        return "The body is no form."
    if missing := [name for name in ("from", "to", "subject") if not form.get(name)]:
        return f"{missing[0]} parameter is missing"
    if not (form.get("text") or form.get("html")):
        return "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified"
    if bad := [name for name in ("from", "to") if "@" not in form[name]]:
        return f"{bad[0]} parameter is not a valid address. please check documentation"
    unknown = [name for name in form if name not in KNOWN and not name.startswith(OPTIONS)]
    return f"{unknown[0]} is not a parameter" if unknown else ""


def event(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a webhook's body about a mail that was taken, with its signature."""
    variables = {name[2:]: value for name, value in mail.items() if name.startswith("v:")}
    data = {
        "id": uuid4().hex,
        "event": kind,
        "timestamp": time.time(),
        "recipient": mail["to"],
        "user-variables": variables,
        "message": {"headers": {"message-id": mail["id"].strip("<>"), "to": mail["to"]}},
        **more,
    }
    return {"signature": sign(SIGNING_KEY), "event-data": data}


def sign(key: str) -> dict[str, str]:
    """Return what stands beside an event to prove it: of a moment and a token that no other has."""
    at, token = str(int(time.time())), uuid4().hex
    signed = hmac.new(key.encode(), f"{at}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": at, "token": token, "signature": signed}
