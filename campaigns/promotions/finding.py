"""Which tiers and stacks a wish names, and which a customer may be offered now: a fixed number of queries."""

from collections.abc import Collection, Sequence
from typing import Final

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from access.identifiers import NOBODYS
from campaigns.models import PromotionStack, PromotionTier, StackedTier

# What the till must know of a tier to judge it.
JUDGED: Final = ("campaign__category", "category")
OFFERED_MOST: Final = 100
STACKS_MOST: Final = 20


def tiers_named(names: Collection[str]) -> dict[str, PromotionTier]:
    """Return the tiers of these ids: one query, none where none is named."""
    asked = [name for name in names if NOBODYS not in name]
    if not asked:
        return {}
    found = PromotionTier.objects.filter(public_id__in=asked).select_related(*JUDGED)
    return {tier.public_id: tier for tier in found}


def stacks_named(names: Collection[str]) -> dict[str, PromotionStack]:
    """Return the stacks of these ids with their tiers, in their order: two queries, none where none is named."""
    asked = [name for name in names if NOBODYS not in name]
    if not asked:
        return {}
    return {stack.public_id: stack for stack in _with_tiers(PromotionStack.objects.filter(public_id__in=asked))}


def tiers_of(stack: PromotionStack) -> list[PromotionTier]:
    """Return the tiers of a loaded stack in their order."""
    return [place.tier for place in stack.stacked.all()]


def offered_tiers() -> Sequence[PromotionTier]:
    """Return the tiers that count now, as far as dates tell, the foremost first: one query."""
    available = PromotionTier.objects.available().select_related(*JUDGED)
    return list(available.order_by("hierarchy", "id")[:OFFERED_MOST])


def offered_stacks() -> Sequence[PromotionStack]:
    """Return the stacks of the promotions that are enabled, the latest first: two queries."""
    return list(_with_tiers(PromotionStack.objects.filter(campaign__active=True))[:STACKS_MOST])


def load_told(tiers: Sequence[PromotionTier]) -> None:
    """Load what is told of these tiers besides what they are judged by: three queries, none where there are none."""
    prefetch_related_objects(list(tiers), "rule_assignments__rule", "counters")


def _with_tiers(stacks: QuerySet[PromotionStack]) -> QuerySet[PromotionStack]:
    places = StackedTier.objects.select_related("tier__category", "tier__campaign__category")
    return stacks.select_related("campaign", "category").prefetch_related(Prefetch("stacked", queryset=places))
