"""Secrets at rest: sealed with the installation's key, so that a copy of the database alone tells none.

The key stands outside the database. It is exchanged by giving a new one, naming the old one as one that still opens,
and sealing everything anew (``rotate_secrets``).
"""

import hashlib
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

# What stands for a secret wherever it is told; whoever sends it back means the one that is stored.
SHOWN = "••••"


class SealError(Exception):
    """A sealed text cannot be opened: it was sealed with another key, or was altered."""


def seal(text: str) -> str:
    """Return the text sealed; it names its key, so that a later key can be told from this one."""
    key = settings.PROMO_ENCRYPTION_KEY
    return f"{_key_id(key)}:{_box(key).encrypt(text.encode()).decode()}"


def unseal(sealed: str) -> str:
    """Return what was sealed; raise SealError where no key of this installation opens it."""
    key_id, _, token = sealed.partition(":")
    key = {_key_id(key): key for key in openers()}.get(key_id)
    if key is None:
        raise SealError(f"The secret was sealed with key {key_id}, which is not PROMO_ENCRYPTION_KEY.")
    try:
        return _box(key).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise SealError("The sealed secret was altered.") from error


def reseal(sealed: str) -> str:
    """Return the same secret sealed with today's key; what is sealed with it already stays as it is."""
    is_current = not sealed or sealed.partition(":")[0] == _key_id(settings.PROMO_ENCRYPTION_KEY)
    return sealed if is_current else seal(unseal(sealed))


def openers() -> list[str]:
    """Return every key that opens, today's first."""
    return [settings.PROMO_ENCRYPTION_KEY, *settings.PROMO_ENCRYPTION_KEYS_BEFORE]


@cache
def _box(key: str) -> Fernet:
    return Fernet(key)


@cache
def _key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]
