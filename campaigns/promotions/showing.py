"""What a promotion's page shows of its tiers and stacks: a fixed number of queries, however many they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access import project
from campaigns import incentives
from campaigns.discounts import money
from campaigns.incentives import DISCOUNT
from campaigns.models import Campaign, PromotionStack, PromotionTier
from campaigns.promotions.finding import tiers_of

TONES = {"Active": "good", "Disabled": "warn", "Ended": "", "Not started": "accent"}


@dataclass(frozen=True)
class ShownTier:
    """A tier in a row of the page."""

    tier: PromotionTier
    gives: str
    rules: Sequence[str]
    status: str
    tone: str
    redeemed: int
    discounted: str


@dataclass(frozen=True)
class ShownStack:
    """A stack in a row of the page, its tiers in their order."""

    stack: PromotionStack
    tiers: Sequence[PromotionTier]


def tiers_on(campaign: Campaign, now: datetime) -> list[ShownTier]:
    """Return the tiers of a promotion as its page shows them."""
    if not campaign.is_promotion:
        return []
    currency = project.current().currency
    return [_shown(tier, currency, now) for tier in PromotionTier.objects.filter(campaign=campaign).with_names()]


def stacks_on(campaign: Campaign) -> list[ShownStack]:
    if not campaign.is_promotion:
        return []
    stacks = PromotionStack.objects.filter(campaign=campaign).with_names()
    return [ShownStack(stack, tiers_of(stack)) for stack in stacks]


def gives_in_words(tier: PromotionTier, currency: str) -> str:
    return incentives.in_words(DISCOUNT, tier.discount, currency) if tier.discount else "Nothing yet"


def _shown(tier: PromotionTier, currency: str, now: datetime) -> ShownTier:
    status, parts = status_of(tier, now), list(tier.counters.all())
    return ShownTier(
        tier,
        gives_in_words(tier, currency),
        [use.rule.name for use in tier.rule_assignments.all()],
        status,
        TONES[status],
        sum(part.redemptions for part in parts),
        money(sum(part.discount_amount for part in parts), currency),
    )


def status_of(tier: PromotionTier, now: datetime) -> str:
    """Say whether a tier counts now, as far as its switch and its dates tell."""
    if not tier.active:
        return "Disabled"
    if tier.expiration_date is not None and tier.expiration_date <= now:
        return "Ended"
    return "Not started" if tier.start_date is not None and tier.start_date > now else "Active"
