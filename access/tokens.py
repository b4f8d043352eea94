"""Short signed tokens for addresses that we give out: who holds one may do what it is for, and nobody can make one."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator

from django.conf import settings
from django.utils.encoding import force_str

SIGNED_BYTES = 12


def sign(purpose: bytes, raw: bytes) -> str:
    """Return bytes with a signature that holds for one purpose alone, as an address can carry them."""
    return base64.urlsafe_b64encode(raw + _signature(settings.SECRET_KEY, purpose, raw)).rstrip(b"=").decode()


def read(purpose: bytes, token: str, length: int) -> bytes | None:
    """Return the bytes that were signed for this purpose; None where we never gave the token out."""
    try:
        whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    raw, signature = whole[:length], whole[length:]
    if len(whole) != length + SIGNED_BYTES:
        return None
    is_ours = any(hmac.compare_digest(signature, _signature(key, purpose, raw)) for key in _keys())
    return raw if is_ours else None


def _keys() -> Iterator[str]:
    yield settings.SECRET_KEY
    yield from map(force_str, settings.SECRET_KEY_FALLBACKS)


def _signature(key: str, purpose: bytes, raw: bytes) -> bytes:
    return hmac.digest(key.encode(), purpose + raw, hashlib.sha256)[:SIGNED_BYTES]
