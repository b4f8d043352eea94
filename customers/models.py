"""Who: the people a shop's events are about, and the addresses that must not be written to."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from customers.querysets import CustomerQuerySet


class Customer(models.Model):
    """A person known to the shop. Rows are written through ``events.tracking.identify`` only."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "cust"))
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    name = models.CharField(max_length=255, null=True, blank=True)
    email = models.CharField(max_length=255, null=True, blank=True)
    phone = models.CharField(max_length=40, null=True, blank=True)
    birthdate = models.DateField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    address = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The API's filter by e-mail and the admin's exact search.
            models.Index(fields=["email"], name="customer_by_email"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.source_id or self.public_id


class Suppression(models.Model):
    """An address that a channel must not write to, and why."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complained"
        MANUAL = "manual", "Added by hand"

    channel = models.CharField(max_length=20)
    address_hash = models.BinaryField(max_length=32)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=20, choices=Reason)
    source = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Looked up for every message before it is prepared and again before it is sent.
            models.UniqueConstraint(fields=["channel", "address_hash"], name="suppression_once_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.get_reason_display()}"
