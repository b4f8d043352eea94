"""A validation rule, and what it is put on."""

from functools import partial
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models.campaign import Campaign
from campaigns.models.promotion import PromotionTier
from campaigns.models.voucher import Voucher
from campaigns.querysets import RuleAssignmentQuerySet, ValidationRuleQuerySet

# What an assignment points at by a column of its own; everything else is named by its id alone.
POINTED_AT: Final = ("campaign", "voucher", "promotion_tier")


def _points_at(kind: str) -> Q:
    """An assignment of this kind points at such a thing, and at no other."""
    return Q(related_object_type=kind, **{f"{each}__isnull": each != kind for each in POINTED_AT})


class ValidationRule(models.Model):
    """Who may redeem, when, and for which products; in the stored form of ``campaigns.rules``."""

    class Type(models.TextChoices):
        EXPRESSION = "expression", "Expression"
        BASIC = "basic", "Basic"
        ADVANCED = "advanced", "Advanced"
        COMPLEX = "complex", "Complex"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "val"))
    name = models.CharField(max_length=255)
    type = models.CharField(max_length=12, choices=Type, default=Type.EXPRESSION)
    context_type = models.CharField(max_length=100, default="global")
    rules = models.JSONField(default=dict)
    applicable_to = models.JSONField(default=dict)
    message = models.CharField(max_length=1000, blank=True, help_text="What to tell whoever does not meet it.")
    segments = ArrayField(models.CharField(max_length=255), default=list, help_text="The segments it asks about.")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    objects = ValidationRuleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class RuleAssignment(models.Model):
    """A rule is put on something; the same rule on the same thing once."""

    class On(models.TextChoices):
        VOUCHER = "voucher", "Voucher"
        CAMPAIGN = "campaign", "Campaign"
        PROMOTION_TIER = "promotion_tier", "Promotion tier"
        EARNING_RULE = "earning_rule", "Earning rule"
        DISTRIBUTION = "distribution", "Distribution"
        REWARD_ASSIGNMENT = "reward_assignment", "Reward assignment"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "asgm"))
    rule = models.ForeignKey(ValidationRule, on_delete=models.PROTECT, db_index=False, related_name="assignments")
    related_object_type = models.CharField(max_length=20, choices=On)
    related_object_id = models.CharField(max_length=255)
    # What goes takes its assignments along. The migration lets the database itself do so, as pools are deleted there.
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        db_constraint=False,
        related_name="rule_assignments",
    )
    voucher = models.ForeignKey(
        Voucher,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        db_constraint=False,
        related_name="rule_assignments",
    )
    promotion_tier = models.ForeignKey(
        PromotionTier,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="rule_assignments",
    )
    created_at = models.DateTimeField(db_default=Now())

    objects = RuleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Which rules are on these vouchers, or these campaigns?
            models.Index(fields=["voucher"], name="rule_on_voucher", condition=Q(voucher__isnull=False)),
            models.Index(fields=["campaign"], name="rule_on_campaign", condition=Q(campaign__isnull=False)),
            models.Index(
                fields=["promotion_tier"], name="rule_on_promotion_tier", condition=Q(promotion_tier__isnull=False)
            ),
            models.Index(fields=["related_object_id"], name="rule_on_object"),
        ]
        constraints = [
            # Its index also tells where a rule is used.
            models.UniqueConstraint(
                fields=["rule", "related_object_type", "related_object_id"], name="rule_assigned_once"
            ),
            models.CheckConstraint(
                condition=_points_at("campaign")
                | _points_at("voucher")
                | _points_at("promotion_tier")
                | (~Q(related_object_type__in=POINTED_AT) & Q(**{f"{each}__isnull": True for each in POINTED_AT})),
                name="rule_assigned_to_what_it_says",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
