"""What leaves as a file: the order for it, how far it has come, and the file itself, in parts."""

from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id


class Export(models.Model):
    """A file that was asked for. It is written slice by slice; what is written stays written, whoever is killed."""

    class Status(models.TextChoices):
        SCHEDULED = "SCHEDULED", "Waiting"
        IN_PROGRESS = "IN_PROGRESS", "Being written"
        DONE = "DONE", "Ready"
        ERROR = "ERROR", "Failed"

    OPEN = (Status.SCHEDULED, Status.IN_PROGRESS)

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "exp"))
    exported_object = models.CharField(max_length=24)
    fields = models.JSONField(default=list)
    parameters = models.JSONField(default=dict, help_text="As they were asked for.")
    sort = models.CharField(max_length=300, blank=True, help_text="The field it is in the order of; empty: as made.")
    is_descending = models.BooleanField(default=False)
    about = models.JSONField(default=dict, help_text="What its address narrows it to.")
    status = models.CharField(max_length=12, choices=Status, default=Status.SCHEDULED)
    channel = models.CharField(max_length=12, default="API")
    asked_by = models.CharField(max_length=150, blank=True, help_text="Who asked on the screen.")
    group_id = models.CharField(max_length=40, blank=True)
    order_event_id = models.UUIDField(null=True, help_text="The event by which it was ordered.")
    cursor = models.CharField(max_length=64, blank=True, help_text="The key of the last row that was written.")
    is_planned = models.BooleanField(default=False, help_text="Its parts know which rows they are to hold.")
    rows = models.PositiveBigIntegerField(default=0)
    expected = models.PositiveBigIntegerField(null=True, help_text="Rows that there were when it was begun.")
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Times that the slice at hand was begun.")
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # What is to be written: the sweep asks every moment.
            models.Index(
                fields=["id"], name="export_open", condition=models.Q(status__in=["SCHEDULED", "IN_PROGRESS"])
            ),
            # What is old enough to go.
            models.Index(fields=["created_at"], name="export_by_age"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def percent(self) -> int | None:
        """Return how much of it is written; None where nobody knows yet."""
        if self.status == self.Status.DONE:
            return 100
        return min(self.rows * 100 // self.expected, 99) if self.expected else None


class Part(models.Model):
    """Some lines of the file."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, db_index=False, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.TextField(blank=True)
    keys = models.JSONField(null=True, help_text="The rows it is to hold, until they are written.")
    people = ArrayField(models.BigIntegerField(), default=list, help_text="Customers whom its rows name.")
    whom = models.JSONField(default=list, help_text="The same, row by row.")

    class Meta:
        ordering = ["export", "number"]
        constraints = [
            # The file in its order; and no slice is written twice.
            models.UniqueConstraint(fields=["export", "number"], name="export_part_once"),
        ]
        indexes = [
            # Where a customer who is erased stands.
            GinIndex(fields=["people"], name="export_part_people"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
