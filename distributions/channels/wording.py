"""What went wrong with a call, in sentences that a marketer reads: no name of an error, no page of a gateway."""

import logging
import smtplib
import socket
import ssl
from typing import Final

import aiohttp

from distributions.channels.egress import EgressError

logger = logging.getLogger(__name__)

LONGEST: Final = 900
UNFORESEEN: Final = "Something unforeseen ended the call; the log says more."

_ERRORS: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    ((aiohttp.ClientConnectorDNSError, socket.gaierror), "{who}’s address could not be found."),
    ((aiohttp.ClientSSLError, ssl.SSLError), "{who} could not be reached safely: its certificate is not accepted."),
    ((TimeoutError,), "{who} did not answer in time."),
    (
        (aiohttp.ClientConnectorError, ConnectionRefusedError),
        "{who} could not be reached: nobody answers at its address.",
    ),
    ((aiohttp.InvalidURL,), "{who}’s address cannot be read."),
    (
        (aiohttp.ClientError, ConnectionError, smtplib.SMTPServerDisconnected),
        "{who} broke the connection off before its answer was complete.",
    ),
    ((smtplib.SMTPException,), "{who} offers no such encryption, or no such way to sign in."),
    ((OSError,), "{who} could not be reached."),
)
_REFUSALS: Final = {
    401: "{who} refused the key.",
    403: "{who} does not allow this key to do this.",
    404: "{who} does not know this address or account.",
}


def of_error(error: Exception, who: str) -> str:
    """Say why no answer came from ``who``, whose name begins the sentence; what nobody foresaw is logged."""
    cause = getattr(error, "os_error", None) or error
    if isinstance(cause, EgressError):
        return f"{who}’s address may not be called. {cause}"
    logger.info("A call to %s ended with %s: %s", who, type(error).__name__, error)
    for kinds, sentence in _ERRORS:
        if isinstance(error, kinds):
            return sentence.format(who=who)
    logger.error("A call to %s ended as nobody foresaw", who, exc_info=error)
    return UNFORESEEN


def of_refusal(status: int, who: str, said: str, wait: float | None) -> str:
    """Say what a refusal means, and what ``who`` said with it, where those are words; ``wait`` is in seconds."""
    sentence = _REFUSALS.get(status, "{who} refused the call.").format(who=who)
    if status == 429:
        sentence = f"{who} took too many calls; ask again in {f'{wait:.0f} s' if wait else 'a moment'}."
    elif status >= 500:
        sentence = f"{who} is out of order at this moment."
    words = " ".join(said.split())
    is_page = words.startswith(("<", "{", "["))
    return f"{sentence} It said: {words}"[:LONGEST] if words and not is_page else sentence
