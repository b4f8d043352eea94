"""The addresses in a mail that tell us what its reader does: its links, by which she passes, and a picture of one dot.

The target stands in the address and is signed with the message and its place in it: nobody can make an address that
leads from us to somewhere we did not send.
"""

import html
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.conf import settings

from access import tokens

CLICK_PATH = "c/"
OPEN_PATH = "o/"
LONGEST_TARGET = 4_000
_PICTURE = re.compile(rf'<img src="[^"]*/{OPEN_PATH}[\w-]+\.gif"[^<>]*>')
_CLICK = b"distributions.links.click:"
_OPEN = b"distributions.links.open:"


@dataclass(frozen=True, slots=True)
class Place:
    """A link of a message: its number in it, from 1, and how many there are."""

    delivery_id: UUID
    number: int
    total: int


def click_address(delivery_id: UUID, number: int, total: int, target: str) -> str:
    """Return the address that leads a message's reader to a target."""
    raw = delivery_id.bytes + bytes((number, total))
    return f"{settings.PROMO_PUBLIC_URL}/{CLICK_PATH}{tokens.sign(_CLICK + target.encode(), raw)}?to={quote(target)}"


def place_of(token: str, target: str) -> Place | None:
    """Return which link this is, None where we never led there."""
    if len(target) > LONGEST_TARGET or not leads_out(target):
        return None
    raw = tokens.read(_CLICK + target.encode("utf-8", "replace"), token, 18)
    return Place(UUID(bytes=raw[:16]), raw[16], raw[17]) if raw else None


def open_address(delivery_id: UUID) -> str:
    """Return the address of the picture in a message."""
    return f"{settings.PROMO_PUBLIC_URL}/{OPEN_PATH}{tokens.sign(_OPEN, delivery_id.bytes)}.gif"


def opened(token: str) -> UUID | None:
    """Return which message the picture is in, None where we never put it into one."""
    raw = tokens.read(_OPEN, token, 16)
    return UUID(bytes=raw) if raw else None


def without_picture(page: str) -> str:
    """Return a mail's HTML as our own people look at it: that is no opening."""
    return _PICTURE.sub("", page)


def leads_out(target: str) -> bool:
    """Tell whether a target is a page on the web: nothing else is ever led to."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    has_controls = any(sign <= " " or sign == "\x7f" for sign in target)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and not has_controls


def tracked(value: object, message_key: object = "", number: object = 0, total: object = 0) -> object:
    """Return a link of a message as its reader gets it (Liquid: ``{{ link | tracked: message_key, 1, 3 }}``).

    ``value`` and the result are HTML. What leads to no page on the web stays as it is, and so does every link where no
    message is named.
    """
    target = html.unescape(str(value)).strip()
    is_ours = isinstance(message_key, str) and isinstance(number, int) and isinstance(total, int)
    if not is_ours or not message_key or not leads_out(target) or len(target) > LONGEST_TARGET:
        return value
    return click_address(UUID(hex=str(message_key)), int(str(number)), int(str(total)), target)


def pixel(message_key: object) -> object:
    """Return the address of a message's picture (Liquid: ``{{ message_key | pixel }}``)."""
    return open_address(UUID(hex=str(message_key))) if message_key else ""
