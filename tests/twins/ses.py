"""Amazon SES's API v2 for sending one mail, as far as the product uses it, and what it tells SNS.

After https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html: errors as `{"message"}` with
their name in `x-amzn-ErrorType`; no key that would make a repetition known.
"""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

from tests.twins.server import Answer, Request, Twin, route

KEY_ID = "AKIATWIN"
SECRET = "twin/secret"
REGION = "eu-west-1"
KNOWN = frozenset({
    "ConfigurationSetName", "Content", "Destination", "EmailTags", "EndpointId", "FeedbackForwardingEmailAddress",
    "FeedbackForwardingEmailAddressIdentityArn", "FromEmailAddress", "FromEmailAddressIdentityArn",
    "ListManagementOptions", "ReplyToAddresses", "TenantName",
})  # fmt: skip
_TAG = re.compile(r"[A-Za-z0-9_\-.@]{1,256}")
_SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<day>\d{8})/(?P<region>[^/]+)/ses/aws4_request, "
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)
_SKEW = timedelta(minutes=5)


def refusal(status: int, name: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"message": message}, {"x-amzn-ErrorType": name, **(headers or {})})


class SesTwin(Twin):
    """`mails` are the calls that it took, each with its `MessageId` and the parts of its mail in plain words."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.mails: list[dict[str, Any]] = []

    def authenticate(self, request: Request) -> Answer | None:
        given = _SIGNED.fullmatch(request.headers.get("authorization", ""))
        if given is None:
            return refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        if given["key"] != KEY_ID:
            return refusal(403, "UnrecognizedClientException", "The security token in the request is invalid.")
        if given["region"] != REGION or not _is_now(request.headers.get("x-amz-date", ""), given["day"]):
            return refusal(403, "InvalidSignatureException", "Signature expired or of another region.")
        if not hmac.compare_digest(given["signature"], signature(request, given["names"], given["day"])):
            return refusal(403, "InvalidSignatureException", "The request signature we calculated does not match.")
        return None

    def too_many(self, retry_after: int) -> Answer:
        return refusal(429, "TooManyRequestsException", "Too many requests.", {"Retry-After": str(retry_after)})

    def not_found(self, request: Request) -> Answer:
        return refusal(404, "UnknownOperationException", "")

    def not_json(self, request: Request) -> Answer:
        return refusal(400, "SerializationException", "The body cannot be read.")

    @route("GET", "/v2/email/account")
    def account(self, request: Request) -> Answer:
        return Answer(200, {"SendingEnabled": True, "ProductionAccessEnabled": True})

    @route("POST", "/v2/email/outbound-emails")
    def send(self, request: Request) -> Answer:
        said = request.body
        if problem := _problem(said):
            return refusal(400, "BadRequestException", problem)
        taken = uuid4().hex
        self.mails.append({**said, "MessageId": taken, "Content": _plain(said["Content"]["Raw"]["Data"])})
        return Answer(200, {"MessageId": taken})


def signature(request: Request, names: str, day: str) -> str:
    """Return what Amazon calculates of a request, by version 4 of its signature."""
    headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
    asked = [request.verb, request.path, "", headers, names, hashlib.sha256(request.raw).hexdigest()]
    scope = f"{day}/{REGION}/ses/aws4_request"
    whole = hashlib.sha256("\n".join(asked).encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], scope, whole])
    key = f"AWS4{SECRET}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _is_now(stamp: str, day: str) -> bool:
    try:
        at = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return stamp.startswith(day) and abs(datetime.now(tz=UTC) - at) < _SKEW


def _problem(said: Any) -> str:
    if unknown := set(said) - KNOWN:
        return f"Unknown member {unknown.pop()}."
    if "@" not in said.get("FromEmailAddress", ""):
        return "Invalid FromEmailAddress."
    to = (said.get("Destination") or {}).get("ToAddresses") or []
    if not 1 <= len(to) <= 50 or any("@" not in address for address in to):
        return "Invalid Destination."
    tags = said.get("EmailTags") or []
    if any(set(tag) != {"Name", "Value"} or not all(map(_TAG.fullmatch, tag.values())) for tag in tags):
        return "Invalid EmailTags."
    mail = message_from_bytes(base64.b64decode(said["Content"]["Raw"]["Data"], validate=True))
    missing = [name for name in ("From", "To") if mail[name] is None]
    return f"Missing required header {missing[0]!r}." if missing else ""


def _plain(data: str) -> dict[str, Any]:
    mail = message_from_bytes(base64.b64decode(data), policy=policy.default)
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    return {"headers": {name: str(value) for name, value in mail.items()}, "parts": parts}


def event(kind: str, mail: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return what is published about a mail that was taken; its details stand under its own name in small letters."""
    to = mail["Destination"]["ToAddresses"]
    tags = {tag["Name"]: [tag["Value"]] for tag in mail["EmailTags"]}
    headers = [{"name": name, "value": value} for name, value in mail["Content"]["headers"].items()]
    recipients = [{"emailAddress": address} for address in to]
    details = {
        "Delivery": {"recipients": to, "smtpResponse": "250 ok"},
        "Bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipients},
        "Complaint": {"complainedRecipients": recipients, "complaintFeedbackType": "abuse"},
    }.get(kind, {})
    about = {"messageId": mail["MessageId"], "destination": to, "tags": tags, "headers": headers}
    return {"eventType": kind, "mail": about, kind.lower(): {**details, **more}}
