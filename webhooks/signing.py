"""The secret that all webhooks of the project are signed with: made with the first of them, exchanged on demand.

After an exchange receivers that know Standard Webhooks find two signatures for a day; the plain one, which has room for
one, is made with the new secret at once.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models.functions import Now

from access import sealing
from webhooks.models import Secret

SECRET_BYTES = 32
OVERLAP = timedelta(hours=24)
# Voucherify's own header: HMAC-SHA256 over the body, in hexadecimal.
PLAIN_HEADER = "x-voucherify-signature"


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs at this moment: the secret, and both where one was exchanged lately."""

    current: str
    both: str

    def headers(self, body: bytes) -> dict[str, str]:
        return {PLAIN_HEADER: hmac.new(self.current.encode(), body, hashlib.sha256).hexdigest()}


def secret() -> str:
    """Return the secret, made where there was none."""
    return _unsealed(_row().sealed)


def keys(now: datetime) -> Keys:
    row = _row()
    current = _unsealed(row.sealed)
    is_fresh = row.sealed_before and now < row.made_at + OVERLAP
    return Keys(current, f"{current} {_unsealed(row.sealed_before)}" if is_fresh else current)


@transaction.atomic
def exchange() -> str:
    """Replace the secret; return the new one."""
    _row()
    row = Secret.objects.select_for_update().get(pk=1)
    fresh = _fresh()
    Secret.objects.filter(pk=1).update(sealed=sealing.seal(fresh), sealed_before=row.sealed, made_at=Now())
    return fresh


@transaction.atomic
def reseal() -> int:
    """Seal the secret with today's key, and the one before it; return how many there were to seal."""
    row = Secret.objects.select_for_update().filter(pk=1).first()
    if row is None:
        return 0
    sealed, before = sealing.reseal(row.sealed), sealing.reseal(row.sealed_before)
    Secret.objects.filter(pk=1).update(sealed=sealed, sealed_before=before)
    return (sealed != row.sealed) + (before != row.sealed_before)


def row_of_secret() -> Secret | None:
    """Return what can be told of the secret; None before there is one."""
    return Secret.objects.filter(pk=1).first()


def _row() -> Secret:
    return row_of_secret() or Secret.objects.get_or_create(pk=1, defaults={"sealed": sealing.seal(_fresh())})[0]


def _fresh() -> str:
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


@lru_cache(maxsize=8)
def _unsealed(sealed: str) -> str:
    return sealing.unseal(sealed)
