"""Twilio's Programmable Messaging, as its API reference and error dictionary say it answers.

- Messages: https://www.twilio.com/docs/messaging/api/message-resource (`POST` makes one, `GET` lists, newest first,
  filtered by `To`, `From`, `DateSent`, `DateSent<`, `DateSent>`; the same in the published OpenAPI `twilio_api_v2010`).
- Errors: https://www.twilio.com/docs/api/errors, in the body `{code, message, more_info, status}`.
- Callbacks and their signature: https://www.twilio.com/docs/usage/webhooks/webhooks-security.
- STOP: https://help.twilio.com/articles/223134027. The twin keeps its own list of who opted out, as Twilio does.
"""

import base64
import hashlib
import hmac
import re
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from distributions.channels.segmenting import measure
from tests.twins.server import Answer, Request, Twin, route

ACCOUNT = "/2010-04-01/Accounts/{sid}"
LONGEST_BODY = 1600
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,6}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
_CALLBACK_HOST = re.compile(r"[A-Za-z0-9.-]+")
# What a message may be given, as the OpenAPI names it; anything else is passed over by Twilio, and refused here.
KNOWN = frozenset({
    "To", "From", "MessagingServiceSid", "Body", "StatusCallback", "ApplicationSid", "MaxPrice", "ProvideFeedback",
    "Attempt", "ValidityPeriod", "ForceDelivery", "ContentRetention", "AddressRetention", "SmartEncoded", "MediaUrl",
    "PersistentAction", "ShortenUrls", "ScheduleType", "SendAt", "SendAsMms", "ContentSid", "ContentVariables",
})  # fmt: skip


@dataclass
class Text:
    """One message that Twilio accepted."""

    sid: str
    to: str
    sender: str
    body: str
    callback: str
    service: str = ""
    status: str = "queued"
    error_code: int | None = None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def message_id(self) -> str:
        """The product's message, as far as the callback's address names it."""
        found = re.search(r"msg_[0-9a-f]{32}", self.callback)
        return found.group() if found else ""


class TwilioTwin(Twin):
    """One account with one number. `texts` is what was accepted, `opted_out` who replied STOP."""

    def __init__(self, sid: str = "AC" + "1" * 32, token: str = "t" * 32, number: str = "+15005550006") -> None:
        super().__init__()
        self.sid, self.token, self.number = sid, token, number
        self.texts: list[Text] = []
        self.opted_out: set[str] = set()
        self.unreachable: set[str] = set()
        # How many of the newest messages the list does not show yet.
        self.list_lags = 0

    # What a test asks and tells.

    def to(self, number: str) -> list[Text]:
        return [text for text in self.texts if text.to == number]

    def call_back(
        self, text: Text, status: str, *, error_code: int | None = None, token: str = "", url: str = ""
    ) -> int:
        """Tell the product what became of a message; return the status it answered."""
        text.status, text.error_code = status, error_code
        said = {
            "SmsSid": text.sid, "SmsStatus": status, "MessageStatus": status, "To": text.to, "MessageSid": text.sid,
            "AccountSid": self.sid, "From": text.sender, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if error_code is not None:
            said["ErrorCode"] = str(error_code)
        return self.post(url or text.callback, said, token=token)[0]

    def reply(
        self, url: str, sender: str, body: str, *, sid: str = "", token: str = "", **more: str
    ) -> tuple[int, str]:
        """Tell the product that somebody answered; return its status and its TwiML."""
        sid = sid or f"SM{secrets.token_hex(16)}"
        said = {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "", "SmsSid": sid,
            "FromZip": "", "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": body,
            "FromCountry": "US", "To": self.number, "ToZip": "", "NumSegments": "1", "MessageSid": sid,
            "AccountSid": self.sid, "From": sender, "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip
        return self.post(url, said, token=token)

    def post(self, url: str, said: dict[str, str], *, token: str = "") -> tuple[int, str]:
        request = urllib.request.Request(url, urlencode(said).encode(), {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "X-Twilio-Signature": signature(token or self.token, url, said),
            "I-Twilio-Idempotency-Token": secrets.token_hex(16),
        })  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    # What Twilio says of its own.

    def authenticate(self, request: Request) -> Answer | None:
        scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
        except ValueError:
            user = password = ""
        if scheme.lower() != "basic" or not secrets.compare_digest(f"{user}:{password}", f"{self.sid}:{self.token}"):
            return problem(401, 20003, "Authenticate")
        if f"/Accounts/{self.sid}" not in request.path:
            return problem(404, 20404, f"The requested resource {request.path} was not found")
        return None

    def not_found(self, request: Request) -> Answer:
        return problem(404, 20404, f"The requested resource {request.path} was not found")

    def too_many(self, retry_after: int) -> Answer:
        return problem(429, 20429, "Too Many Requests", {"Retry-After": str(retry_after)})

    # What it does.

    @route("GET", ACCOUNT + ".json")
    def account(self, request: Request) -> Answer:
        return Answer(200, {"sid": self.sid, "friendly_name": "Shop", "status": "active", "type": "Full"})

    @route("POST", ACCOUNT + "/Messages.json")
    def create(self, request: Request) -> Answer:
        if "application/x-www-form-urlencoded" not in request.headers.get("content-type", ""):
            return problem(400, 21604, "A 'To' phone number is required.")
        said = request.form
        refusal = self._problem_with(said)
        if refusal is not None:
            return refusal
        service = said.get("MessagingServiceSid", "")
        text = Text(
            f"SM{secrets.token_hex(16)}", said["To"], said.get("From", self.number), said["Body"],
            said.get("StatusCallback", ""), service, "accepted" if service else "queued",
        )  # fmt: skip
        self.texts.append(text)
        return Answer(201, self._resource(text))

    def _problem_with(self, said: dict[str, str]) -> Answer | None:
        to, sender, service = said.get("To", ""), said.get("From", ""), said.get("MessagingServiceSid", "")
        callback = said.get("StatusCallback", "")
        if unknown := said.keys() - KNOWN:
            return problem(400, 20001, f"Unknown parameters: {', '.join(sorted(unknown))}")
        if not to:
            return problem(400, 21604, "A 'To' phone number is required.")
        if not sender and not service:
            return problem(400, 21603, "A 'From' phone number is required.")
        if service and not _SERVICE.fullmatch(service):
            return problem(400, 21701, f"The Messaging Service Sid {service} is invalid.")
        if not said.get("Body"):
            return problem(400, 21602, "Message body is required.")
        if len(said["Body"]) > LONGEST_BODY:
            return problem(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if callback and not _is_address(callback):
            return problem(400, 21609, f"The StatusCallback URL {callback} is not a valid URL.")
        if sender and not _SENDER.fullmatch(sender):
            return problem(
                400,
                21212,
                f"The 'From' number {sender} is not a valid phone number, shortcode, or alphanumeric sender ID.",
            )
        if sender.startswith("+") and sender != self.number:
            return problem(
                400,
                21606,
                f"The 'From' phone number provided ({sender}) is not a valid message-capable Twilio phone number for this destination/account.",
            )
        if not _E164.fullmatch(to):
            return problem(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if to in self.opted_out:
            return problem(400, 21610, "Attempt to send to unsubscribed recipient")
        if to in self.unreachable:
            return problem(
                400, 21612, "The message cannot be sent with the current combination of 'To' and/or 'From' parameters"
            )
        return None

    @route("GET", ACCOUNT + "/Messages.json")
    def list_messages(self, request: Request) -> Answer:
        shown = self.texts[: len(self.texts) - self.list_lags]
        found = [text for text in reversed(shown) if _matches(text, request.query)]
        size = min(int(request.query.get("PageSize", 50)), 1000)
        page = int(request.query.get("Page", 0))
        rows = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        uri = f"/2010-04-01/Accounts/{self.sid}/Messages.json"
        following = urlencode({**request.query, "PageSize": size, "Page": page + 1, "PageToken": f"PASM{page}"})
        return Answer(200, {
            "messages": [self._resource(text) for text in rows], "page": page, "page_size": size, "start": page * size,
            "end": page * size + len(rows) - 1, "uri": uri, "first_page_uri": uri, "previous_page_uri": None,
            "next_page_uri": f"{uri}?{following}" if more else None,
        })  # fmt: skip

    @route("GET", ACCOUNT + "/Messages/{message}.json")
    def fetch(self, request: Request) -> Answer:
        found = next((text for text in self.texts if text.sid == request.parts["message"]), None)
        return Answer(200, self._resource(found)) if found else self.not_found(request)

    def _resource(self, text: Text) -> dict[str, Any]:
        at = format_datetime(text.created_at)
        uri = f"/2010-04-01/Accounts/{self.sid}/Messages/{text.sid}"
        return {
            "account_sid": self.sid, "api_version": "2010-04-01", "body": text.body, "date_created": at,
            "date_sent": None if text.status in {"queued", "accepted"} else at, "date_updated": at,
            "direction": "outbound-api", "error_code": text.error_code, "error_message": None,
            "from": text.sender, "messaging_service_sid": text.service or None, "num_media": "0",
            "num_segments": "0" if text.service else str(measure(text.body).segments), "price": None,
            "price_unit": "USD", "sid": text.sid, "status": text.status,
            "subresource_uris": {"media": f"{uri}/Media.json"}, "to": text.to, "uri": f"{uri}.json",
        }  # fmt: skip


def signature(token: str, url: str, said: dict[str, str]) -> str:
    """Sign a callback as Twilio does: HMAC-SHA1 over the address and each name with its value, in order of the names."""
    signed = url + "".join(name + said[name] for name in sorted(said))
    return base64.b64encode(hmac.digest(token.encode(), signed.encode(), hashlib.sha1)).decode()


def problem(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Answer:
    info = f"https://www.twilio.com/docs/errors/{code}"
    return Answer(status, {"code": code, "message": message, "more_info": info, "status": status}, headers or {})


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(_CALLBACK_HOST.fullmatch(parts.hostname or ""))


def _matches(text: Text, asked: dict[str, str]) -> bool:
    """Hold a message to the filters; what is not sent yet has no date, and no filter by it finds it."""
    if asked.get("To", text.to) != text.to or asked.get("From", text.sender) != text.sender:
        return False
    sent_on = None if text.status in {"queued", "accepted"} else text.created_at.date().isoformat()
    compared = {
        "DateSent": lambda day: sent_on == day,
        "DateSent<": lambda day: sent_on is not None and sent_on <= day,
        "DateSent>": lambda day: sent_on is not None and sent_on >= day,
    }
    return all(holds(asked[name][:10]) for name, holds in compared.items() if name in asked)
