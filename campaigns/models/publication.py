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
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="publications")
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="publications"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="publications")
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    part_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
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
        ]

    def __str__(self) -> str:
        return self.public_id
