"""What became of a bulk call."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models.campaign import Campaign
from campaigns.querysets import AsyncActionQuerySet


class AsyncAction(models.Model):
    """The record of a bulk call that answers 202: what it was, and what became of every row of it."""

    class Status(models.TextChoices):
        DONE = "DONE", "Done"
        FAILED = "FAILED", "Failed"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "aa"))
    type = models.CharField(max_length=60)
    status = models.CharField(max_length=12, choices=Status, default=Status.DONE)
    campaign = models.ForeignKey(Campaign, null=True, on_delete=models.SET_NULL, related_name="async_actions")
    result = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())

    objects = AsyncActionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.type}: {self.get_status_display()}"
