"""One form per step of the wizard. A form asks in a marketer's words and answers in the API's.

Nothing is required here: a draft may be left half done. What is missing is said by ``lifecycle.missing``.
"""

from typing import Any

from django import forms

from campaigns.models import Campaign, PromotionTier
from distributions import connecting
from distributions.models import Distribution, DistributionChannel
from segments.models import Segment

MINUTES = {"minutes": 1, "hours": 60, "days": 1440}


def dress(form: forms.Form) -> None:
    """Give every box the frame's look; choices drawn as cards are drawn by their templates."""
    for field in form.fields.values():
        if not isinstance(field.widget, forms.CheckboxInput):
            look = field.widget.attrs.get("class", "")
            field.widget.attrs["class"] = f"f-input {look}".strip()


class StepForm(forms.Form):
    """A step: ``initial_of`` reads the draft, ``as_draft`` returns what the step says, as the API would say it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        dress(self)

    @classmethod
    def initial_of(cls, distribution: Distribution) -> dict[str, Any]:
        raise NotImplementedError

    def as_draft(self) -> dict[str, Any]:
        raise NotImplementedError


class TypeForm(StepForm):
    type = forms.ChoiceField(choices=Distribution.Type, required=False, widget=forms.RadioSelect)

    @classmethod
    def initial_of(cls, distribution: Distribution) -> dict[str, Any]:
        return {"type": distribution.type}

    def as_draft(self) -> dict[str, Any]:
        return {"type": self.cleaned_data["type"]} if self.cleaned_data["type"] else {}


class NameForm(StepForm):
    name = forms.CharField(
        max_length=255,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Cart rescue, 5% off", "autofocus": True, "autocomplete": "off"}),
        error_messages={"max_length": "A name has at most 255 characters."},
    )

    @classmethod
    def initial_of(cls, distribution: Distribution) -> dict[str, Any]:
        return {"name": distribution.name}

    def as_draft(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"]}


class ChannelForm(StepForm):
    kinds = forms.MultipleChoiceField(
        choices=DistributionChannel.Type.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    uncertain = forms.ChoiceField(
        choices=Distribution.Uncertain,
        required=False,
        label="When a connection breaks and nobody can tell whether the message arrived",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uncertain"].choices = [("", "As usual for the channel"), *Distribution.Uncertain.choices]  # type: ignore[attr-defined]
        reachable = {*connecting.reachable(), *(self.initial.get("kinds") or ())}
        kinds = [choice for choice in DistributionChannel.Type.choices if choice[0] in reachable]
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]
        for kind in DistributionChannel.Type.values:
            self.fields[f"connection_{kind}"] = forms.CharField(max_length=40, required=False)

    @classmethod
    def initial_of(cls, distribution: Distribution) -> dict[str, Any]:
        channels = distribution.channels.all()
        accounts = {f"connection_{one.type}": one.connection.public_id for one in channels if one.connection}
        return {"kinds": [one.type for one in channels], "uncertain": distribution.uncertain, **accounts}

    def as_draft(self, channels: list[dict[str, Any]] | None = None) -> dict[str, Any]:
        """Keep the words of a channel that stays; add the new ones empty, in the order of the cards."""
        written = {channel["type"]: channel for channel in channels or []}
        said = self.cleaned_data
        accounts = {kind: said[f"connection_{kind}"] for kind in said["kinds"] if f"connection_{kind}" in self.data}
        wanted = [
            written.get(kind, {"type": kind}) | ({"connection_id": accounts[kind] or None} if kind in accounts else {})
            for kind in said["kinds"]
        ]
        return {"channels": wanted, "policy": {"uncertain": said["uncertain"] or None}}


class AudienceForm(StepForm):
    ENTERED, LEFT, EVENT = "customer.segment.entered", "customer.segment.left", "event"
    TRIGGERS = (
        (ENTERED, "A customer enters a segment"),
        (LEFT, "A customer leaves a segment"),
        (EVENT, "An event happens"),
    )
    UNITS = (("minutes", "minutes"), ("hours", "hours"), ("days", "days"))

    trigger = forms.ChoiceField(choices=TRIGGERS, required=False, widget=forms.RadioSelect, initial=ENTERED)
    segment = forms.ModelChoiceField(
        Segment.objects.none(),
        required=False,
        to_field_name="public_id",
        error_messages={"invalid_choice": "That segment does not exist any more. Choose another one."},
    )
    event = forms.CharField(max_length=300, required=False, label="Event")
    frequency = forms.ChoiceField(choices=Distribution.Frequency, required=False, widget=forms.RadioSelect)
    cooldown_days = forms.IntegerField(
        min_value=1, max_value=3650, required=False, label="Leave at least this many days between two messages"
    )
    include_current_members = forms.BooleanField(required=False, label="Include the customers who are inside already")
    delay = forms.IntegerField(min_value=0, max_value=525_600, required=False, label="Wait")
    delay_unit = forms.ChoiceField(choices=UNITS, required=False)
    recheck = forms.BooleanField(required=False, label="Look again before sending: only customers who still belong")
    stop_if_event = forms.CharField(max_length=300, required=False, label="Do not send once this has happened")
    quiet_from = forms.TimeField(
        required=False, label="No messages from", widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_to = forms.TimeField(required=False, label="until", widget=forms.TimeInput(attrs={"type": "time"}))
    holdout_percent = forms.IntegerField(
        min_value=0, max_value=50, required=False, label="Hold out this percentage to measure what the message does"
    )
    untracked = forms.BooleanField(required=False, label="Do not track who opens it and clicks its links")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["segment"].queryset = Segment.objects.order_by("name")  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, distribution: Distribution) -> dict[str, Any]:
        by_segment = distribution.trigger_event in ("", cls.ENTERED, cls.LEFT)
        unit = _largest_unit(distribution.delay_minutes)
        quiet = distribution.quiet_hours or {}
        return {
            "trigger": (distribution.trigger_event or cls.ENTERED) if by_segment else cls.EVENT,
            "segment": distribution.segment and distribution.segment.public_id,
            "event": "" if by_segment else distribution.trigger_event,
            "frequency": distribution.frequency,
            "cooldown_days": distribution.cooldown_days,
            "include_current_members": distribution.include_current_members,
            "delay": distribution.delay_minutes // MINUTES[unit],
            "delay_unit": unit,
            "recheck": distribution.recheck,
            "stop_if_event": distribution.stop_if_event,
            "quiet_from": quiet.get("from", ""),
            "quiet_to": quiet.get("to", ""),
            "holdout_percent": distribution.holdout_percent,
            "untracked": not distribution.tracks,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if bool(cleaned.get("quiet_from")) != bool(cleaned.get("quiet_to")):
            self.add_error("quiet_to", "Quiet hours need both a beginning and an end.")
        return cleaned

    def as_draft(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"trigger": self._trigger(), "policy": {
            "frequency": said["frequency"] or Distribution.Frequency.EVERY_ENTRY,
            "cooldown_days": said["cooldown_days"],
            "include_current_members": said["include_current_members"] and said["trigger"] == self.ENTERED,
            "delay_minutes": (said["delay"] or 0) * MINUTES[said["delay_unit"] or "minutes"],
            "recheck": said["recheck"],
            "stop_if_event": said["stop_if_event"] or None,
            "quiet_hours": self._quiet_hours(),
            "holdout_percent": said["holdout_percent"] or 0,
            "tracks": not said["untracked"],
        }}  # fmt: skip

    def _trigger(self) -> dict[str, Any]:
        said = self.cleaned_data
        event = said["event"] if said["trigger"] == self.EVENT else said["trigger"] or self.ENTERED
        return {"event": event, "segment_id": said["segment"].public_id if said["segment"] else None}

    def _quiet_hours(self) -> dict[str, str] | None:
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_to"]
        return {"from": f"{begin:%H:%M}", "to": f"{end:%H:%M}"} if begin and end else None


class CampaignForm(StepForm):
    action = forms.ChoiceField(choices=Distribution.Action, required=False, widget=forms.RadioSelect)
    campaign: "forms.ModelChoiceField[Campaign]" = forms.ModelChoiceField(
        Campaign.objects.none(),
        required=False,
        to_field_name="public_id",
        error_messages={"invalid_choice": "That campaign does not exist any more. Choose another one."},
    )
    promotion_tier: "forms.ModelChoiceField[PromotionTier]" = forms.ModelChoiceField(
        PromotionTier.objects.none(),
        required=False,
        to_field_name="public_id",
        error_messages={"invalid_choice": "That promotion does not exist any more. Choose another one."},
    )
    when_pool_empty = forms.ChoiceField(choices=Distribution.PoolEmpty, required=False, label="When no code is left")
    code_on_reentry = forms.ChoiceField(
        choices=Distribution.CodeOnReentry, required=False, label="A customer who gets this a second time receives"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with_codes = Campaign.objects.exclude(campaign_type=Campaign.Kind.PROMOTION)
        self.fields["campaign"].queryset = with_codes.order_by("name")  # type: ignore[attr-defined]
        self.fields["promotion_tier"].queryset = PromotionTier.objects.all()  # type: ignore[attr-defined]

    @classmethod
    def initial_of(cls, distribution: Distribution) -> dict[str, Any]:
        return {
            "action": distribution.action,
            "campaign": distribution.campaign and distribution.campaign.public_id,
            "promotion_tier": distribution.promotion_tier and distribution.promotion_tier.public_id,
            "when_pool_empty": distribution.when_pool_empty,
            "code_on_reentry": distribution.code_on_reentry,
        }

    def as_draft(self) -> dict[str, Any]:
        said = self.cleaned_data
        policy = {key: said[key] for key in ("when_pool_empty", "code_on_reentry") if said[key]}
        kind = said["action"] or Distribution.Action.PUBLISH_CODE
        field = "promotion_tier" if kind == Distribution.Action.PROMOTION else "campaign"
        chosen = said[field].public_id if said[field] else None
        return {"action": {"type": kind, f"{field}_id": chosen}, "policy": policy}


def _largest_unit(minutes: int) -> str:
    """Return the largest unit in which this many minutes are a whole number."""
    return next(
        unit for unit in ("days", "hours", "minutes") if minutes % MINUTES[unit] == 0 and (minutes or unit == "minutes")
    )
