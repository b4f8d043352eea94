"""To whom, when, by which channel, in which words: distributions and every message they make."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id, uuid7
from campaigns.models import Campaign, Publication, Voucher
from customers.models import Customer
from segments.models import Segment


class Distribution(models.Model):
    """A standing order: when this happens to a customer, give her that and tell her so. A draft is one too."""

    class Type(models.TextChoices):
        AUTOMATIC = "automatic", "Automatic"
        MANUAL = "manual", "One-time"

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        LIVE = "LIVE", "Live"
        PAUSED = "PAUSED", "Paused"
        STOPPED = "STOPPED", "Stopped"
        DONE = "DONE", "Done"

    class Action(models.TextChoices):
        PUBLISH_CODE = "publish_code", "Send a unique code"
        MESSAGE = "message", "Send a message without a code"

    class Frequency(models.TextChoices):
        ONCE = "once", "Once per customer"
        EVERY_ENTRY = "every_entry", "Each time she enters the segment"
        EVERY_EVENT = "every_event", "Each time the event happens"

    class PoolEmpty(models.TextChoices):
        WAIT = "wait", "Wait for new codes"
        SKIP = "skip", "Send nothing"

    class CodeOnReentry(models.TextChoices):
        NEW = "new", "A new code"
        SAME = "same", "The same code again"

    class Uncertain(models.TextChoices):
        RESEND = "resend", "Send again (perhaps twice, never zero times)"
        HOLD = "hold", "Do not send again (perhaps zero times, never twice)"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "distr"))
    name = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=10, choices=Type, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    trigger_event = models.CharField(max_length=300, blank=True)
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions")
    action = models.CharField(max_length=20, choices=Action, default=Action.PUBLISH_CODE)
    campaign = models.ForeignKey(Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions")

    frequency = models.CharField(max_length=12, choices=Frequency, default=Frequency.EVERY_ENTRY)
    cooldown_days = models.PositiveIntegerField(null=True, blank=True)
    include_current_members = models.BooleanField(default=False)
    delay_minutes = models.PositiveIntegerField(default=0)
    recheck = models.BooleanField(default=True)
    stop_if_event = models.CharField(max_length=300, blank=True)
    quiet_hours = models.JSONField(null=True, blank=True, help_text='{"from": "21:00", "to": "08:00"}, project time zone')
    holdout_percent = models.PositiveSmallIntegerField(default=0)
    when_pool_empty = models.CharField(max_length=6, choices=PoolEmpty, default=PoolEmpty.WAIT)
    code_on_reentry = models.CharField(max_length=6, choices=CodeOnReentry, default=CodeOnReentry.NEW)
    uncertain = models.CharField(max_length=8, choices=Uncertain, default=Uncertain.RESEND)

    live_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Which standing orders wait for this event?
            models.Index(
                fields=["trigger_event"], name="distribution_waiting", condition=models.Q(status__in=["LIVE", "PAUSED"])
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="DRAFT") | (~models.Q(trigger_event="") & ~models.Q(name="")),
                name="distribution_live_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "Untitled draft"


class DistributionChannel(models.Model):
    """One way out of a distribution, and the words for it."""

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="channels")
    position = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20, default="marketing")
    subject = models.CharField(max_length=400, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    html = models.TextField(blank=True)
    inlined_html = models.TextField(blank=True, help_text="The HTML with its CSS inlined, made once when saved.")
    text = models.TextField(blank=True)
    url = models.CharField(max_length=2000, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    payload = models.JSONField(null=True, blank=True)
    sealed_secret = models.TextField(blank=True, help_text="The webhook's signing secret, encrypted.")

    class Meta:
        ordering = ["distribution", "position"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "position"], name="channel_once_per_position"),
        ]

    def __str__(self) -> str:
        return self.type


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
    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, db_index=False, related_name="deliveries")
    channel = models.ForeignKey(DistributionChannel, on_delete=models.PROTECT, db_index=False, related_name="deliveries")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="deliveries")
    cause_event_id = models.UUIDField(null=True, help_text="The event that asked for it.")
    entry_id = models.BigIntegerField(null=True, help_text="The stay in a segment that asked for it.")
    once_key = models.BigIntegerField(null=True, help_text="The customer's id where she may get this only once.")
    state = models.CharField(max_length=12, choices=State, default=State.NEW)
    reason = models.CharField(max_length=60, blank=True)
    needs_code = models.BooleanField(default=False)
    voucher = models.ForeignKey(Voucher, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries")
    publication = models.ForeignKey(Publication, null=True, blank=True, on_delete=models.PROTECT, db_index=False)
    due_at = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    may_repeat = models.BooleanField(default=False, help_text="It may have reached the customer more than once.")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "deliveries"
        indexes = [
            # What is due in each stage.
            models.Index(
                fields=["state", "due_at"],
                name="delivery_due",
                condition=models.Q(state__in=["NEW", "HELD", "WAITING_CODE", "READY", "SENDING", "UNKNOWN"]),
            ),
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
        return f"msg_{self.id.hex}"


class Message(models.Model):
    """What a delivery says, frozen when it was prepared: every attempt hands over exactly this."""

    delivery = models.OneToOneField(Delivery, primary_key=True, on_delete=models.CASCADE, related_name="message")
    address = models.CharField(max_length=2000, blank=True)
    subject = models.CharField(max_length=998, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    body_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.subject or str(self.delivery_id)


class Attempt(models.Model):
    """One hand-over, written before the first byte leaves."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        NOT_ACCEPTED = "not_accepted", "Not accepted, to be tried again"
        REJECTED = "rejected", "Rejected"
        UNKNOWN = "unknown", "Unknown"

    pk = models.CompositePrimaryKey("delivery_id", "number")
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, db_index=False, related_name="attempts")
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
