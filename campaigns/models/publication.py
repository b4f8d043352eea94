"""That a code was given to a customer."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models.campaign import Campaign
from campaigns.models.voucher import Voucher
from campaigns.querysets import PublicationQuerySet
from customers.models import Customer


class Publication(models.Model):
    """A code was given to a customer: once per source, whoever asks again."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "pub"))
    # Its code is locked and gets its holder in the statement that writes this row, and triggers keep whatever a
    # publication names: looking at the parents of every row again would add nothing.
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_constraint=False, related_name="publications")
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="publications",
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
