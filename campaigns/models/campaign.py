"""An incentive: what it promises and how its codes are made."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns import durations
from campaigns.codes import CodeConfig
from campaigns.incentives import DISCOUNT, GIFT, LOYALTY
from campaigns.models.category import Category
from campaigns.querysets import CampaignManager, CampaignQuerySet


class Campaign(models.Model):
    """An incentive and the rules by which its codes are made."""

    class Kind(models.TextChoices):
        DISCOUNT_COUPONS = "DISCOUNT_COUPONS", "Discount coupons"
        GIFT_VOUCHERS = "GIFT_VOUCHERS", "Gift cards"
        LOYALTY_PROGRAM = "LOYALTY_PROGRAM", "Loyalty program"
        PROMOTION = "PROMOTION", "Automatic promotion"
        REFERRAL_PROGRAM = "REFERRAL_PROGRAM", "Referral program"

    class Type(models.TextChoices):
        STATIC = "STATIC", "A fixed pool of codes"
        AUTO_UPDATE = "AUTO_UPDATE", "Makes more codes when they run out"
        STANDALONE = "STANDALONE", "One code for everybody"

    class Generation(models.TextChoices):
        IN_PROGRESS = "IN_PROGRESS", "Making codes"
        DONE = "DONE", "Complete"
        FAILED = "FAILED", "Failed"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "camp"))
    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=400, blank=True)
    campaign_type = models.CharField(max_length=20, choices=Kind, default=Kind.DISCOUNT_COUPONS)
    type = models.CharField(max_length=12, choices=Type, default=Type.STATIC)
    # What its codes give: one of these three, by its kind; a promotion has tiers instead.
    discount = models.JSONField(null=True, help_text='{"type": "PERCENT", "percent_off": 5, "effect": ...}')
    gift = models.JSONField(null=True, help_text='{"amount": 5000, "effect": "APPLY_TO_ORDER"}')
    loyalty_card = models.JSONField(null=True, help_text='{"points": 100, "expiration_rules": {...}}')
    referral_program = models.JSONField(null=True, help_text="conversion_event_type, custom_event, referee_reward")
    code_config = models.JSONField(default=dict, blank=True, help_text="length, charset, prefix, postfix, pattern")
    redemption_quantity = models.PositiveIntegerField(null=True, blank=True, default=1)
    join_once = models.BooleanField(default=False)
    auto_join = models.BooleanField(default=False, help_text="Who earns something becomes a member by it.")
    use_voucher_metadata_schema = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    protected = models.BooleanField(default=False, help_text="Whether it is kept from being deleted.")
    start_date = models.DateTimeField(null=True, blank=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    validity = models.JSONField(null=True, help_text="Which hours and days within its dates count.")
    activity_duration_after_publishing = models.CharField(max_length=20, blank=True, help_text="ISO 8601, as P7D")
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="campaigns")
    metadata = models.JSONField(default=dict, blank=True)
    codes_wanted = models.PositiveIntegerField(default=0, help_text="Codes ordered so far, imported ones included.")
    codes_made = models.PositiveIntegerField(default=0, help_text="Codes of those that exist.")
    codes_cause_id = models.UUIDField(null=True, help_text="The event by which its codes were ordered.")
    codes_source = models.CharField(max_length=12, default="INTERNAL", help_text="Where they were ordered last.")
    codes_group_id = models.CharField(max_length=40, blank=True, help_text="The request in which they were.")
    generation_error = models.CharField(max_length=300, blank=True)
    last_slice_at = models.DateTimeField(null=True, blank=True, help_text="When its turn to get codes made was last.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(
        null=True, blank=True, help_text="It stays, out of sight, while customers hold its codes."
    )

    objects = CampaignManager()
    everything = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Whose turn is it to get its next codes made?
            models.Index(
                fields=["last_slice_at"],
                name="campaign_outstanding",
                condition=models.Q(codes_made__lt=models.F("codes_wanted")),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(codes_made__lte=models.F("codes_wanted")), name="campaign_makes_no_more_than_wanted"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def generation(self) -> str:
        """Say whether the codes ordered exist yet."""
        if self.codes_made >= self.codes_wanted:
            return self.Generation.DONE
        return self.Generation.FAILED if self.generation_error else self.Generation.IN_PROGRESS

    @property
    def codes(self) -> CodeConfig:
        return CodeConfig(**self.code_config)

    @property
    def lasts_after_publishing(self) -> timedelta | None:
        text = self.activity_duration_after_publishing
        return durations.parse(text) if text else None

    @property
    def voucher_kind(self) -> str | None:
        """Return what its codes are; a promotion has none."""
        if self.campaign_type == self.Kind.PROMOTION:
            return None
        return {self.Kind.GIFT_VOUCHERS: GIFT, self.Kind.LOYALTY_PROGRAM: LOYALTY}.get(
            self.Kind(self.campaign_type), DISCOUNT
        )

    @property
    def incentive(self) -> dict[str, Any]:
        """Return the terms of what its codes give."""
        return self.discount or self.gift or self.loyalty_card or {}

    @property
    def first_balance(self) -> int | None:
        """Return the credits or points with which each of its codes begins."""
        if self.gift is not None:
            return self.gift["amount"]
        return None if self.loyalty_card is None else self.loyalty_card["points"]

    @property
    def is_promotion(self) -> bool:
        return self.campaign_type == self.Kind.PROMOTION

    @property
    def is_referral(self) -> bool:
        return self.campaign_type == self.Kind.REFERRAL_PROGRAM
