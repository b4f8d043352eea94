"""What happened: events, what is still to be done about them, and how often each happened to whom."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id, uuid7
from customers.models import Customer


class EventDefinition(models.Model):
    """A custom event's name as the shop declared it, or as it was first seen."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ms"))
    name = models.CharField(max_length=300, unique=True)
    properties = models.JSONField(
        default=dict, blank=True, help_text='{"cart_value": {"type": "number", "optional": true, "deleted": false}}'
    )
    is_declared = models.BooleanField(default=False, help_text="Undeclared names were merely seen.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something that happened, to a customer or to the shop's own objects. Never edited."""

    class Source(models.TextChoices):
        API = "API", "API"
        CLIENT = "CLIENT_API", "Browser"
        ADMIN = "USER_PORTAL", "Admin"
        INTERNAL = "INTERNAL", "Internal"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=300)
    # A customer is locked or written in the transaction that records her events, and a trigger keeps who has some.
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="events"
    )
    entity_id = models.CharField(max_length=64, blank=True, help_text="Public id of the object it is about.")
    properties = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    clock_adjusted = models.BooleanField(default=False)
    source = models.CharField(max_length=12, choices=Source, default=Source.API)
    key_id = models.BigIntegerField(null=True)
    group_id = models.CharField(max_length=40, blank=True, help_text="The request that caused it.")
    caused_by_id = models.UUIDField(null=True)
    depth = models.PositiveSmallIntegerField(default=0, help_text="Length of the chain of causes behind it.")

    class Meta:
        ordering = ["-id"]
        indexes = [
            # A customer's events of one name, newest first: windows and property filters of conditions.
            models.Index(fields=["customer", "name", "-occurred_at"], name="event_of_customer"),
            # "What did this event cause?" on the trace page.
            models.Index(fields=["caused_by_id"], name="event_effects", condition=models.Q(caused_by_id__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(occurred_at__gte="2000-01-01T00:00Z", occurred_at__lt="2101-01-01T00:00Z"),
                name="event_in_readable_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_id(self) -> str:
        return f"evt_{self.id.hex}"


class EventCompanion(models.Model):
    """The codes that came along with an event."""

    event_id = models.UUIDField(primary_key=True)
    referral_code = models.CharField(max_length=255, blank=True)
    loyalty_code = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["event_id"]

    def __str__(self) -> str:
        return self.referral_code or self.loyalty_code


class SeenMessage(models.Model):
    """A ``message_id`` that was accepted once: the same id again is a duplicate, or a conflict, while it is kept."""

    message_id = models.CharField(primary_key=True, max_length=255)
    body_hash = models.BinaryField(max_length=32)
    event_id = models.UUIDField()
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # Which ids are so old that they are forgotten.
            models.Index(fields=["received_at"], name="seen_message_by_age"),
        ]

    def __str__(self) -> str:
        return self.message_id


class PendingEvent(models.Model):
    """The queue: an event whose consequences are not drawn yet. Its row goes with the work, in one transaction."""

    event_id = models.UUIDField(primary_key=True)
    customer_id = models.BigIntegerField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    quarantined_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["event_id"]
        indexes = [
            # All outstanding events of the customers at hand.
            models.Index(fields=["customer_id", "event_id"], name="pending_of_customer"),
        ]

    def __str__(self) -> str:
        return str(self.event_id)


class Tally(models.Model):
    """How often an event happened to a customer, and when first and last. Written in the event's own transaction."""

    pk = models.CompositePrimaryKey("customer_id", "event_name")
    # A tally is only written together with its event, whose customer a trigger keeps: once is enough.
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="tallies"
    )
    event_name = models.CharField(max_length=300)
    count = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [
            # Whole-population questions about one event: previews, first fills.
            models.Index(
                fields=["event_name", "customer"], include=["count", "last_at", "first_at"], name="tally_of_event"
            ),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(count__gt=0), name="tally_positive")]

    def __str__(self) -> str:
        return f"{self.event_name} × {self.count}"
