"""What messages look like: designs with their versions, own templates to begin from, and the pictures they show."""

from functools import partial

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id


class Design(models.Model):
    """One message's design as it stands: its source, what it was compiled to, and how often it was saved."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "dsgn"))
    mjml = models.TextField()
    html = models.TextField(help_text="What the source was compiled to; its CSS is inlined where it is sent.")
    # Goes up by one with every save. Whoever saves names the one she began from, so that nobody overwrites another.
    revision = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.public_id


class DesignVersion(models.Model):
    """How a design stood once; it can be brought back. It is written once and never edited."""

    design = models.ForeignKey(Design, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=120, blank=True, help_text="Why it was kept, where somebody said so.")
    mjml = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["design", "-number"]
        constraints = [
            # A design's versions, newest first, are read by it too.
            models.UniqueConstraint(fields=["design", "number"], name="design_version_once"),
        ]

    def __str__(self) -> str:
        return self.label or f"version {self.number}"


class OwnTemplate(models.Model):
    """A design that somebody put on the shelf, to begin other messages from."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "tmpl"))
    name = models.CharField(max_length=120, unique=True)
    mjml = models.TextField()
    html = models.TextField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        verbose_name = "own template"

    def __str__(self) -> str:
        return self.name


class Image(models.Model):
    """A picture as it is served: re-encoded, named by its content, never changed, for mails refer to it for ever."""

    digest = models.CharField(max_length=64, primary_key=True, help_text="SHA-256 of the content, in hexadecimal.")
    kind = models.CharField(max_length=4, help_text="What it ends in: png, jpg or gif.")
    name = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    content = models.BinaryField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            # The newest pictures, to choose from.
            models.Index(fields=["-created_at"], name="image_newest"),
        ]

    def __str__(self) -> str:
        return self.name or self.digest[:12]
