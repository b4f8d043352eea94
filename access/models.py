"""Who may call, what was done by whom, and the facts of the one project this installation serves."""

from functools import partial

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id

# The largest limit of a key: what is more than this a minute is no limit.
CALLS_MOST = 1_000_000


class ApiKey(models.Model):
    """A pair of id and token by which a program calls; only the token's hash is kept."""

    class Kind(models.TextChoices):
        SERVER = "server", "Server"
        CLIENT = "client", "Browser"

    app_id = models.CharField(max_length=64, unique=True)
    token_hash = models.BinaryField(max_length=32)
    token_hint = models.CharField(max_length=8, help_text="The last characters of the token.")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SERVER)
    scopes = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    origins = ArrayField(models.CharField(max_length=255), default=list, blank=True)
    calls_per_minute = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: as many as it likes.")
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = "API key"
        constraints = [
            # A limit of nothing would be a key that does not work and does not say so.
            models.CheckConstraint(condition=models.Q(calls_per_minute__gte=1), name="key_may_call_at_all"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"


class AuditEntry(models.Model):
    """One thing that a person or a program changed; written once, never edited."""

    at = models.DateTimeField(db_default=Now())
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    key = models.ForeignKey(ApiKey, null=True, blank=True, on_delete=models.SET_NULL)
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=64)
    summary = models.CharField(max_length=300)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"
        indexes = [
            # "What happened to this object?" on its page.
            models.Index(fields=["object_type", "object_id", "-id"], name="audit_of_object"),
        ]

    def __str__(self) -> str:
        return self.summary


class Project(models.Model):
    """The one project: its brand, clock, currency and strictness. There is never a second row."""

    class UnknownEvents(models.TextChoices):
        ACCEPT = "accept", "Accept and register"
        REJECT = "reject", "Refuse"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    public_id = models.CharField(max_length=40, default=partial(new_public_id, "proj"))
    brand_name = models.CharField(max_length=120, blank=True)
    postal_address = models.CharField(max_length=400, blank=True)
    website = models.URLField(max_length=400, blank=True)
    privacy_policy = models.URLField(max_length=400, blank=True)
    logo_url = models.URLField(max_length=400, blank=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    unknown_events = models.CharField(max_length=10, choices=UnknownEvents, default=UnknownEvents.ACCEPT)

    class Meta:
        ordering = ["id"]
        verbose_name = "project settings"
        verbose_name_plural = "project settings"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="project_is_one")]

    def __str__(self) -> str:
        return self.brand_name or "This project"
