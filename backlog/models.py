"""What callers ordered in bulk: the order, what is left of its input, and what became of every row."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from backlog.querysets import AsyncActionQuerySet


class AsyncAction(models.Model):
    """The record of a bulk call that answers 202: what was asked, how far it has come, and what became of the rows."""

    class Status(models.TextChoices):
        ENQUEUED = "ENQUEUED", "Waiting"
        IN_PROGRESS = "IN_PROGRESS", "In progress"
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "aa"))
    type = models.CharField(max_length=60)
    about = models.CharField(max_length=64, blank=True, help_text="Public id of the object it is about, if it is one.")
    lane = models.CharField(max_length=130, help_text="Within one lane the later waits for the earlier.")
    scope = models.CharField(max_length=40, help_text="What a key must be allowed in order to see it.")
    source = models.CharField(max_length=12, default="API", help_text="Where it was asked for, as events tell it.")
    request_id = models.CharField(max_length=40, blank=True)
    key_id = models.BigIntegerField(null=True)
    asked = models.JSONField(default=dict, help_text="What holds for all rows alike.")
    status = models.CharField(max_length=12, choices=Status, default=Status.ENQUEUED)
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Times that the slice at hand was begun.")
    processing_ms = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    turn_at = models.DateTimeField(null=True, help_text="When a slice of it was last begun.")

    objects = AsyncActionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = "work in bulk"
        verbose_name_plural = "work in bulk"
        indexes = [
            # What is to be worked off, lane by lane: the sweep asks every moment.
            models.Index(
                fields=["lane", "id"],
                name="async_action_open",
                condition=models.Q(status__in=["ENQUEUED", "IN_PROGRESS"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows_done__lte=models.F("rows_total")), name="async_action_does_its_rows_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type}: {self.get_status_display()}"

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.DONE, self.Status.FAILED)

    @property
    def progress(self) -> int:
        """Return how many percent are done: a hundred only at the end."""
        if self.is_over:
            return 100
        return min(self.rows_done * 100 // self.rows_total, 99) if self.rows_total else 0


class Portion(models.Model):
    """Rows of an action that are still to be done; it goes with the work, in one transaction."""

    action = models.ForeignKey(AsyncAction, on_delete=models.CASCADE, db_index=False, related_name="portions")
    number = models.PositiveIntegerField()
    rows = models.BinaryField(help_text="JSON: a list of pairs of line and what stands there.")

    class Meta:
        ordering = ["action", "number"]
        constraints = [
            # The next one of an action.
            models.UniqueConstraint(fields=["action", "number"], name="portion_once_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id}/{self.number}"
