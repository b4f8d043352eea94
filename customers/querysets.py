"""Questions about customers, as sentences."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q


class CustomerQuerySet(models.QuerySet[Any]):
    def known_as(self, id_or_source_id: str) -> Self:
        """Find by our id or by the shop's own; the shop's ids must not shadow ours, so ours wins in ``named``."""
        return self.filter(Q(public_id=id_or_source_id) | Q(source_id=id_or_source_id))

    def named(self, id_or_source_id: str) -> Any:
        """Return the one customer that is meant, or None."""
        found = {customer.public_id: customer for customer in self.known_as(id_or_source_id)[:2]}
        return found.get(id_or_source_id) or next(iter(found.values()), None)

    def wholly_called(self, text: str) -> Self:
        """Find by the whole of our id, the shop's id or an e-mail address."""
        return self.filter(Q(public_id=text) | Q(source_id=text) | Q(email=text))

    def with_email(self, email: str) -> Self:
        return self.filter(email=email)

    def living_in(self, city: str) -> Self:
        return self.filter(address__city=city)

    def called(self, name: str) -> Self:
        return self.filter(name__icontains=name)

    def created_between(self, after: datetime | None, before: datetime | None) -> Self:
        return self._between("created_at", after, before)

    def updated_between(self, after: datetime | None, before: datetime | None) -> Self:
        return self._between("updated_at", after, before)

    def _between(self, field: str, after: datetime | None, before: datetime | None) -> Self:
        found = self
        if after is not None:
            found = found.filter(Q((f"{field}__gt", after)))
        if before is not None:
            found = found.filter(Q((f"{field}__lt", before)))
        return found
