"""Names of customers as a page may keep them: the same name always reads the same, and tells nobody else anything."""

import base64
import binascii
import hashlib
from functools import cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings

from access import sealing
from access.problems import Problem
from campaigns.redeeming.wishes import Wish

PREFIX: Final = "track_"


def hidden(name: str) -> str:
    """Return the form in which answers tell a customer's name."""
    sealed = _box(settings.PROMO_ENCRYPTION_KEY).encrypt(name.encode(), None)
    return PREFIX + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def clear(text: str) -> str:
    """Return the name that was hidden so; what was never hidden is a name as it is."""
    if not text.startswith(PREFIX):
        return text
    digits = text.removeprefix(PREFIX)
    try:
        sealed = base64.b64decode(digits + "=" * (-len(digits) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return text
    return next((name for key in sealing.openers() if (name := _opened(key, sealed)) is not None), text)


def _opened(key: str, sealed: bytes) -> str | None:
    try:
        return _box(key).decrypt(sealed, None).decode()
    except (InvalidTag, ValueError):
        return None


def of_wish(wish: Wish) -> str | None:
    """Return under which name a wish is tracked; raise a Problem where it is given two different ones."""
    said = wish.profile.source_id if wish.profile else None
    tracked = clear(wish.tracking_id) if wish.tracking_id else None
    if said and tracked and said != tracked:
        details = "tracking_id and customer.source_id name two different customers."
        raise Problem(400, "ambiguous_tracking_id", "The tracking id is ambiguous", details)
    return said or tracked


def told(wish: Wish) -> str | None:
    """Return what an answer to a wish says of its customer's name."""
    name = of_wish(wish)
    return hidden(name) if name else None


@cache
def _box(key: str) -> AESSIV:
    return AESSIV(hashlib.sha256(b"promo.tracking:" + key.encode()).digest())
