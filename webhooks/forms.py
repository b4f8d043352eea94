"""A webhook on the screen: where to, and of which events, picked by what they are about."""

from dataclasses import dataclass
from typing import Any

from django import forms

from events import catalogue
from events.models import EventDefinition
from webhooks import names
from webhooks.models import Sendout, Webhook

OWN_MOST = 300


@dataclass(frozen=True)
class Choice:
    name: str
    sentence: str
    is_picked: bool


@dataclass(frozen=True)
class Group:
    """Events about one subject."""

    title: str
    choices: list[Choice]

    @property
    def picked(self) -> int:
        return sum(choice.is_picked for choice in self.choices)


class WebhookForm(forms.Form):
    target_url = forms.CharField(
        label="Address",
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://shop.example/webhooks"}),
        error_messages={"required": "Say where to send them: an address that begins with https://."},
    )
    is_active = forms.BooleanField(required=False, initial=True, label="On")
    whole = forms.ChoiceField(
        choices=[("all", "All events, also those that come to be later"), ("some", "Some events")],
        initial="some",
        widget=forms.RadioSelect,
    )

    def picked(self) -> list[str]:
        """Return the events as picked, in the posted order; before anything was posted, as they are stored."""
        if self.is_bound and hasattr(self.data, "getlist"):
            return list(self.data.getlist("events"))
        return list(self.initial.get("events", []))

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("whole") == "some" and not self.picked():
            self.add_error(None, "Pick at least one event, or all.")
        return told

    def body(self) -> dict[str, Any]:
        """Return what the API would be told."""
        told = self.cleaned_data
        events = [names.EVERYTHING] if told["whole"] == "all" else self.picked()
        return {"target_url": told["target_url"], "events": events, "active": told["is_active"]}

    def groups(self) -> list[Group]:
        """Return everything that can be picked, by subject: the catalogue, the shop's own, and what else is stored."""
        picked = set(self.picked()) - {names.EVERYTHING}
        subjects: dict[str, list[Choice]] = {}
        for event in catalogue.KNOWN.values():
            chosen = Choice(event.name, event.sentence, event.name in picked)
            subjects.setdefault(event.subject.capitalize(), []).append(chosen)
        own = list(EventDefinition.objects.values_list("name", flat=True)[:OWN_MOST])
        groups = [Group(title, choices) for title, choices in subjects.items()]
        groups.append(Group("Your own events", [Choice(name, "", name in picked) for name in own]))
        rest = sorted(picked - catalogue.KNOWN.keys() - set(own))
        groups.append(Group("By other names", [Choice(name, "", True) for name in rest]))
        return [group for group in groups if group.choices]


def form_of(webhook: Webhook, posted: Any = None) -> WebhookForm:
    is_whole = names.EVERYTHING in webhook.events
    return WebhookForm(
        posted,
        initial={
            "target_url": webhook.target_url,
            "is_active": webhook.is_active,
            "whole": "all" if is_whole else "some",
            "events": webhook.events,
        },
    )


class SendoutFilter(forms.Form):
    """What the list of sendouts can be narrowed by."""

    webhook = forms.ModelChoiceField(Webhook.objects.all(), required=False, empty_label="Every address")
    state = forms.ChoiceField(choices=[("", "Any state"), *Sendout.State.choices], required=False)
    type = forms.CharField(required=False, max_length=300)
