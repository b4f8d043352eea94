"""One mail as each provider's API takes it. The requests are anymail's; they leave by our own guarded way out.

Of a message every attempt is the same: nothing here is made by chance or by the clock.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from anymail.backends import brevo, mailgun, postmark, resend, sendgrid, sparkpost
from anymail.exceptions import AnymailNotSupportedWarning
from django.core.mail import EmailMultiAlternatives

from distributions.channels.calls import Answer
from distributions.channels.handover import Account, OutgoingMessage

METADATA = "promo_message"
# Set by the provider or by the request itself.
_OWN = frozenset({"from", "date"})

warnings.filterwarnings("ignore", category=AnymailNotSupportedWarning)


@dataclass(frozen=True, slots=True)
class Request:
    """A call as ``calls.Calls`` makes it."""

    url: str
    body: bytes
    headers: dict[str, str]
    basic: tuple[str, str] | None = None
    method: str = "POST"


@dataclass(frozen=True)
class Api:
    """How one provider is asked. ``prefix`` begins its paths; ``look`` is a path that answers and changes nothing."""

    backend: type[Any]
    prefix: str
    look: str
    # What the backend is made with, of an account.
    options: Callable[[Account], dict[str, Any]]
    # The headers that prove who asks, where only looks.
    credentials: Callable[[Account], dict[str, str]]
    # What the provider calls the message that it took.
    taken_as: Callable[[Answer], object]
    # What goes into the mail for this provider alone.
    dress: Callable[[EmailMultiAlternatives, OutgoingMessage, Account], None] = lambda _mail, _message, _account: None
    # The header that makes a repetition known, where the provider takes one.
    key_header: str = ""
    try_again: frozenset[int] = field(default_factory=frozenset)
    # A refusal that says no more than that the same was taken before.
    is_repeated: Callable[[Answer], bool] = lambda _answer: False


def _plain_key(account: Account) -> dict[str, Any]:
    return {"api_key": account["api_key"]}


def _bearer(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account['api_key']}"}


def _said(*path: str) -> Callable[[Answer], object]:
    def read(answer: Answer) -> object:
        found: Any = answer.json()
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    return read


def _dress_postmark(mail: EmailMultiAlternatives, _message: OutgoingMessage, account: Account) -> None:
    mail.extra_headers["X-PM-KeepID"] = "true"
    if account["message_stream"]:
        mail.esp_extra = {"MessageStream": account["message_stream"]}  # type: ignore[attr-defined]


def _dress_brevo(mail: EmailMultiAlternatives, message: OutgoingMessage, _account: Account) -> None:
    mail.extra_headers["idempotencyKey"] = str(UUID(hex=message.id.rpartition("_")[2]))


def _is_known_to_brevo(answer: Answer) -> bool:
    """Of all that we say only the key is to be said once, and every message has its own."""
    return answer.status == 400 and _said("code")(answer) == "duplicate_parameter"


def _dress_resend(mail: EmailMultiAlternatives, message: OutgoingMessage, _account: Account) -> None:
    mail.esp_extra = {"tags": [{"name": METADATA, "value": message.id}]}  # type: ignore[attr-defined]


APIS: dict[str, Api] = {
    "sendgrid": Api(
        sendgrid.EmailBackend, "/v3/", "scopes",
        lambda account: {**_plain_key(account), "generate_message_id": False}, _bearer,
        lambda answer: answer.headers.get("X-Message-Id"),
    ),
    "mailgun": Api(
        mailgun.EmailBackend, "/v3/", "domains",
        lambda account: {**_plain_key(account), "sender_domain": account["domain"]},
        lambda account: {}, _said("id"),
    ),
    "postmark": Api(
        postmark.EmailBackend, "/", "server",
        lambda account: {"server_token": account["server_token"]},
        lambda account: {"X-Postmark-Server-Token": account["server_token"]}, _said("MessageID"), _dress_postmark,
    ),
    "brevo": Api(
        brevo.EmailBackend, "/v3/", "account", _plain_key, lambda account: {"api-key": account["api_key"]},
        _said("messageId"), _dress_brevo, is_repeated=_is_known_to_brevo,
    ),
    "resend": Api(
        resend.EmailBackend, "/", "domains", _plain_key, _bearer, _said("id"), _dress_resend, "Idempotency-Key",
    ),
    "sparkpost": Api(
        sparkpost.EmailBackend, "/api/v1/", "account", _plain_key,
        lambda account: {"Authorization": account["api_key"]}, _said("results", "id"),
        key_header="Idempotency-Key", try_again=frozenset({420}),
    ),
}  # fmt: skip


def request_of(message: OutgoingMessage, account: Account, sender: str, to: str) -> Request:
    """Return the call that hands a mail over; raise AnymailError where the provider could not take it at all."""
    api = APIS[account.provider]
    backend = _backend(account.provider, root_of(account), tuple(sorted(api.options(account).items())))
    mail = EmailMultiAlternatives(message.subject, message.text, sender, [to], headers=_headers(message))
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    mail.metadata = {METADATA: message.id}  # type: ignore[attr-defined]
    api.dress(mail, message, account)
    given = backend.build_message_payload(mail, {}).get_request_params(backend.api_url)
    headers = {str(name): str(value) for name, value in (given["headers"] or {}).items()}
    if api.key_header:
        headers[api.key_header] = message.id
    return _request(given, headers)


def root_of(account: Account) -> str:
    """Return where a provider's paths begin; whoever names its API's version in the address means the same."""
    prefix = APIS[account.provider].prefix
    return account.base_url.removesuffix(prefix.rstrip("/")).rstrip("/") + prefix


def _headers(message: OutgoingMessage) -> dict[str, str]:
    kept = {name: value for name, value in message.headers.items() if name.lower() not in _OWN}
    return {**kept, "X-Promo-Message": message.id}


def _request(given: Mapping[str, Any], headers: dict[str, str]) -> Request:
    data = given["data"]
    if isinstance(data, Mapping):
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        data = urlencode(data, doseq=True)
    body = data.encode() if isinstance(data, str) else bytes(data or b"")
    auth = given["auth"]
    url = given["url"] + (f"?{urlencode(given['params'])}" if given["params"] else "")
    return Request(url, body, headers, (auth[0], auth[1]) if auth else None, given["method"])


@lru_cache(maxsize=64)
def _backend(provider: str, root: str, options: tuple[tuple[str, Any], ...]) -> Any:
    """Return the maker of requests; it holds no connection and is never opened."""
    return APIS[provider].backend(api_url=root, **dict(options))
