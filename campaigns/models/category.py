"""A drawer for campaigns and codes, and which drawer comes first when discounts are stacked."""

from functools import partial

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.querysets import CategoryQuerySet


class Category(models.Model):
    """Campaigns and codes of one sort; where several apply to one order, the lowest hierarchy comes first."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "cat"))
    name = models.CharField(max_length=120, unique=True)
    hierarchy = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["hierarchy", "id"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name
