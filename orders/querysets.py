"""Questions about goods and orders, by name."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models import Q

from access.identifiers import NOBODYS


class NamedQuerySet(models.QuerySet[Any]):
    """Rows that callers name by our id or by the shop's own."""

    def named(self, id_or_source_id: str) -> Self:
        """Return what has this id; where the shop gave another one this id of ours, ours counts."""
        if NOBODYS in id_or_source_id:
            return self.none()
        return self.filter(Q(public_id=id_or_source_id) | Q(source_id=id_or_source_id))

    def any_of(self, names: Collection[str]) -> Self:
        """Return those that any of these ids means."""
        clean = [name for name in names if NOBODYS not in name]
        return self.filter(Q(public_id__in=clean) | Q(source_id__in=clean))


class GoodsQuerySet(NamedQuerySet):
    """Products, or variants."""

    def with_owner(self) -> Self:
        """Load a variant's product with it; a product owns itself."""
        return self.select_related("product") if hasattr(self.model, "product") else self


class CollectionQuerySet(models.QuerySet[Any]):
    """Collections of goods."""

    def with_goods(self) -> Self:
        """Load what collections list, with the names of it."""
        return self.prefetch_related("items__product", "items__sku__product")


class OrderQuerySet(NamedQuerySet):
    """Orders."""

    def with_names(self) -> Self:
        """Load what the API and the pages say of an order."""
        return self.select_related("customer", "referrer").prefetch_related("items")
