"""The shop's accounts with providers: how to reach one, with which secrets, and how fast."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id


class Connection(models.Model):
    """One account with a provider. Channel and provider stay; the secrets are sealed and never told again."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "conn"))
    channel = models.CharField(max_length=20)
    provider = models.CharField(max_length=20)
    name = models.CharField(max_length=255)
    settings = models.JSONField(default=dict, help_text="Everything but the secrets.")
    sealed_secrets = models.TextField(blank=True, help_text="The secrets as one JSON object, encrypted.")
    calls_per_second = models.FloatField(
        null=True, blank=True, help_text="How many calls a second the account takes; empty: what the provider allows."
    )
    tested_at = models.DateTimeField(null=True, blank=True)
    test_ok = models.BooleanField(null=True)
    test_words = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(calls_per_second__isnull=True) | models.Q(calls_per_second__gt=0),
                name="connection_rate_is_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Pace(models.Model):
    """When a connection may be called next. Written by each lease, apart from what people change about it."""

    connection = models.OneToOneField(Connection, primary_key=True, on_delete=models.CASCADE, related_name="pace")
    free_at = models.DateTimeField(help_text="From when on the next message may leave; later while it is paused.")
    line_ends_at = models.DateTimeField(help_text="When the last of those will leave that were given a turn.")

    def __str__(self) -> str:
        return f"the pace of {self.connection_id}"
