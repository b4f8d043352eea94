"""E-mail over SMTP, one connection kept per thread.

What the server said decides the outcome: a refusal before or in answer to the data is proof that nothing was accepted;
silence after the final dot is not.
"""

import re
import smtplib
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from email.utils import parseaddr

from django.conf import settings

from distributions.channels import mime
from distributions.channels.handover import Outcome, OutgoingMessage, Receipt
from distributions.channels.providers import Provider, Takes

DEADLINE_SECONDS = 20.0
STEP_SECONDS = 8.0
IDLE_SECONDS = 20.0
PROVIDERS = (
    Provider(
        name="email",
        channel="email",
        label="Mail server",
        address="email",
        takes=frozenset({Takes.LETTER}),
        about="Over the mail server of EMAIL_URL.",
        is_built_in=True,
    ),
)

_LEADING_DOT = re.compile(rb"(?m)^\.")

_kept = threading.local()


def deliver(messages: Sequence[OutgoingMessage]) -> Iterator[Receipt]:
    """Hand the messages over one after the other; one that fails does not stop the next."""
    for message in messages:
        yield Receipt.not_started(message) if message.is_late() else _hand_over(message)


def _hand_over(message: OutgoingMessage) -> Receipt:
    sender = message.headers.get("From", settings.PROMO_MAIL_FROM)
    try:
        to = mime.envelope_address(message.address)
    except mime.AddressError as error:
        return Receipt(message.id, Outcome.REJECTED, detail=str(error))
    try:
        connection = _open_transaction(parseaddr(sender)[1])
    except (OSError, smtplib.SMTPException) as error:
        _drop()
        return Receipt(message.id, Outcome.NOT_ACCEPTED, *_words(error))
    return _send_data(connection, message, mime.as_bytes(message, sender, to), to)


def _open_transaction(sender: str) -> smtplib.SMTP:
    """Return a connection that has taken MAIL FROM, a fresh one where the kept one has died meanwhile."""
    kept = getattr(_kept, "connection", None)
    if kept is not None and time.monotonic() - _kept.used_at < IDLE_SECONDS:
        try:
            return _mail_from(kept, sender)
        except (OSError, smtplib.SMTPException):
            _drop()
    _drop()
    _kept.connection = _connect()
    return _mail_from(_kept.connection, sender)


def _connect() -> smtplib.SMTP:
    server = settings.PROMO_MAIL_SERVER
    if server is None:
        raise OSError("No mail server is configured any more.")
    context = ssl.create_default_context()
    connection = (
        smtplib.SMTP_SSL(server["host"], server["port"], timeout=STEP_SECONDS, context=context)
        if server["tls"]
        else smtplib.SMTP(server["host"], server["port"], timeout=STEP_SECONDS)
    )
    connection.ehlo_or_helo_if_needed()
    if server["starttls"]:
        connection.starttls(context=context)
        connection.ehlo()
    if server["username"]:
        connection.login(server["username"], server["password"])
    return connection


def _mail_from(connection: smtplib.SMTP, sender: str) -> smtplib.SMTP:
    code, words = connection.mail(sender)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, words, sender)
    return connection


def _send_data(connection: smtplib.SMTP, message: OutgoingMessage, content: bytes, to: str) -> Receipt:
    try:
        for code, words in (connection.rcpt(to), connection.docmd("DATA")):
            if code not in {250, 251, 354}:
                return _refused(connection, message, code, words)
    except (OSError, smtplib.SMTPException) as error:
        _drop()
        return Receipt(message.id, Outcome.NOT_ACCEPTED, *_words(error))
    try:
        connection.send(_LEADING_DOT.sub(b"..", content) + b"\r\n.\r\n")
        code, words = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        _drop()
        return Receipt(message.id, Outcome.UNKNOWN, detail=f"no answer after the message: {_words(error)[2]}")
    if code != 250:
        return _refused(connection, message, code, words)
    _kept.used_at = time.monotonic()
    return Receipt(message.id, Outcome.ACCEPTED, code, provider_id=_text(words)[:255])


def _refused(connection: smtplib.SMTP, message: OutgoingMessage, code: int, words: bytes) -> Receipt:
    """Turn a reply that says no into a receipt, and leave the connection ready for the next message or closed."""
    outcome = Outcome.REJECTED if code >= 500 else Outcome.NOT_ACCEPTED
    try:
        if code == 421 or connection.rset()[0] != 250:
            _drop()
        else:
            _kept.used_at = time.monotonic()
    except (OSError, smtplib.SMTPException):
        _drop()
    return Receipt(message.id, outcome, code, detail=_text(words))


def _drop() -> None:
    connection = getattr(_kept, "connection", None)
    _kept.connection = None
    if connection is not None:
        connection.close()


def _words(error: Exception) -> tuple[int | None, str, str]:
    """Return status code, (no) provider id and the words of an exception."""
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, "", _text(error.smtp_error)
    return None, "", f"{type(error).__name__}: {error}"[:900]


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return mime.one_line(text)[:900]
