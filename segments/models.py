"""Who belongs together: segments, who is in them now, and every time somebody came and went."""

from functools import partial

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from customers.models import Customer


class Segment(models.Model):
    """A rule (or a fixed list) that says which customers belong together."""

    class Type(models.TextChoices):
        AUTO_UPDATE = "auto-update", "Auto-update"
        PASSIVE = "passive", "Passive"
        STATIC = "static", "Static"

    class Fill(models.TextChoices):
        WAITING = "waiting", "Waiting to be filled"
        RUNNING = "running", "Being filled"
        DONE = "done", "Up to date"
        FAILED = "failed", "Filling failed"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "seg"))
    name = models.CharField(max_length=255)
    description = models.CharField(max_length=400, blank=True)
    type = models.CharField(max_length=12, choices=Type, default=Type.AUTO_UPDATE)
    filter = models.JSONField(null=True, blank=True, help_text="The condition tree; null for a static segment.")
    listens_to = ArrayField(
        models.CharField(max_length=400),
        default=list,
        help_text="Keys that can change its members: event:NAME, attribute:PATH, segment:ID, customer.",
    )
    revision = models.PositiveIntegerField(default=1, help_text="Grows with every change of the filter.")
    fill = models.CharField(max_length=10, choices=Fill, default=Fill.WAITING)
    fill_cursor = models.BigIntegerField(default=0, help_text="Customers up to this id are done.")
    fill_total = models.BigIntegerField(default=0, help_text="The highest customer id when the fill began.")
    fill_silent = models.BooleanField(
        default=True, help_text="Whether the fill records members without telling anybody."
    )
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [GinIndex(fields=["listens_to"], name="segment_listens_to")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(type="static", filter__isnull=True) | ~models.Q(type="static"),
                name="segment_static_has_no_filter",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Whether a customer is in a segment, how often she entered, and when time alone may change that."""

    pk = models.CompositePrimaryKey("segment_id", "customer_id")
    # Members come by the thousand while their segment and their customers are held; triggers keep what has some: no
    # check for each.
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="memberships"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False, related_name="memberships")
    is_member = models.BooleanField()
    epoch = models.PositiveIntegerField(default=0, help_text="The number of times she entered.")
    revision = models.PositiveIntegerField(default=1, help_text="The segment's revision this was decided under.")
    changed_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # The members of a segment, newest first, and their count.
            models.Index(
                fields=["segment", "-changed_at"], name="membership_members", condition=models.Q(is_member=True)
            ),
            # Which memberships may flip by time alone, now.
            models.Index(
                fields=["next_check_at"], name="membership_wakeups", condition=models.Q(next_check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} in segment {self.segment_id}: {self.is_member}"


class Entry(models.Model):
    """One stay of a customer in a segment: entered, by what cause, and perhaps left again."""

    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="entries"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, db_constraint=False, related_name="entries")
    epoch = models.PositiveIntegerField()
    entered_at = models.DateTimeField()
    cause_event_id = models.UUIDField(
        null=True, help_text="The event that made it true; null: time, a fill or an edit."
    )
    left_at = models.DateTimeField(null=True)
    left_cause_event_id = models.UUIDField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "entries"
        indexes = [
            # Who came and who went, on the segment's page, newest first.
            models.Index(fields=["segment", "-entered_at"], name="entry_entered"),
            models.Index(fields=["segment", "-left_at"], name="entry_left", condition=models.Q(left_at__isnull=False)),
        ]
        constraints = [
            # An edge is recorded once, whoever evaluates.
            models.UniqueConstraint(fields=["segment", "customer", "epoch"], name="entry_once_per_epoch"),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id} entered segment {self.segment_id} ({self.epoch})"
