"""What moved on a gift card or a loyalty card."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models.campaign import Campaign
from campaigns.models.voucher import Voucher
from campaigns.querysets import TransactionQuerySet


class Transaction(models.Model):
    """One movement of a balance, written in the transaction that moved it; never changed afterwards."""

    class Type(models.TextChoices):
        CREDITS_ADDITION = "CREDITS_ADDITION", "Credits added"
        CREDITS_REMOVAL = "CREDITS_REMOVAL", "Credits taken off"
        CREDITS_REDEMPTION = "CREDITS_REDEMPTION", "Credits redeemed"
        CREDITS_REFUND = "CREDITS_REFUND", "Credits given back"
        POINTS_ADDITION = "POINTS_ADDITION", "Points added"
        POINTS_REMOVAL = "POINTS_REMOVAL", "Points taken off"
        POINTS_ACCRUAL = "POINTS_ACCRUAL", "Points earned"
        POINTS_REDEMPTION = "POINTS_REDEMPTION", "Points redeemed"
        POINTS_REFUND = "POINTS_REFUND", "Points given back"
        POINTS_EXPIRATION = "POINTS_EXPIRATION", "Points expired"
        POINTS_TRANSFER_IN = "POINTS_TRANSFER_IN", "Points moved here"
        POINTS_TRANSFER_OUT = "POINTS_TRANSFER_OUT", "Points moved away"
        PENDING_POINTS_ACTIVATION = "PENDING_POINTS_ACTIVATION", "Pending points activated"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "vtx"))
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_index=False, related_name="transactions")
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, db_index=False, related_name="transactions"
    )
    type = models.CharField(max_length=30, choices=Type)
    amount = models.BigIntegerField(help_text="Cents or points; below zero where they left the card.")
    balance = models.BigIntegerField(help_text="What the card held afterwards.")
    total = models.BigIntegerField(help_text="All that was ever put on the card, afterwards.")
    reason = models.CharField(max_length=400, blank=True)
    source = models.CharField(max_length=40, blank=True, help_text="Who moved it, as API or a person's name.")
    source_id = models.CharField(max_length=255, null=True, blank=True, help_text="The caller's own name for it.")
    redemption_id = models.CharField(max_length=40, null=True, blank=True)
    related = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    details = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = TransactionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["voucher", "-id"], name="transaction_of_voucher"),
            models.Index(fields=["campaign", "-id"], name="transaction_of_campaign"),
        ]
        constraints = [
            # The same wish moves a balance once, however often it is told.
            models.UniqueConstraint(fields=["voucher", "source_id"], name="transaction_once_per_source"),
        ]

    def __str__(self) -> str:
        return self.public_id
