"""E-mail over SMTP, one connection kept per thread.

What the server said decides the outcome: a refusal before or in answer to the data is proof that nothing was accepted;
silence after the final dot is not.
"""

import re
import smtplib
import threading
import time
from collections.abc import Iterator, Sequence
from email.utils import parseaddr

from django.conf import settings

from distributions.channels import mime, servers, wording
from distributions.channels.handover import Account, Outcome, OutgoingMessage, Receipt, Tested
from distributions.channels.providers import Provider, Takes
from distributions.channels.servers import MailServer

DEADLINE_SECONDS = 20.0
IDLE_SECONDS = 20.0
PROVIDERS = (
    Provider(
        name="email",
        channel="email",
        label="Mail server",
        address="email",
        takes=frozenset({Takes.LETTER}),
        about="A letter that you compose.",
        is_built_in=True,
    ),
    Provider(
        name="smtp",
        channel="email",
        label="Mail server (SMTP)",
        settings=servers.SETTINGS,
        address="email",
        takes=frozenset({Takes.LETTER}),
        about="Over a mail server of yours, or of any provider of mail.",
    ),
)

_LEADING_DOT = re.compile(rb"(?m)^\.")

_kept = threading.local()


def deliver(messages: Sequence[OutgoingMessage]) -> Iterator[Receipt]:
    """Hand the messages over one after the other; one that fails does not stop the next."""
    for message in sorted(messages, key=lambda one: one.account.id if one.account else 0):
        if (wait := message.start_after - time.monotonic()) > 0:
            time.sleep(wait)
        yield Receipt.not_started(message) if message.is_late() else _hand_over(message)


def test(account: Account) -> Tested:
    """Say hello to the account's server, sign in, and leave."""
    server = servers.server_for(account)
    try:
        connection = servers.connect(server) if server else None
    except (OSError, smtplib.SMTPException) as error:
        status, _none, words = _words(error)
        return Tested(False, status, f"The mail server did not let us in: {words}" if status else words)
    if connection is not None:
        connection.close()
    return Tested(True, 250, f"{server and server.host} answers and lets us in.")


def _hand_over(message: OutgoingMessage) -> Receipt:
    sender = message.headers.get("From", settings.PROMO_MAIL_FROM)
    try:
        to = mime.envelope_address(message.address)
    except mime.AddressError as error:
        return Receipt(message.id, Outcome.REJECTED, detail=str(error))
    try:
        connection = _open_transaction(servers.server_for(message.account), parseaddr(sender)[1])
    except (OSError, smtplib.SMTPException) as error:
        _drop()
        return Receipt(message.id, Outcome.NOT_ACCEPTED, *_words(error))
    return _send_data(connection, message, mime.as_bytes(message, sender, to), to)


def _open_transaction(server: MailServer | None, sender: str) -> smtplib.SMTP:
    """Return a connection that has taken MAIL FROM, a fresh one where the kept one has died meanwhile."""
    if server is None:
        raise OSError("No mail server is configured any more.")
    kept = getattr(_kept, "connection", None)
    if kept is not None and _kept.server == server and time.monotonic() - _kept.used_at < IDLE_SECONDS:
        try:
            return _mail_from(kept, sender)
        except (OSError, smtplib.SMTPException):
            _drop()
    _drop()
    _kept.connection, _kept.server = servers.connect(server), server
    return _mail_from(_kept.connection, sender)


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
        return Receipt(message.id, Outcome.UNKNOWN, detail=f"No answer after the message. {_words(error)[2]}")
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
    return None, "", wording.of_error(error, "The mail server")


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return mime.one_line(text)[:900]
