"""What was changed by whom: the one writer of audit entries."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest

from access.models import AuditEntry


def record(
    verb: str,
    object_type: str,
    object_id: str,
    summary: str,
    *,
    person: User | None = None,
    key_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write down one change, in the transaction of the change itself."""
    return AuditEntry.objects.create(
        verb=verb,
        object_type=object_type,
        object_id=object_id,
        summary=summary[:300],
        person=person,
        key_id=key_id,
        detail=detail or {},
    )


def person_of(request: HttpRequest) -> User | None:
    """Return who is signed in, for the entries of what she does."""
    return request.user if isinstance(request.user, User) else None
