"""Promotions: what a cart gets by itself, tier by tier, without a code; and tiers that are applied together."""

from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.incentives import DISCOUNT
from campaigns.models.campaign import Campaign
from campaigns.models.category import Category
from campaigns.querysets import PromotionStackManager, PromotionTierManager


class PromotionTier(models.Model):
    """One discount of a promotion: for whom and for which carts is what the rules on it say.

    At the till it answers to the same names as a code; it has no holder, no balance and no limit of its own.
    """

    resource_type: Final = "promotion_tier"
    kind: Final = DISCOUNT
    holder: Final = None
    holder_id: Final = None
    balance: Final = None

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "promo"))
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False, related_name="tiers")
    name = models.CharField(max_length=255)
    banner = models.CharField(max_length=1000, blank=True, help_text="What a shop shows to whoever may have it.")
    discount = models.JSONField(null=True, help_text="What it takes off; in the stored form of a campaign's discount.")
    hierarchy = models.PositiveIntegerField(default=1, help_text="The lowest comes first.")
    active = models.BooleanField(default=True)
    start_date = models.DateTimeField(null=True, blank=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    validity = models.JSONField(null=True, help_text="Which hours and days within its dates count.")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="promotion_tiers")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="It stays, out of sight, for what it gave.")

    objects = PromotionTierManager()

    class Meta:
        ordering = ["hierarchy", "id"]
        indexes = [
            # The tiers of a campaign, in the order in which they count.
            models.Index(
                fields=["campaign", "hierarchy", "id"], name="tier_of_campaign", condition=Q(deleted_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def told_id(self) -> str:
        """Return by what it is named in answers and problems."""
        return self.public_id

    @property
    def discount_terms(self) -> dict[str, Any] | None:
        return self.discount

    @property
    def begins_at(self) -> datetime | None:
        """Return from when it counts: not before its campaign does."""
        return max(filter(None, (self.start_date, self.campaign.start_date)), default=None)

    @property
    def ends_at(self) -> datetime | None:
        """Return until when it counts: not longer than its campaign does."""
        return min(filter(None, (self.expiration_date, self.campaign.expiration_date)), default=None)

    def is_over(self, now: datetime) -> bool:
        """Tell whether it counts no more: it has ended, was switched off or has gone, or its campaign has."""
        is_off = not (self.active and self.campaign.active) or self.deleted_at is not None
        return is_off or (self.ends_at is not None and self.ends_at <= now)

    def is_within(self, now: datetime) -> bool:
        """Tell whether this moment lies within its dates."""
        return (self.start_date is None or self.start_date <= now) and (
            self.expiration_date is None or now < self.expiration_date
        )


class PromotionTierCounter(models.Model):
    """What was redeemed of a tier, in several parts, so that redeemers do not wait for one another."""

    PARTS: Final = 8

    tier = models.ForeignKey(PromotionTier, on_delete=models.CASCADE, db_index=False, related_name="counters")
    part = models.PositiveSmallIntegerField()
    redemptions = models.BigIntegerField(default=0)
    orders_amount = models.BigIntegerField(default=0)
    discount_amount = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["tier", "part"]
        constraints = [models.UniqueConstraint(fields=["tier", "part"], name="promotion_tier_counter_once")]

    def __str__(self) -> str:
        return f"{self.tier_id}, part {self.part}"


class PromotionStack(models.Model):
    """Tiers of one campaign that are applied together, in an order of their own."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "stack"))
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="stacks")
    name = models.CharField(max_length=255)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="promotion_stacks")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="It stays, out of sight, for what it gave.")

    objects = PromotionStackManager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class StackedTier(models.Model):
    """The place of a tier in a stack."""

    stack = models.ForeignKey(PromotionStack, on_delete=models.CASCADE, db_index=False, related_name="stacked")
    tier = models.ForeignKey(PromotionTier, on_delete=models.CASCADE, related_name="stacked")
    place = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["stack", "place"]
        constraints = [
            models.UniqueConstraint(fields=["stack", "place"], name="stacked_tier_has_its_place"),
            models.UniqueConstraint(fields=["stack", "tier"], name="tier_stacked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id} at {self.place}"
