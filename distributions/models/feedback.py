"""What came back after a message was handed over: each report of a provider once, and what all of them come to."""

from django.db import models
from django.db.models.functions import Now

from distributions.models.delivery import Delivery
from distributions.models.distribution import Distribution


class Feedback(models.Model):
    """One thing that a provider, or our own links, told of a message. Written once, by the id its teller gave it."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", "Taken by the provider"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        COMPLAINED = "complained", "Called unwanted"
        OPENED = "opened", "Opened"
        CLICKED = "clicked", "Clicked"
        FAILED = "failed", "Not delivered"
        UNSUBSCRIBED = "unsubscribed", "Unsubscribed"
        RESUBSCRIBED = "resubscribed", "Wants messages again"

    provider = models.CharField(max_length=40)
    provider_event_id = models.CharField(max_length=255)
    # Deliveries are many and written fast; a report of one that is gone is kept without it.
    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="feedback"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    is_permanent = models.BooleanField(default=True, help_text="Of a bounce: whether the address will never do.")
    is_machine = models.BooleanField(default=False, help_text="A scanner did it, and no person: it counts nowhere.")
    at = models.DateTimeField(help_text="When it happened, as the provider says.")
    received_at = models.DateTimeField(db_default=Now())
    raw = models.JSONField(default=dict, help_text="The provider's own words, as far as they are short.")

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "feedback"
        indexes = [
            # What was told of one message.
            models.Index(fields=["delivery"], name="feedback_of_delivery", condition=models.Q(delivery__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_event_id"], name="feedback_once"),
        ]

    def __str__(self) -> str:
        return f"{self.provider}: {self.kind}"

    @property
    def teller(self) -> str:
        """Who told it, in a word: a provider's name, without that of the account."""
        return "our own links" if self.provider == "links" else self.provider.partition(":")[0]


class Reception(models.Model):
    """What all feedback on a message comes to: when each thing happened first. Its delivery's own row stays narrow."""

    delivery = models.OneToOneField(
        Delivery, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="reception"
    )
    # Tests have none: they count nowhere.
    distribution = models.ForeignKey(
        Distribution, null=True, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="+"
    )
    delivered_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=12, blank=True, help_text="Whether it bounced, or failed otherwise.")
    complained_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-delivery"]
        indexes = [
            # A distribution's counts of what arrived, was opened and clicked.
            models.Index(
                fields=["distribution"],
                include=["delivered_at", "opened_at", "clicked_at", "complained_at"],
                name="reception_of_distribution",
            ),
        ]

    def __str__(self) -> str:
        return f"reception of {self.delivery_id}"


class Attribution(models.Model):
    """A redemption that a message brought about, and what the order was worth: the last message with that code."""

    redemption_id = models.UUIDField(unique=True)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="attributions"
    )
    distribution = models.ForeignKey(
        Distribution, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="attributions"
    )
    revenue = models.BigIntegerField(default=0, help_text="Cents of the order before discounts, once per order.")
    discount_amount = models.BigIntegerField(default=0, help_text="Cents that the code took off it.")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["distribution"],
                include=["delivery", "revenue", "discount_amount"],
                name="attribution_of_distribution",
                condition=models.Q(taken_back_at__isnull=True),
            ),
            # Which messages were redeemed, and what became of one.
            models.Index(fields=["delivery"], name="attribution_of_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.redemption_id} by {self.delivery_id}"
