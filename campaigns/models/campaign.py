"""An incentive: what it promises and how its codes are made."""

from datetime import timedelta
from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns import durations
from campaigns.codes import CodeConfig
from campaigns.querysets import CampaignQuerySet


class Campaign(models.Model):
    """An incentive and the rules by which its codes are made."""

    class Kind(models.TextChoices):
        DISCOUNT_COUPONS = "DISCOUNT_COUPONS", "Discount coupons"

    class Type(models.TextChoices):
        STATIC = "STATIC", "A fixed pool of codes"
        AUTO_UPDATE = "AUTO_UPDATE", "Makes more codes when they run out"

    class Generation(models.TextChoices):
        IN_PROGRESS = "IN_PROGRESS", "Making codes"
        DONE = "DONE", "Complete"
        FAILED = "FAILED", "Failed"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "camp"))
    name = models.CharField(max_length=255, unique=True)
    description = models.CharField(max_length=400, blank=True)
    campaign_type = models.CharField(max_length=20, choices=Kind, default=Kind.DISCOUNT_COUPONS)
    type = models.CharField(max_length=12, choices=Type, default=Type.STATIC)
    discount = models.JSONField(help_text='{"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}')
    code_config = models.JSONField(default=dict, blank=True, help_text="length, charset, prefix, postfix, pattern")
    redemption_quantity = models.PositiveIntegerField(null=True, blank=True, default=1)
    join_once = models.BooleanField(default=False)
    active = models.BooleanField(default=True)
    start_date = models.DateTimeField(null=True, blank=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    activity_duration_after_publishing = models.CharField(max_length=20, blank=True, help_text="ISO 8601, as P7D")
    category = models.CharField(max_length=120, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    codes_wanted = models.PositiveIntegerField(default=0, help_text="Codes ordered so far, imported ones included.")
    codes_made = models.PositiveIntegerField(default=0, help_text="Codes of those that exist.")
    generation_error = models.CharField(max_length=300, blank=True)
    last_slice_at = models.DateTimeField(null=True, blank=True, help_text="When its turn to get codes made was last.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

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
