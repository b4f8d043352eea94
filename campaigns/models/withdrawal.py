"""That a code was taken out of use by a person, why, and which code its holder has instead."""

from django.db import models
from django.db.models.functions import Now

from campaigns.models.voucher import Voucher


class Withdrawal(models.Model):
    """A code that a person voided: once, for good, with a reason."""

    voucher = models.OneToOneField(Voucher, primary_key=True, on_delete=models.PROTECT, related_name="withdrawal")
    replacement = models.OneToOneField(
        Voucher, null=True, blank=True, on_delete=models.PROTECT, related_name="replaces", help_text="Given instead."
    )
    reason = models.CharField(max_length=400)
    by = models.CharField(max_length=150, help_text="Who did it.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="withdrawal_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.reason
