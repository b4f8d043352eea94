"""One message as the bytes of an e-mail, built directly: the standard library's builder is ten times slower.

The same message gives the same bytes on every attempt, so that a repetition can be recognised.
"""

import binascii
import re
from email.header import Header

from distributions.channels.handover import OutgoingMessage

# C0, C1, the Unicode line separators and bidirectional overrides: none of them belongs into a header.
UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]+")
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x1f\x7f-\x9f\u2028\u2029]{1,64}@[^\s@<>()\[\],;:\\\"_]{1,190}")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class AddressError(ValueError):
    """An address that no mail may be sent to; the message says why."""


def one_line(text: str) -> str:
    """Return the text without anything that could end or disguise a header line."""
    return UNWANTED.sub(" ", text).strip()


def envelope_address(address: str) -> str:
    """Return the address as SMTP takes it (its domain in ASCII), or raise where it is not one plain mailbox."""
    if not _ADDRESS.fullmatch(address):
        raise AddressError("This is not an e-mail address.")
    local, _, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        local.encode("ascii")
    except UnicodeError as error:
        raise AddressError("The mail server may not take characters outside ASCII in an address.") from error
    return f"{local}@{ascii_domain}"


def as_bytes(message: OutgoingMessage, sender: str, to: str) -> bytes:
    """Return the whole message: headers, then the text and the HTML as alternatives."""
    boundary = f"=_{message.id}"
    headers = {
        "From": sender,
        "To": to,
        "Subject": message.subject,
        **message.headers,
        "X-Promo-Message": message.id,
        "MIME-Version": "1.0",
    }
    lines = [_header(name, value) for name, value in headers.items()]
    if not message.html:
        return b"\r\n".join([*lines, *_part("plain", message.text), b""])
    lines.append(f'Content-Type: multipart/alternative; boundary="{boundary}"'.encode())
    mark = f"--{boundary}".encode()
    alternatives = [mark, *_part("plain", message.text), mark, *_part("html", message.html), mark + b"--", b""]
    return b"\r\n".join([*lines, b"", *alternatives])


def _header(name: str, value: str) -> bytes:
    line = one_line(value)
    if line.isascii() and len(line) < 900:
        return f"{name}: {line}".encode("ascii")
    return f"{name}: {Header(line, 'utf-8', header_name=name).encode(linesep=chr(13) + chr(10))}".encode("ascii")


def _part(subtype: str, content: str) -> list[bytes]:
    encoded = binascii.b2a_qp(_LINE_END.sub(b"\n", content.encode("utf-8", "replace")))
    return [
        f"Content-Type: text/{subtype}; charset=utf-8".encode(),
        b"Content-Transfer-Encoding: quoted-printable",
        b"",
        encoded.replace(b"\n", b"\r\n"),
    ]
