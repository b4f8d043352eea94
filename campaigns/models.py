"""What we give: campaigns, their pools of codes, and who got which code."""

from datetime import datetime, timedelta
from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id, uuid7
from campaigns import durations
from campaigns.codes import CodeConfig
from campaigns.querysets import AsyncActionQuerySet, CampaignQuerySet, PublicationQuerySet, VoucherQuerySet
from customers.models import Customer


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
    # A holder always has a publication, and a trigger keeps the customers who have one.
    holder = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, db_index=False, db_constraint=False,
        related_name="vouchers",
    )  # fmt: skip
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


class Publication(models.Model):
    """A code was given to a customer: once per source, whoever asks again."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pub"))
    # Its code is locked and gets its holder in the statement that writes this row, and triggers keep whatever a
    # publication names: looking at the parents of every row again would add nothing.
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_constraint=False, related_name="publications")
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="publications"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_constraint=False, related_name="publications")
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    part_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="parts",
        help_text="Asked for with several codes.",
    )
    channel = models.CharField(max_length=40, default="API")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Who got a code of this campaign lately.
            models.Index(fields=["campaign", "-id"], name="publication_of_campaign"),
            # The other codes of one wish: nearly all publications stand alone.
            models.Index(fields=["part_of"], name="publication_parts", condition=models.Q(part_of__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.public_id


class AsyncAction(models.Model):
    """The record of a bulk call that answers 202: what it was, and what became of every row of it."""

    class Status(models.TextChoices):
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "aa"))
    type = models.CharField(max_length=60)
    status = models.CharField(max_length=12, choices=Status, default=Status.DONE)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.SET_NULL, related_name="async_actions")
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = AsyncActionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.type}: {self.get_status_display()}"
