"""A campaign's codes on their way into a tool's account: the order, and one parcel for each contact."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models import Campaign, Voucher
from customers.models import Customer
from distributions.models import Connection
from segments.models import Segment


class Transfer(models.Model):
    """An order to write a campaign's codes to the contacts of an account, each contact once."""

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", "Scheduled"
        IN_PROGRESS = "IN_PROGRESS", "Running"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    OPEN = (Status.SCHEDULED, Status.IN_PROGRESS)

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "transf"))
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="transfers")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="transfers")
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="transfers",
        help_text="Whose members get a code; none: those who hold one already.",
    )  # fmt: skip
    fields = models.JSONField(default=dict, help_text="The tool's field -> what is written into it (Liquid).")
    tags = models.JSONField(default=list)
    status = models.CharField(max_length=12, choices=Status, default=Status.SCHEDULED)
    reason = models.CharField(max_length=1000, blank=True)
    order_event_id = models.UUIDField(null=True, help_text="The event by which it was ordered.")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["due_at"], name="transfer_due", condition=models.Q(status__in=["SCHEDULED", "IN_PROGRESS"])
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Parcel(models.Model):
    """One contact's code on its way."""

    class State(models.TextChoices):
        NEW = "NEW", "Waits for its code"
        READY = "READY", "Ready"
        SENDING = "SENDING", "On its way"
        DONE = "DONE", "Written"
        FAILED = "FAILED", "Failed"
        SKIPPED = "SKIPPED", "Left out"

    OPEN = (State.NEW, State.READY, State.SENDING)

    transfer = models.ForeignKey(Transfer, on_delete=models.CASCADE, related_name="parcels")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    voucher = models.ForeignKey(Voucher, null=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    detail = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "customer"], name="parcel_once_per_contact"),
        ]
        indexes = [
            models.Index(
                fields=["transfer", "state", "due_at"],
                name="parcel_due",
                condition=models.Q(state__in=["NEW", "READY", "SENDING"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.customer_id}"
