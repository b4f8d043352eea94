"""What became of each try to redeem something, what was taken back, and what is held for a shop that still asks."""

import uuid
from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.identifiers import uuid7
from access.models import ApiKey
from campaigns.models.campaign import Campaign
from campaigns.models.promotion import PromotionStack, PromotionTier
from campaigns.models.voucher import Voucher
from campaigns.querysets import RedemptionQuerySet
from customers.models import Customer


class Redemption(models.Model):
    """One try to redeem, or to take a redemption back, whether it succeeded or not; one of several has a parent.

    Rollbacks are rows of the same table: what happened to a code is then one list, in the order in which it happened.
    """

    class Result(models.TextChoices):
        SUCCESS = "SUCCESS", "Succeeded"
        FAILURE = "FAILURE", "Refused"

    class Status(models.TextChoices):
        SUCCEEDED = "SUCCEEDED", "Redeemed"
        FAILED = "FAILED", "Refused"
        ROLLED_BACK = "ROLLED_BACK", "Taken back"

    class Related(models.TextChoices):
        VOUCHER = "voucher", "Code"
        PROMOTION_TIER = "promotion_tier", "Promotion"
        REDEMPTION = "redemption", "Several at once"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    is_rollback = models.BooleanField(default=False)
    result = models.CharField(max_length=8, choices=Result, default=Result.SUCCESS)
    status = models.CharField(max_length=12, choices=Status, default=Status.SUCCEEDED)
    failure_code = models.CharField(max_length=80, blank=True)
    failure_message = models.CharField(max_length=500, blank=True)
    related_object_type = models.CharField(max_length=16, choices=Related, default=Related.VOUCHER)
    related_object_id = models.CharField(max_length=255, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="children"
    )
    takes_back = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="rollbacks"
    )
    voucher = models.ForeignKey(
        Voucher, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="redemptions"
    )
    promotion_tier = models.ForeignKey(
        PromotionTier, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="redemptions"
    )
    promotion_stack = models.ForeignKey(
        PromotionStack, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="redemptions"
    )
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="redemptions"
    )
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="redemptions"
    )
    tracking_id = models.CharField(max_length=600, blank=True)
    amount = models.BigIntegerField(null=True, blank=True, help_text="Credits or points; below zero: given back.")
    discount_amount = models.BigIntegerField(default=0, help_text="Cents that it took off the order.")
    order_amount = models.BigIntegerField(default=0, help_text="Cents of the order before all discounts.")
    order_public_id = models.CharField(max_length=40, blank=True)
    order = models.JSONField(null=True, blank=True, help_text="The order as this redemption left it.")
    reward = models.JSONField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    session_key = models.CharField(max_length=255, blank=True)
    channel_type = models.CharField(max_length=12, default="API")
    channel_id = models.CharField(max_length=120, blank=True)
    api_key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.SET_NULL, db_index=False)
    counted_on = models.DateField(null=True, blank=True, help_text="The day on which its campaign counts it.")
    created_at = models.DateTimeField(db_default=Now())

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # What became of this code; and how often it was redeemed today.
            models.Index(fields=["voucher", "id"], name="redemption_of_voucher", condition=Q(voucher__isnull=False)),
            # How often a tier was redeemed today, and whether it can go.
            models.Index(
                fields=["promotion_tier", "id"], name="redemption_of_tier", condition=Q(promotion_tier__isnull=False)
            ),
            # What she redeemed; and how often this very code.
            models.Index(fields=["customer", "id"], name="redemption_of_customer", condition=Q(customer__isnull=False)),
            models.Index(fields=["campaign", "id"], name="redemption_of_campaign", condition=Q(campaign__isnull=False)),
            models.Index(fields=["order_public_id"], name="redemption_of_order", condition=~Q(order_public_id="")),
            models.Index(fields=["parent"], name="redemption_of_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["takes_back"], name="rollback_of", condition=Q(takes_back__isnull=False)),
        ]
        constraints = [
            # A redemption is taken back once, whoever asks at the same time.
            models.UniqueConstraint(
                fields=["takes_back"], name="redemption_taken_back_once", condition=Q(result="SUCCESS")
            ),
            models.CheckConstraint(
                condition=Q(is_rollback=False, takes_back__isnull=True) | Q(is_rollback=True, takes_back__isnull=False),
                name="rollback_takes_something_back",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id(self.id, is_rollback=self.is_rollback, has_failed=self.result == self.Result.FAILURE)


PREFIXES: Final = {(False, False): "r", (False, True): "rf", (True, False): "rr", (True, True): "rrf"}


def public_id(key: uuid.UUID, *, is_rollback: bool = False, has_failed: bool = False) -> str:
    """Return the name of a redemption or rollback; the prefix tells what it is and what became of it."""
    return f"{PREFIXES[is_rollback, has_failed]}_{key.hex}"


class SessionLock(models.Model):
    """One use of a code, or credits of a card, held for a shop's session until it redeems or its time is over."""

    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, db_index=False, related_name="session_locks")
    key = models.CharField(max_length=255)
    amount = models.BigIntegerField(default=0, help_text="Credits or points that are held.")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            # The same session asking again holds the same use; and "what is held of this code?"
            models.UniqueConstraint(fields=["voucher", "key"], name="session_lock_once"),
        ]

    def __str__(self) -> str:
        return self.key


class RedemptionCounter(models.Model):
    """What was redeemed of a campaign, and how often asked for, on a day of the project's calendar, in several parts.

    Redeemers add to a part at random, so that they do not wait for one another; who judges a budget sums the parts up,
    behind a gate that lets one through at a time.
    """

    PARTS: Final = 8

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False, related_name="counters")
    day = models.DateField()
    part = models.PositiveSmallIntegerField()
    redemptions = models.BigIntegerField(default=0)
    orders_amount = models.BigIntegerField(default=0)
    discount_amount = models.BigIntegerField(default=0)
    gift_amount = models.BigIntegerField(default=0)
    validations_succeeded = models.BigIntegerField(default=0, db_default=0)
    validations_failed = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        ordering = ["campaign", "day", "part"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "day", "part"], name="redemption_counter_once"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} on {self.day}"


class StackingSetting(models.Model):
    """How several incentives of one request go together, where the project says it. There is never a second row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    public_id = models.CharField(max_length=40)
    rules = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(id=1), name="stacking_setting_is_one")]

    def __str__(self) -> str:
        return "Stacking rules"
