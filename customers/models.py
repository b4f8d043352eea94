"""Who: the people a shop's events are about, and the addresses that must not be written to."""

from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Coalesce, Now

from access.identifiers import new_public_id
from customers.querysets import CustomerQuerySet

# Where a shop may write to somebody, and she may forbid it.
CHANNELS = ("email", "sms", "push", "whatsapp")
# What it may write about; she may forbid one and allow the other.
PURPOSES = ("marketing", "transactional")


class Living(models.Manager.from_queryset(CustomerQuerySet)):  # type: ignore[misc]
    """Customers, without those who were deleted."""

    def get_queryset(self) -> CustomerQuerySet:
        return super().get_queryset().filter(deleted_at__isnull=True)


class Customer(models.Model):
    """A person known to the shop. Rows are written through ``events.tracking.identify`` only.

    Who is deleted leaves an empty row, to which her codes stay bound.
    """

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "cust"))
    source_id = models.CharField(max_length=255, unique=True, null=True, blank=True)
    name = models.CharField(max_length=255, null=True, blank=True)
    email = models.CharField(max_length=255, null=True, blank=True)
    phone = models.CharField(max_length=40, null=True, blank=True)
    birthdate = models.DateField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    address = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(default=dict, blank=True)
    refuses = ArrayField(
        models.CharField(max_length=40),
        default=list,
        db_default=models.Value([], output_field=ArrayField(models.CharField(max_length=40))),
        blank=True,
        editable=False,
        help_text="Channels on which she forbade to write, or only one purpose of it, as her consents stand.",
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = Living()
    everybody = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The API's filter by e-mail and the admin's exact search.
            models.Index(fields=["email"], name="customer_by_email"),
            # The API's list and its cursor by date.
            models.Index(fields=["created_at", "id"], name="customer_by_creation"),
            # The API's order by the last change.
            models.Index(Coalesce("updated_at", "created_at"), "id", name="customer_by_change"),
            # The API's filter by city.
            models.Index(
                KeyTransform("city", "address"), name="customer_by_city", condition=models.Q(address__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        named = self.name or self.email or self.source_id
        return named or ("a deleted customer" if self.deleted_at else self.public_id)


class Suppression(models.Model):
    """An address that a channel must not write to, and why."""

    class Reason(models.TextChoices):
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        STOP = "stop", "Replied STOP"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Complained"
        MANUAL = "manual", "Added by hand"
        ERASED = "erased", "Erased for good"

    channel = models.CharField(max_length=20)
    address_hash = models.BinaryField(max_length=32)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL)
    reason = models.CharField(max_length=20, choices=Reason)
    source = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        verbose_name = "stopped address"
        verbose_name_plural = "stopped addresses"
        constraints = [
            # Looked up for every message before it is prepared and again before it is sent.
            models.UniqueConstraint(fields=["channel", "address_hash"], name="suppression_once_per_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.get_reason_display()}"


def subject_of(channel: str, purpose: str = "") -> str:
    """Return what a consent is about, in one word: a channel, or one purpose of a channel."""
    return f"{channel}:{purpose}" if purpose else channel


class Consent(models.Model):
    """What a customer allowed or forbade on one channel, with its proof. Written once; the latest counts.

    What she says of a whole channel overrides what she said of its purposes before.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_index=False, related_name="consents")
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20, blank=True, help_text="What it is about; empty: everything.")
    is_given = models.BooleanField()
    source = models.CharField(max_length=120, help_text="By which way it was told.")
    wording = models.CharField(max_length=300, blank=True, help_text="The sentence that she was asked.")
    ip_address = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [
            # What counts now: the latest of each channel.
            models.Index(fields=["customer", "channel", "-id"], name="consent_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {'given' if self.is_given else 'refused'}"

    @property
    def subject(self) -> str:
        """What it is about: a channel, or one purpose of a channel."""
        return subject_of(self.channel, self.purpose)


class Erasure(models.Model):
    """That everything known of a customer was erased, and how much it was. It holds nothing of hers but our own id."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "del"))
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="erasure")
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    look_again_at = models.DateTimeField(null=True, help_text="When what was under way meanwhile is erased, too.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Which erasures are to be looked at again.
            models.Index(
                fields=["look_again_at"],
                name="erasure_unfinished",
                condition=models.Q(look_again_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
