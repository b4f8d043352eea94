"""Every message a distribution makes: from the decision to the outcome, with what it said and each hand-over."""

from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from access.identifiers import uuid7
from campaigns.models import Publication, Voucher
from customers.models import Customer
from distributions.models.connection import Connection
from distributions.models.distribution import Distribution, DistributionChannel


def public_id_of(delivery_id: UUID) -> str:
    return f"msg_{delivery_id.hex}"


def delivery_id_of(public_id: str) -> UUID | None:
    """Return whose id this is, None where it is nobody's: providers hand back this and other things."""
    kind, _, digits = public_id.strip().partition("_")
    if kind != "msg" or len(digits) != 32 or set(digits) - set("0123456789abcdef"):
        return None
    return UUID(hex=digits)


class Delivery(models.Model):
    """One message to one customer for one cause, through one channel, from decision to outcome."""

    class State(models.TextChoices):
        NEW = "NEW", "Queued"
        HELD = "HELD", "Held"
        WAITING_CODE = "WAITING_CODE", "Waiting for a code"
        READY = "READY", "Ready to send"
        SENDING = "SENDING", "Sending"
        SENT = "SENT", "Sent"
        FAILED = "FAILED", "Failed"
        UNKNOWN = "UNKNOWN", "Outcome unknown"
        UNCERTAIN = "UNCERTAIN", "Unknown, held for a decision"
        SUPPRESSED = "SUPPRESSED", "Not sent"
        CANCELLED = "CANCELLED", "Cancelled"

    OPEN = (State.NEW, State.HELD, State.WAITING_CODE, State.READY, State.SENDING, State.UNKNOWN)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Triggers keep the promise of foreign keys: once a statement where rows come, and where a parent would go. Looking
    # at five parents of every row by itself took a third of what a delivery costs.
    distribution = models.ForeignKey(
        Distribution, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="deliveries"
    )
    channel = models.ForeignKey(
        DistributionChannel, on_delete=models.PROTECT, db_index=False, db_constraint=False, related_name="deliveries"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="deliveries"
    )
    cause_event_id = models.UUIDField(null=True, help_text="The event that asked for it.")
    entry_id = models.BigIntegerField(null=True, help_text="The stay in a segment that asked for it.")
    once_key = models.BigIntegerField(null=True, help_text="The customer's id where she may get this only once.")
    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    reason = models.CharField(max_length=60, blank=True)
    needs_code = models.BooleanField(default=False)
    # A delivery's code has a holder, and a trigger keeps it; a publication is never removed. So nobody looks here for
    # what a code is used by, and an index would be written four times a message for nothing.
    voucher = models.ForeignKey(
        Voucher, null=True, blank=True, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False,
        related_name="deliveries",
    )  # fmt: skip
    publication = models.ForeignKey(
        Publication, null=True, blank=True, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    may_repeat = models.BooleanField(default=False, help_text="It may have reached the customer more than once.")
    parked = models.BooleanField(default=False, help_text="Set aside until its distribution is resumed.")
    is_test = models.BooleanField(default=False, help_text="A test send: it carries a sample code and counts nowhere.")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)
    to_verify = models.BooleanField(
        default=False, db_default=False, help_text="Sent, and to be read back from the provider."
    )

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        indexes = [
            # What is due in each stage. What is parked is in no queue, so a paused backlog costs the sweep nothing.
            models.Index(
                fields=["state", "due_at"],
                name="delivery_due",
                condition=models.Q(state__in=["NEW", "HELD", "READY", "SENDING", "UNKNOWN"], parked=False),
            ),
            # What is to be read back.
            models.Index(fields=["due_at"], name="delivery_to_verify", condition=models.Q(to_verify=True)),
            # Who waits for a code of this distribution's pool?
            models.Index(
                fields=["distribution", "due_at"],
                name="delivery_waiting_code",
                condition=models.Q(state="WAITING_CODE"),
            ),
            # What to put back into the queues on resume.
            models.Index(fields=["distribution"], name="delivery_parked", condition=models.Q(parked=True)),
            # Cool-down, and a customer's messages from one distribution.
            models.Index(fields=["customer", "distribution", "-created_at"], name="delivery_of_customer"),
            # A distribution's messages, newest first, and its counts per state.
            models.Index(fields=["distribution", "-id"], name="delivery_of_distribution"),
        ]
        constraints = [
            # One message per stay, or per event, through each channel, whoever enrols.
            models.UniqueConstraint(
                fields=["distribution", "entry_id", "channel"],
                name="delivery_once_per_entry",
                condition=models.Q(entry_id__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["distribution", "cause_event_id", "channel"],
                name="delivery_once_per_event",
                condition=models.Q(cause_event_id__isnull=False, entry_id__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["distribution", "once_key", "channel"],
                name="delivery_once_per_customer",
                condition=models.Q(once_key__isnull=False),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["READY", "SENDING", "UNKNOWN", "SENT", "UNCERTAIN"])
                | models.Q(voucher__isnull=False)
                | models.Q(needs_code=False),
                name="delivery_has_its_code",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id_of(self.id)


class Message(models.Model):
    """What a delivery says, frozen when it was prepared: every attempt hands over exactly this."""

    # Written in the transaction that holds its delivery locked, as an attempt is; both go with their delivery.
    delivery = models.OneToOneField(
        Delivery, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="message"
    )
    carrier = models.CharField(max_length=20, help_text="Which channel module hands it over; a mailbox keeps it here.")
    # Frozen too: a repetition must reach the account that knows the first attempt.
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.DO_NOTHING, db_index=False, db_constraint=False,
        related_name="messages",
    )  # fmt: skip
    address = models.CharField(max_length=2000, blank=True)
    subject = models.CharField(max_length=998, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    content = models.JSONField(null=True, help_text="Fields, tags and event of a tool, filled in.")
    body_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            # The built-in mailbox, newest first.
            models.Index(fields=["-created_at"], name="message_in_mailbox", condition=models.Q(carrier="mailbox")),
        ]

    def __str__(self) -> str:
        return self.subject or str(self.delivery_id)


class Attempt(models.Model):
    """One hand-over, written before the first byte leaves."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        NOT_ACCEPTED = "not_accepted", "Not accepted, to be tried again"
        REJECTED = "rejected", "Rejected"
        UNKNOWN = "unknown", "Unknown"
        NOT_STARTED = "not_started", "Not started"

    pk = models.CompositePrimaryKey("delivery_id", "number")
    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="attempts"
    )
    number = models.PositiveSmallIntegerField()
    fence = models.BigIntegerField()
    started_at = models.DateTimeField()
    deadline_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=14, choices=Outcome, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    provider_id = models.CharField(max_length=255, blank=True)
    detail = models.CharField(max_length=1000, blank=True)
    late_outcome = models.CharField(max_length=14, choices=Outcome, blank=True)

    class Meta:
        ordering = ["delivery", "number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.delivery_id}"
