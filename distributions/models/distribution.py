"""The standing order: when this happens to a customer, give her that and tell her so, in these words."""

from functools import partial
from typing import Final

from django.db import models
from django.db.models.functions import Now

from access.identifiers import new_public_id
from campaigns.models import Campaign, PromotionTier
from designs.models import Design
from distributions.models.connection import Connection
from segments.models import Segment


class Distribution(models.Model):
    """A standing order: when this happens to a customer, give her that and tell her so. A draft is one too."""

    # What it names, to be loaded with it.
    NAMED: Final = ("segment", "campaign", "promotion_tier__campaign")

    class Type(models.TextChoices):
        AUTOMATIC = "automatic", "Automatic"
        MANUAL = "manual", "One-time"

    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        LIVE = "LIVE", "Live"
        PAUSED = "PAUSED", "Paused"
        STOPPED = "STOPPED", "Stopped"
        DONE = "DONE", "Done"

    class Action(models.TextChoices):
        PUBLISH_CODE = "publish_code", "Send a unique code"
        PROMOTION = "promotion", "Tell of a promotion"
        MESSAGE = "message", "Send a message without a code"

    class Frequency(models.TextChoices):
        ONCE = "once", "Once per customer"
        EVERY_ENTRY = "every_entry", "Each time she enters the segment"
        EVERY_EVENT = "every_event", "Each time the event happens"

    class PoolEmpty(models.TextChoices):
        WAIT = "wait", "Wait for new codes"
        SKIP = "skip", "Send nothing"

    class CodeOnReentry(models.TextChoices):
        NEW = "new", "A new code"
        SAME = "same", "The same code again"

    class Uncertain(models.TextChoices):
        RESEND = "resend", "Send again (perhaps twice, never zero times)"
        HOLD = "hold", "Do not send again (perhaps zero times, never twice)"

    public_id = models.CharField(max_length=40, unique=True, default=partial(new_public_id, "distr"))
    name = models.CharField(max_length=255, blank=True)
    type = models.CharField(max_length=10, choices=Type, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    trigger_event = models.CharField(max_length=300, blank=True)
    segment = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions")
    action = models.CharField(max_length=20, choices=Action, default=Action.PUBLISH_CODE)
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    promotion_tier = models.ForeignKey(
        PromotionTier, null=True, blank=True, on_delete=models.PROTECT, related_name="distributions",
        help_text="What it tells of, of its campaign; customers get no code.",
    )  # fmt: skip

    frequency = models.CharField(max_length=12, choices=Frequency, default=Frequency.EVERY_ENTRY)
    cooldown_days = models.PositiveIntegerField(null=True, blank=True)
    include_current_members = models.BooleanField(default=False)
    delay_minutes = models.PositiveIntegerField(default=0)
    recheck = models.BooleanField(default=True)
    stop_if_event = models.CharField(max_length=300, blank=True)
    quiet_hours = models.JSONField(null=True, blank=True, help_text='{"from": "21:00", "to": "08:00"}')
    holdout_percent = models.PositiveSmallIntegerField(default=0)
    when_pool_empty = models.CharField(max_length=6, choices=PoolEmpty, default=PoolEmpty.WAIT)
    code_on_reentry = models.CharField(max_length=6, choices=CodeOnReentry, default=CodeOnReentry.NEW)
    uncertain = models.CharField(
        max_length=8, choices=Uncertain, blank=True, help_text="Not said: as each channel does by default."
    )

    tracks = models.BooleanField(default=True, help_text="Its mail tells who opens it and clicks its links.")

    live_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            # Which standing orders wait for this event? Drafts too: one may be going live at this moment.
            models.Index(
                fields=["trigger_event"],
                name="distribution_waiting",
                condition=models.Q(status__in=["DRAFT", "LIVE", "PAUSED"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status="DRAFT") | (~models.Q(trigger_event="") & ~models.Q(name="")),
                name="distribution_live_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.name or "Untitled draft"

    @property
    def gives_codes(self) -> bool:
        return self.action == self.Action.PUBLISH_CODE


class DistributionChannel(models.Model):
    """One way out of a distribution, and the words for it."""

    class Type(models.TextChoices):
        EMAIL = "email", "E-mail"
        WEBHOOK = "webhook", "Webhook"
        MAILBOX = "mailbox", "Built-in mailbox"
        SMS = "sms", "SMS"
        MAILCHIMP = "mailchimp", "Mailchimp"
        INTERCOM = "intercom", "Intercom"
        BRAZE = "braze", "Braze"
        ACTIVECAMPAIGN = "activecampaign", "ActiveCampaign"

    class Purpose(models.TextChoices):
        MARKETING = "marketing", "Marketing"
        TRANSACTIONAL = "transactional", "Transactional"

    distribution = models.ForeignKey(Distribution, on_delete=models.CASCADE, related_name="channels")
    position = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(max_length=20, choices=Type)
    connection = models.ForeignKey(
        Connection, null=True, blank=True, on_delete=models.PROTECT, related_name="channels",
        help_text="The account it goes out by; none where the channel needs none.",
    )  # fmt: skip
    purpose = models.CharField(max_length=20, choices=Purpose, blank=True, help_text="Not said: treated as marketing.")
    subject = models.CharField(max_length=400, blank=True)
    preheader = models.CharField(max_length=400, blank=True)
    html = models.TextField(blank=True)
    inlined_html = models.TextField(blank=True, help_text="The HTML with its CSS inlined, made once when saved.")
    text = models.TextField(blank=True)
    # A letter may be drawn in the visual editor: then its HTML is what this design was compiled to at that revision.
    design = models.OneToOneField(Design, null=True, blank=True, on_delete=models.SET_NULL, related_name="channel")
    design_revision = models.PositiveIntegerField(null=True, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    headers = models.JSONField(
        default=dict, blank=True, help_text="A webhook's headers, each value encrypted: they often hold a key."
    )
    payload = models.JSONField(null=True, blank=True)
    fields = models.JSONField(default=dict, blank=True, help_text="A tool's field -> what is written into it (Liquid).")
    tags = models.JSONField(default=list, blank=True)
    event = models.CharField(max_length=255, blank=True, help_text="The event told to a tool.")
    message = models.JSONField(
        null=True, blank=True, help_text="What a tool writes to the customer: type, from, subject, body and template."
    )
    sealed_secret = models.TextField(blank=True, help_text="The webhook's signing secret, encrypted.")
    sealed_secret_before = models.TextField(blank=True, help_text="The one before it, which signs too for a while.")
    secret_made_at = models.DateTimeField(null=True, blank=True, help_text="When the secret was exchanged last.")

    class Meta:
        ordering = ["distribution", "position"]
        constraints = [
            models.UniqueConstraint(fields=["distribution", "position"], name="channel_once_per_position"),
        ]

    def __str__(self) -> str:
        return self.type

    @property
    def tells_whole_customers(self) -> bool:
        """Tell whether its messages carry all that is known of a customer: a webhook without a payload of its own."""
        return self.type == self.Type.WEBHOOK and self.payload is None

    @property
    def is_told(self) -> bool:
        """Tell whether a tool is told anything yet."""
        return bool(self.fields or self.tags or self.event or self.message)

    @property
    def is_marketing(self) -> bool:
        """Whether its mail must offer to unsubscribe and name the sender: all but what is said to be transactional."""
        return self.purpose != self.Purpose.TRANSACTIONAL
