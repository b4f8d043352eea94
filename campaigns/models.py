"""What we give: campaigns, their pools of codes, and who got which code."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id, uuid7
from customers.models import Customer


class Campaign(models.Model):
    """An incentive and the rules by which its codes are made."""

    class Kind(models.TextChoices):
        DISCOUNT_COUPONS = "DISCOUNT_COUPONS", "Discount coupons"

    class Type(models.TextChoices):
        STATIC = "STATIC", "A fixed pool of codes"
        AUTO_UPDATE = "AUTO_UPDATE", "Makes more codes when they run out"

    class Generation(models.TextChoices):
        DRAFT = "DRAFT", "Not started"
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
    generation = models.CharField(max_length=12, choices=Generation, default=Generation.DRAFT)
    codes_wanted = models.PositiveIntegerField(default=0, help_text="Codes ordered so far, all generations together.")
    codes_made = models.PositiveIntegerField(default=0, help_text="Codes of those orders that exist.")
    generation_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(codes_made__lte=models.F("codes_wanted")), name="campaign_makes_no_more_than_wanted"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """One code. Once it has a holder it never changes hands; the database refuses it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=255, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False, related_name="vouchers")
    active = models.BooleanField(default=True)
    holder = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="vouchers")
    published_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Its own end, where it differs from the campaign's.")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [
            # The next free codes of a pool, and how many are left.
            models.Index(
                fields=["campaign", "id"], name="voucher_free", condition=models.Q(holder__isnull=True, active=True)
            ),
            # A campaign's page of codes.
            models.Index(fields=["campaign", "-id"], name="voucher_of_campaign"),
        ]
        constraints = [
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


class Publication(models.Model):
    """A code was given to a customer: once per source, whoever asks again."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pub"))
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="publications")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, db_index=False, related_name="publications")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="publications")
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    channel = models.CharField(max_length=40, default="API")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [
            # "The same customer always gets the same code" (join_once), and a campaign's publications.
            models.Index(fields=["campaign", "customer"], name="publication_join_once"),
        ]

    def __str__(self) -> str:
        return self.public_id
