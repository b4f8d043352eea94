"""Who won whom by a code, and who else holds one."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models import Campaign, Voucher
from customers.models import Customer


class Referral(models.Model):
    """A customer was won by another one's code: once in each program, whatever she does with it later."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False, related_name="referrals")
    referee = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="referred_by")
    referrer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="referred")
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_index=False, related_name="referrals")
    event_id = models.UUIDField(help_text="The redemption or custom event by which it came about.")
    redemption_id = models.CharField(max_length=40, blank=True)
    unrewarded = models.CharField(max_length=200, blank=True, help_text="Why a reward could not be given.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "referee"], name="referred_once_in_a_program"),
            models.CheckConstraint(condition=~models.Q(referee=models.F("referrer")), name="nobody_refers_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.referrer_id} referred {self.referee_id}"


class ReferralHolder(models.Model):
    """A customer to whom a referral code was handed on; the referrer is its holder, and stands on the code."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "rh"))
    voucher = models.ForeignKey(Voucher, on_delete=models.CASCADE, db_index=False, related_name="referral_holders")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="referral_codes")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["voucher", "customer"], name="referral_holder_once"),
        ]

    def __str__(self) -> str:
        return self.public_id
