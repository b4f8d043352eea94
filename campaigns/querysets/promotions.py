"""Questions about promotions, by name: tiers, and tiers that are applied together."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.identifiers import NOBODYS

# What belongs to a promotion, from its campaign.
OF_PROMOTION = ("tiers__category", "tiers__rule_assignments__rule", "tiers__counters")


class PromotionTierQuerySet(models.QuerySet[Any]):
    """Tiers of promotions."""

    def named(self, public_id: str) -> Self:
        return self.none() if NOBODYS in public_id else self.filter(public_id=public_id)

    def available(self) -> Self:
        """Return those that count at this moment, as far as their dates and their campaign's tell."""
        told = self.filter(active=True, campaign__active=True)
        for path in ("", "campaign__"):
            begun = Q(**{f"{path}start_date__isnull": True}) | Q(**{f"{path}start_date__lte": Now()})
            going = Q(**{f"{path}expiration_date__isnull": True}) | Q(**{f"{path}expiration_date__gt": Now()})
            told = told.filter(begun, going)
        return told

    def with_names(self) -> Self:
        """Load what the API and the pages say of a tier."""
        return self.select_related("campaign__category", "category").prefetch_related(
            "rule_assignments__rule", "counters"
        )


class PromotionStackQuerySet(models.QuerySet[Any]):
    """Tiers that are applied together."""

    def named(self, public_id: str) -> Self:
        return self.none() if NOBODYS in public_id else self.filter(public_id=public_id)

    def with_names(self) -> Self:
        """Load what the API and the pages say of a stack, its tiers in their order."""
        return self.select_related("campaign", "category").prefetch_related("stacked__tier")


class PromotionTierManager(models.Manager.from_queryset(PromotionTierQuerySet)):  # type: ignore[misc]
    """The tiers that were not deleted, by themselves or with their campaign."""

    def get_queryset(self) -> PromotionTierQuerySet:
        return super().get_queryset().filter(deleted_at__isnull=True, campaign__deleted_at__isnull=True)


class PromotionStackManager(models.Manager.from_queryset(PromotionStackQuerySet)):  # type: ignore[misc]
    """The stacks that were not deleted, by themselves or with their campaign."""

    def get_queryset(self) -> PromotionStackQuerySet:
        return super().get_queryset().filter(deleted_at__isnull=True, campaign__deleted_at__isnull=True)
