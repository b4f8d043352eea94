"""What mail providers report afterwards, proven and read. A provider's own words are read by anymail.

Whoever calls holds the connection's secret address; a provider that signs is verified by its signature too, where the
connection knows the key.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks import amazon_ses, brevo, mailgun, postmark, resend, sendgrid, sparkpost
from django.http import HttpRequest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from distributions.channels.handover import Account
from distributions.channels.mailing import sns
from distributions.channels.mailing.apis import METADATA

KEPT_WORDS = 400
KINDS: dict[str, str] = {
    EventType.QUEUED: "accepted",
    EventType.SENT: "accepted",
    EventType.DELIVERED: "delivered",
    EventType.BOUNCED: "bounced",
    EventType.REJECTED: "failed",
    EventType.FAILED: "failed",
    EventType.COMPLAINED: "complained",
    EventType.OPENED: "opened",
    EventType.CLICKED: "clicked",
    EventType.UNSUBSCRIBED: "unsubscribed",
}
# A refusal to send, because of what the provider knows of the address.
_KNOWN_BAD: dict[str, str] = {
    RejectReason.BOUNCED: "bounced",
    RejectReason.INVALID: "bounced",
    RejectReason.UNSUBSCRIBED: "unsubscribed",
    RejectReason.SPAM: "complained",
}
_HARD_CLASSES = frozenset({"10", "30"})
_HARD_TYPES = frozenset({"HardBounce", "BadEmailAddress", "ManuallyDeactivated"})


class UnprovenError(Exception):
    """A report that its provider did not sign, though it should have."""


class UnreadableError(ValueError):
    """A report that says nothing we understand."""


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a provider reports. ``message_id`` is our own id of the message, where the provider handed it back."""

    kind: str
    event_id: str
    at: datetime | None
    message_id: str
    address: str
    is_permanent: bool
    is_machine: bool
    words: dict[str, Any]


def read(account: Account, request: HttpRequest) -> list[Told]:
    """Return what a request reports; raise where it is not proven, or cannot be read.

    Raises CallError where it cannot be told now whether it is proven.
    """
    view = _view(account)
    try:
        _prove(account, view, request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        raise UnprovenError(str(error)) from error
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise UnreadableError(f"{type(error).__name__}: {error}"[:KEPT_WORDS]) from error
    return [told for event in events for told in _told(account.provider, event)]


# The base class asks for a password, which our own address makes needless; it is never looked at.
_UNUSED = {"webhook_secret": ["unused"]}
VIEWS: dict[str, Callable[[Account], Any]] = {
    "ses": lambda account: amazon_ses.AmazonSESTrackingWebhookView(**_UNUSED, auto_confirm_sns_subscriptions=False),
    "sendgrid": lambda account: sendgrid.SendGridTrackingWebhookView(
        **_UNUSED, tracking_webhook_verification_key=account["webhook_public_key"] or None
    ),
    "mailgun": lambda account: mailgun.MailgunTrackingWebhookView(
        **_UNUSED, webhook_signing_key=account["webhook_signing_key"] or "none"
    ),
    "postmark": lambda account: postmark.PostmarkTrackingWebhookView(**_UNUSED),
    "brevo": lambda account: brevo.BrevoTrackingWebhookView(**_UNUSED),
    "resend": lambda account: resend.ResendTrackingWebhookView(**_UNUSED),
    "sparkpost": lambda account: sparkpost.SparkPostTrackingWebhookView(**_UNUSED),
}


def _view(account: Account) -> Any:
    if account.provider not in VIEWS:
        raise UnreadableError(f"{account.provider} reports nothing.")
    try:
        return VIEWS[account.provider](account)
    except ValueError as error:
        raise UnprovenError("The verification key of this connection cannot be used.") from error


def _prove(account: Account, view: Any, request: HttpRequest) -> None:
    if account.provider == "ses":
        sns.prove(request.body, account["topic_arn"])
    elif account.provider == "resend" and account["webhook_secret"]:
        _prove_resend(account["webhook_secret"], request)
    elif account.provider == "sendgrid" and account["webhook_public_key"]:
        sendgrid.SendGridBaseWebhookView.validate_request(view, request)
    elif account.provider == "mailgun" and account["webhook_signing_key"]:
        mailgun_check = mailgun.MailgunBaseWebhookView.validate_request
        view.basic_auth = []
        mailgun_check(view, request)


def _prove_resend(secret: str, request: HttpRequest) -> None:
    """Resend signs as Standard Webhooks do, under names of its own."""
    headers = {f"webhook-{name}": request.headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature")}
    try:
        Webhook(secret).verify(request.body, headers)
    except (WebhookVerificationError, ValueError, RuntimeError) as error:
        raise UnprovenError("The signature is not Resend's.") from error


def _told(provider: str, event: AnymailTrackingEvent) -> Iterator[Told]:
    kind = KINDS.get(event.event_type)
    if kind == "failed":
        kind = _KNOWN_BAD.get(event.reject_reason or "", kind)
    if kind is None:
        return
    said: Mapping[str, Any] = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    yield Told(
        kind, _event_id(event, said), event.timestamp, _message_id(event, said), str(event.recipient or "")[:320],
        _is_permanent(provider, said), _is_machine(said), _words(event),
    )  # fmt: skip


def _event_id(event: AnymailTrackingEvent, said: Mapping[str, Any]) -> str:
    """Return the event's own id, with whom it is about; a provider that gives none said it in the same words."""
    if event.event_id:
        return f"{event.event_id}:{event.event_type}:{event.recipient or ''}"[:255]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _message_id(event: AnymailTrackingEvent, said: Mapping[str, Any]) -> str:
    """Return our id of the message, by whichever way this provider hands it back."""
    data, mail = said.get("data"), said.get("mail")
    tags = data.get("tags") if isinstance(data, Mapping) else mail.get("tags") if isinstance(mail, Mapping) else None
    found = (event.metadata or {}).get(METADATA) or _tag(tags)
    return found if isinstance(found, str) else ""


def _tag(tags: object) -> object:
    if isinstance(tags, Mapping):
        found = tags.get(METADATA)
        return found[0] if isinstance(found, list) and found else found
    named = tags if isinstance(tags, list) else []
    return next((one.get("value") for one in named if isinstance(one, Mapping) and one.get("name") == METADATA), None)


def _is_permanent(provider: str, said: Mapping[str, Any]) -> bool:
    """Tell whether a bounce is for good, by the word that each provider has for it."""
    match provider:
        case "sendgrid":
            return said.get("type") != "blocked"
        case "postmark":
            return said.get("Type", "HardBounce") in _HARD_TYPES
        case "brevo":
            return said.get("event") in {"hard_bounce", "invalid_email", "blocked"}
        case "resend":
            return _inner(said, "data", "bounce", "type") in {None, "Permanent"}
        case "ses":
            return _inner(said, "bounce", "bounceType") in {None, "Permanent"}
        case "sparkpost":
            wrapped = said.get("msys")
            event: Mapping[str, Any] = next(iter(wrapped.values()), {}) if isinstance(wrapped, Mapping) else {}
            return str(event.get("bounce_class", "10")) in _HARD_CLASSES
    return True


def _inner(said: object, *path: str) -> Any:
    for name in path:
        said = said.get(name) if isinstance(said, Mapping) else None
    return said


def _is_machine(said: Mapping[str, Any]) -> bool:
    """Tell whether the provider itself says that a proxy, and no person, opened the mail."""
    return said.get("sg_machine_open") is True or said.get("event") in {"proxy_open", "unique_proxy_open"}


def _words(event: AnymailTrackingEvent) -> dict[str, Any]:
    """Return what a person may want to read; never an address."""
    said = {"answer": event.mta_response, "description": event.description, "agent": event.user_agent}
    recipient = str(event.recipient or "")
    kept = {name: str(value)[:KEPT_WORDS] for name, value in said.items() if value}
    return {name: value.replace(recipient, "(address)") if recipient else value for name, value in kept.items()}
