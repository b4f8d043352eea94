"""By what points are earned, that they were earned, and those that still wait."""

from functools import partial

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models import Campaign, Voucher
from segments.models import Segment


class EarningRule(models.Model):
    """What a customer does, and how many points her card of the campaign gets for it."""

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "ern"))
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, db_index=False, related_name="earning_rules")
    event = models.CharField(max_length=300, help_text="order.paid, customer.segment.entered or a custom event.")
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="earning_rules")
    banner = models.CharField(max_length=255, blank=True, help_text="Its name, as customers may read it.")
    loyalty = models.JSONField(help_text='{"type": "FIXED", "points": 50}, or a proportion')
    pending_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="How long its points wait.")
    expiration_rules = models.JSONField(null=True, blank=True, help_text="When its points lapse, if not as usual.")
    active = models.BooleanField(default=True)
    start_date = models.DateTimeField(null=True, blank=True)
    expiration_date = models.DateTimeField(null=True, blank=True)
    validity = models.JSONField(null=True, blank=True, help_text="Which hours and days within its dates count.")
    metadata = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            # A campaign's page of rules.
            models.Index(fields=["campaign", "id"], name="earning_rule_of_campaign"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(event="customer.segment.entered", segment__isnull=False)
                | (~Q(event="customer.segment.entered") & Q(segment__isnull=True)),
                name="earning_rule_names_its_segment",
            ),
            models.CheckConstraint(
                condition=Q(pending_days__isnull=True) | Q(event="order.paid"), name="earning_rule_waits_for_orders"
            ),
        ]

    def __str__(self) -> str:
        return self.banner or self.public_id


class Earning(models.Model):
    """A card earned points by a rule for one event: once, however often the event is looked at."""

    # A rule that goes leaves behind what was earned by it.
    rule = models.ForeignKey(EarningRule, null=True, on_delete=models.SET_NULL, db_index=False, related_name="earnings")
    event_id = models.UUIDField()
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_index=False, related_name="earnings")
    points = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "event_id", "voucher"], name="earned_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="earning_is_something"),
        ]

    def __str__(self) -> str:
        return f"{self.points} points"


class PendingPoints(models.Model):
    """Points that were earned and wait for their day: then they come onto the card, unless they were canceled."""

    class State(models.TextChoices):
        PENDING = "PENDING", "Waiting"
        ACTIVATED = "ACTIVATED", "On the card"
        CANCELED = "CANCELED", "Canceled"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "lopp"))
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, db_index=False, related_name="pending_entries")
    order_public_id = models.CharField(max_length=40, blank=True)
    points = models.BigIntegerField()
    activates_on = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    lapsing = models.JSONField(null=True, blank=True, help_text="When they lapse, if not as usual on this card.")
    details = models.JSONField(default=dict, help_text="The event, rule and order by which they were earned.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "pending points"
        indexes = [
            # Whose day has come?
            models.Index(fields=["activates_on"], name="pending_points_due", condition=Q(state="PENDING")),
            models.Index(fields=["voucher", "-id"], name="pending_points_of_voucher"),
            # Which points wait because of this order?
            models.Index(fields=["order_public_id"], name="pending_points_of_order", condition=Q(state="PENDING")),
        ]
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="pending_points_not_below_zero")]

    def __str__(self) -> str:
        return self.public_id
