"""Questions about what is still to be done, by name."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef

from access.identifiers import NOBODYS


class AsyncActionQuerySet(models.QuerySet[Any]):
    """Records of bulk calls."""

    def named(self, public_id: str) -> Self:
        return self.none() if NOBODYS in public_id else self.filter(public_id=public_id)

    def open(self) -> Self:
        return self.filter(status__in=("ENQUEUED", "IN_PROGRESS"))

    def runnable(self, now: datetime) -> Self:
        """Return open ones whose turn may be now: within a lane the later waits for the earlier."""
        earlier = self.model.objects.open().filter(lane=OuterRef("lane"), id__lt=OuterRef("id"))
        return self.open().filter(due_at__lte=now).exclude(Exists(earlier))
