"""Secrets at rest: sealed with the installation's key, so that a copy of the database alone tells none."""

import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class SealError(Exception):
    """A sealed text cannot be opened: it was sealed with another key, or was altered."""


def seal(text: str) -> str:
    """Return the text sealed; it names its key, so that a later key can be told from this one."""
    key = settings.PROMO_ENCRYPTION_KEY
    return f"{_key_id(key)}:{_box(key).encrypt(text.encode()).decode()}"


def unseal(sealed: str) -> str:
    """Return what was sealed; raise SealError where this installation's key does not open it."""
    key = settings.PROMO_ENCRYPTION_KEY
    key_id, _, token = sealed.partition(":")
    if key_id != _key_id(key):
        raise SealError(f"The secret was sealed with key {key_id}, which is not PROMO_ENCRYPTION_KEY.")
    try:
        return _box(key).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SealError("The sealed secret was altered.") from error


@cache
def _box(key: str) -> Fernet:
    return Fernet(key)


@cache
def _key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]
