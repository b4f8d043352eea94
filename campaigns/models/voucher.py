"""A code and who holds it."""

from datetime import UTC, datetime
from typing import Any, Final

from django.db import models
from django.db.models.functions import Now

from access.identifiers import uuid7
from campaigns.incentives import DISCOUNT
from campaigns.models.campaign import Campaign
from campaigns.models.category import Category
from campaigns.querysets import VoucherManager, VoucherQuerySet
from customers.models import Customer

# A code that keeps having no begin or no end, although its campaign has got one since it was given.
EVER = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class Voucher(models.Model):
    """One code. Once it has a holder it never changes hands; the database refuses it.

    What its campaign says holds for it as long as it says nothing of its own: a pool of a million stays small.
    """

    resource_type: Final = "voucher"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=255)
    # A trigger of the first migration keeps the promise of a foreign key, once a statement: looking at every row of
    # a pool by itself took a third of the time it takes to load one.
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="vouchers"
    )
    active = models.BooleanField(default=True)
    # A holder always has a publication, and a trigger keeps the customers who have one.
    holder = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, db_index=False, db_constraint=False,
        related_name="vouchers",
    )  # fmt: skip
    published_at = models.DateTimeField(null=True, blank=True)
    quantity = models.PositiveIntegerField(null=True, blank=True, help_text="How often it counts; empty: no limit.")
    redeemed_quantity = models.PositiveIntegerField(default=0, db_default=0)
    # Cents of a gift card, points of a loyalty card; discounts have none.
    balance = models.BigIntegerField(null=True, blank=True)
    loaded = models.BigIntegerField(null=True, blank=True, help_text="All that was ever put on it.")
    subtracted = models.BigIntegerField(null=True, blank=True, help_text="What was taken off by hand.")
    expired = models.BigIntegerField(null=True, blank=True, help_text="Points that were not used in time.")
    pending = models.BigIntegerField(null=True, blank=True, help_text="Points that were earned and still wait.")
    lapses = models.JSONField(null=True, blank=True, help_text="Points put on it, by the last day of their use.")
    lapses_on = models.DateField(null=True, blank=True, help_text="The first of these days.")
    own_kind = models.CharField(max_length=20, null=True, blank=True, help_text="What it is, without a campaign.")
    own_terms = models.JSONField(null=True, blank=True, help_text="What it gives, where the campaign does not say it.")
    starts_at = models.DateTimeField(
        null=True, blank=True, help_text="Its own begin, where it differs from the campaign's."
    )
    expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Its own end, where it differs from the campaign's."
    )
    validity = models.JSONField(null=True, blank=True, help_text="Its own hours and days.")
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="vouchers"
    )
    additional_info = models.CharField(max_length=400, null=True, blank=True)
    metadata = models.JSONField(
        null=True, blank=True, help_text="Most codes have none: a pool of a million stays small."
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="A code that was given stays, out of sight.")

    objects = VoucherManager()
    everything = VoucherQuerySet.as_manager()

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
            # Of which cards have points lapsed?
            models.Index(fields=["lapses_on"], name="voucher_lapsing", condition=models.Q(lapses_on__isnull=False)),
            models.Index(
                fields=["category", "id"], name="voucher_of_category", condition=models.Q(category__isnull=False)
            ),
        ]
        constraints = [
            # Codes are unique over the whole project. Not unique=True: that would add a second index, for LIKE.
            models.UniqueConstraint(fields=["code"], name="voucher_code_once"),
            models.CheckConstraint(
                condition=models.Q(holder__isnull=True, published_at__isnull=True)
                | models.Q(holder__isnull=False, published_at__isnull=False),
                name="voucher_published_with_holder",
            ),
            models.CheckConstraint(
                condition=models.Q(campaign__isnull=False) | models.Q(own_kind__isnull=False),
                name="voucher_is_of_a_kind",
            ),
            models.CheckConstraint(condition=models.Q(balance__gte=0), name="voucher_balance_not_below_zero"),
            models.CheckConstraint(
                condition=models.Q(redeemed_quantity__lte=models.F("quantity")), name="voucher_not_redeemed_too_often"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def public_id(self) -> str:
        return f"v_{self.id.hex}"

    @property
    def told_id(self) -> str:
        """Return by what it is named in answers and problems."""
        return self.code

    @property
    def kind(self) -> str:
        """Return DISCOUNT_VOUCHER, GIFT_VOUCHER or LOYALTY_CARD."""
        of_campaign = self.campaign.voucher_kind if self.campaign else None
        return of_campaign or self.own_kind or DISCOUNT

    @property
    def incentive(self) -> dict[str, Any]:
        """Return the terms of what it gives, its own before the campaign's."""
        return self.own_terms or (self.campaign.incentive if self.campaign else {})

    @property
    def discount_terms(self) -> dict[str, Any] | None:
        return self.incentive if self.kind == DISCOUNT else None

    @property
    def is_referral_code(self) -> bool:
        return self.campaign is not None and self.campaign.is_referral

    @property
    def redeemed_balance(self) -> int | None:
        """Return how many credits or points were redeemed and not given back."""
        if self.balance is None:
            return None
        return (self.loaded or 0) - (self.subtracted or 0) - (self.expired or 0) - self.balance

    @property
    def left_it(self) -> int:
        """Return all that ever left the card, whatever the reason."""
        return (self.loaded or 0) - (self.balance or 0)

    @property
    def begins_at(self) -> datetime | None:
        """Return its begin; its own counts before the campaign's."""
        begin = self.starts_at or (self.campaign.start_date if self.campaign else None)
        return None if begin == EVER else begin

    @property
    def ends_at(self) -> datetime | None:
        """Return its end; its own counts before the campaign's."""
        end = self.expires_at or (self.campaign.expiration_date if self.campaign else None)
        return None if end == NEVER else end

    def has_ended(self, now: datetime) -> bool:
        end = self.ends_at
        return end is not None and end <= now
