"""Who else is told: the addresses that asked for events, what is sent to them, and each attempt at it."""

from functools import partial
from uuid import UUID

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id, uuid7


def public_id_of(sendout_id: UUID) -> str:
    return f"whs_{sendout_id.hex}"


class WebhookQuerySet(models.QuerySet["Webhook"]):
    def kept(self) -> "WebhookQuerySet":
        """Without those that were deleted: their rows stay for what was sent to them."""
        return self.filter(deleted_at=None)


class Webhook(models.Model):
    """An address outside that is told of events."""

    class Ended(models.TextChoices):
        GAVE_UP = "gave_up", "It answered none of 15 attempts at one event."
        GONE = "gone", "It answered that it is gone for good (410)."
        REFUSED = "refused", "Its address must not be reached from here."

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "wh"))
    target_url = models.CharField(max_length=2000)
    events = models.JSONField(default=list, help_text="Names as they were asked for; an asterisk means all.")
    is_active = models.BooleanField(default=True)
    ended = models.CharField(max_length=10, choices=Ended, blank=True, help_text="Why the product turned it off.")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.target_url

    @property
    def wants_all(self) -> bool:
        return "*" in self.events


class Sendout(models.Model):
    """One event on its way to one address: its body is written with it and is the same on every attempt."""

    class State(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        SENDING = "SENDING", "Being sent"
        SENT = "SENT", "Sent"
        FAILED = "FAILED", "Failed"

    OPEN = (State.WAITING, State.SENDING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, db_index=False, related_name="sendouts")
    # Neither event nor customer is held by a key: what was sent outlives them.
    event_id = models.UUIDField(null=True)
    customer_id = models.BigIntegerField(null=True, help_text="Whom the body tells of.")
    type = models.CharField(max_length=300)
    body = models.TextField()
    is_test = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField(db_default=Now(), help_text="The next attempt, or the end of the lease.")
    fence = models.PositiveIntegerField(default=0, help_text="Attempts that were ever begun.")
    attempt_count = models.PositiveSmallIntegerField(default=0, help_text="Steps of the ladder that are used up.")
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # An event is told once to each webhook, however often its batch is applied.
            models.UniqueConstraint(fields=["webhook", "event_id"], name="sendout_once_per_event"),
        ]
        indexes = [
            # What is to go to one address now, in the order of the events: the others' backlogs are not looked at.
            models.Index(
                fields=["webhook", "due_at", "id"],
                name="sendout_due_in_order",
                condition=models.Q(state="WAITING", is_test=False),
            ),
            # Tests, which go out also to a webhook that is off.
            models.Index(fields=["due_at"], name="sendout_test", condition=models.Q(state="WAITING", is_test=True)),
            # Whose sender fell silent.
            models.Index(fields=["due_at"], name="sendout_leased", condition=models.Q(state="SENDING")),
            # The list of one webhook, newest first.
            models.Index(fields=["webhook", "-id"], name="sendout_of_webhook"),
            # What failed, newest first, among many that did not.
            models.Index(fields=["-id"], name="sendout_failed", condition=models.Q(state="FAILED")),
            # What tells of a customer who is erased.
            models.Index(
                fields=["customer_id"], name="sendout_of_customer", condition=models.Q(customer_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        return public_id_of(self.id)

    @property
    def may_leave(self) -> bool:
        """Tell whether it goes out when it is due: a test does so also where its webhook is off."""
        return self.is_test or self.webhook.is_active


class Attempt(models.Model):
    """One hand-over, written before the first byte leaves, and what was answered."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        NOT_ACCEPTED = "not_accepted", "Not accepted"
        REJECTED = "rejected", "Refused for good"
        UNKNOWN = "unknown", "Not known to have arrived"
        NOT_STARTED = "not_started", "Not started"

    pk = models.CompositePrimaryKey("sendout_id", "number")
    sendout = models.ForeignKey(Sendout, on_delete=models.CASCADE, db_index=False, related_name="attempts")
    number = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True)
    detail = models.CharField(max_length=1000, blank=True, help_text="The beginning of the answer.")

    class Meta:
        ordering = ["sendout", "number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.sendout_id}"


class Secret(models.Model):
    """What all webhooks are signed with: the one now, and for a while the one before."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    sealed = models.TextField()
    sealed_before = models.TextField(blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="webhook_secret_is_one")]

    def __str__(self) -> str:
        return f"made {self.made_at}"
