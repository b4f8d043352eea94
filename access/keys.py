"""API keys: issued once in the clear, kept as hashes, found again by id and token."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from access.models import ApiKey

OVERLAP = timedelta(hours=24)
USE_IS_NOTED_EVERY = timedelta(minutes=1)
EVERYTHING = "*"
# The key of an integration; it must be said by name: no other right includes it.
INTEGRATION = "integration"


@dataclass(frozen=True)
class IssuedKey:
    """A key with its token: the only moment at which the token can be read."""

    key: ApiKey
    app_token: str


@dataclass(frozen=True)
class Caller:
    """Who calls: what an endpoint may know of the key it was called with."""

    key_id: int
    app_id: str
    name: str
    kind: str
    scopes: frozenset[str]
    origins: frozenset[str]
    token_hash: bytes
    calls_per_minute: int | None

    def may(self, scope: str) -> bool:
        return EVERYTHING in self.scopes or scope in self.scopes

    def has_token(self, token: str) -> bool:
        return hmac.compare_digest(hash_of(token), self.token_hash)


def issue(
    name: str, kind: str, scopes: Sequence[str], origins: Sequence[str], *, calls_per_minute: int | None = None
) -> IssuedKey:
    """Make a key; its token is returned here and never again. Without a number it may call as often as it likes."""
    token = f"{'ck' if kind == ApiKey.Kind.CLIENT else 'sk'}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        app_id=f"app_{secrets.token_hex(12)}",
        token_hash=hash_of(token),
        token_hint=token[-4:],
        name=name,
        kind=kind,
        scopes=list(scopes),
        origins=list(origins),
        calls_per_minute=calls_per_minute,
    )
    return IssuedKey(key, token)


@transaction.atomic
def rotate(key: ApiKey) -> IssuedKey:
    """Issue a successor; the old key goes on for a day, so that no caller is cut off while it is exchanged."""
    successor = issue(key.name, key.kind, key.scopes, key.origins, calls_per_minute=key.calls_per_minute)
    unlimited = Q(expires_at=None) | Q(expires_at__gt=Now() + OVERLAP)
    ApiKey.objects.filter(unlimited, pk=key.pk).update(expires_at=Now() + OVERLAP)
    return successor


def revoke(key: ApiKey) -> None:
    """End a key at once; every process notices within two seconds."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=Now())


def limit(key: ApiKey, calls_per_minute: int | None) -> None:
    """Let a key make so many calls a minute, or as many as it likes; every process notices within two seconds."""
    ApiKey.objects.filter(pk=key.pk).update(calls_per_minute=calls_per_minute)


def find(app_id: str, kind: str) -> Caller | None:
    """Return the caller behind a live key of this kind, and note coarsely that the key was used."""
    live = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=Now()))
    key = ApiKey.objects.filter(live, app_id=app_id, kind=kind).first()
    if key is None:
        return None
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=Now() - USE_IS_NOTED_EVERY)
    ApiKey.objects.filter(long_ago, pk=key.pk).update(last_used_at=Now())
    return Caller(
        key_id=key.pk,
        app_id=key.app_id,
        name=key.name,
        kind=key.kind,
        scopes=frozenset(key.scopes),
        origins=frozenset(key.origins),
        token_hash=bytes(key.token_hash),
        calls_per_minute=key.calls_per_minute,
    )


def origins_of_live_keys() -> frozenset[str]:
    """Return every origin from which some browser key may be used: what a preflight can be answered by."""
    live = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=Now()))
    keys = ApiKey.objects.filter(live, kind=ApiKey.Kind.CLIENT)
    return frozenset(origin for origins in keys.values_list("origins", flat=True) for origin in origins)


def hash_of(token: str) -> bytes:
    """Return what is kept of a token: it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
