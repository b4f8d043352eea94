"""What may be said: which metadata the objects of each kind may carry."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id


class MetadataSchema(models.Model):
    """The definitions of one kind of object's metadata, or of a nested object's that such definitions refer to."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ms"))
    related_object = models.CharField(max_length=128, unique=True)
    properties = models.JSONField(default=dict, blank=True, help_text='{"lang": {"type": "string", "optional": true}}')
    allow_defined_only = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["related_object"]

    def __str__(self) -> str:
        return self.related_object
