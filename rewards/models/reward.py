"""What points can be spent on, and in which programs at which price."""

from functools import partial

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models import Campaign


class Reward(models.Model):
    """A code or card of a campaign, something from the shelf, or money off an order."""

    class Type(models.TextChoices):
        CAMPAIGN = "CAMPAIGN", "Code of a campaign"
        COIN = "COIN", "Pay with points"
        MATERIAL = "MATERIAL", "Product"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "rew"))
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=10, choices=Type)
    parameters = models.JSONField(default=dict, help_text='{"campaign": {"id", "balance"}}, or coin, or product')
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="rewards_of_it",
        help_text="Whose codes it gives.",
    )  # fmt: skip
    stock = models.PositiveIntegerField(null=True, blank=True, help_text="How many there are in all; empty: no limit.")
    redeemed = models.PositiveIntegerField(default=0)
    attributes = models.JSONField(default=dict, blank=True, help_text="image_url, description")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(redeemed__lte=F("stock")), name="reward_not_given_too_often"),
            models.CheckConstraint(
                condition=Q(type="CAMPAIGN", campaign__isnull=False) | (~Q(type="CAMPAIGN") & Q(campaign__isnull=True)),
                name="reward_names_its_campaign",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_out_of_stock(self) -> bool:
        return self.stock is not None and self.redeemed >= self.stock


class RewardAssignment(models.Model):
    """A reward can be had in a loyalty program, at a price in points; paying with points has no price."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "rewa"))
    reward = models.ForeignKey(Reward, on_delete=models.CASCADE, db_index=False, related_name="assignments")
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reward_assignments")
    points = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Its index also tells where a reward can be had.
            models.UniqueConstraint(fields=["reward", "campaign"], name="reward_once_in_a_program"),
        ]

    def __str__(self) -> str:
        return self.public_id
