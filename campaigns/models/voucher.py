"""A code and who holds it."""

from datetime import datetime

from django.db import models
from django.db.models.functions import Now

from access.identifiers import uuid7
from campaigns.models.campaign import Campaign
from campaigns.querysets import VoucherQuerySet
from customers.models import Customer


class Voucher(models.Model):
    """One code. Once it has a holder it never changes hands; the database refuses it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=255)
    # A trigger of the first migration keeps the promise of a foreign key, once a statement: looking at every row of
    # a pool by itself took a third of the time it takes to load one.
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="vouchers"
    )
    active = models.BooleanField(default=True)
    holder = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="vouchers"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Its own end, where it differs from the campaign's."
    )
    metadata = models.JSONField(
        null=True, blank=True, help_text="Most codes have none: a pool of a million stays small."
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            # The next free codes of a pool, and how many are left, read from the index alone.
            models.Index(
                fields=["campaign", "id"],
                include=["active"],
                name="voucher_free",
                condition=models.Q(holder__isnull=True),
            ),
            # A campaign's page of codes, read backwards. Descending, it would grow at its costly end.
            models.Index(fields=["campaign", "id"], name="voucher_of_campaign"),
            # "Which code of this campaign does she hold?" Free codes are left out: they are most of the table.
            models.Index(fields=["holder", "campaign"], name="voucher_held", condition=models.Q(holder__isnull=False)),
        ]
        constraints = [
            # Codes are unique over the whole project. Not unique=True: that would add a second index, for LIKE.
            models.UniqueConstraint(fields=["code"], name="voucher_code_once"),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=True, published_at__isnull=True)
                | models.Q(holder__isnull=False, published_at__isnull=False),
                name="voucher_published_with_holder",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def public_id(self) -> str:
        return f"v_{self.id.hex}"

    def has_ended(self, now: datetime) -> bool:
        """Tell whether its time is over; its own end counts before the campaign's."""
        end = self.expires_at or self.campaign.expiration_date
        return end is not None and end <= now
