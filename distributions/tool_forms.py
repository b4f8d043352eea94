"""What a tool is told, as one form for every tool: its provider's declaration says which parts there are."""

import re
from typing import Any, cast

from django import forms
from django.http import QueryDict

from distributions import message_forms
from distributions.channels import PROVIDERS, kind_of
from distributions.channels.providers import Provider, Takes
from distributions.composing import contents
from distributions.message_forms import MessageForm
from distributions.models import Connection, DistributionChannel

BLANK_ROWS = 1
FIELDS_MOST = 50


class ToolForm(MessageForm):
    """Rows of field and value, tags, an event. Rows come as two lists of equal length, `field` and `value`."""

    connection_id = forms.ChoiceField(required=False, label="Account")
    tags = forms.CharField(
        required=False, label="Tags", max_length=2_000, widget=forms.TextInput(attrs={"data-merge-target": ""})
    )
    event = forms.CharField(
        required=False, label="Event", max_length=255, widget=forms.TextInput(attrs={"data-merge-target": ""})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = _provider(self.initial["type"])
        self.has_accounts = _offer_accounts(self, self.provider)
        for part in (Takes.TAGS, Takes.EVENT):
            if part not in self.provider.takes:
                del self.fields[part]

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        is_blank = not (channel.fields or channel.tags or channel.event)
        return {
            "type": channel.type,
            "connection_id": channel.connection.public_id if channel.connection else "",
            "rows": list((contents.first_fields(channel) if is_blank else channel.fields).items()),
            "tags": ", ".join(channel.tags),
            "event": channel.event,
        }

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Return the rows to draw, with a blank one at the end."""
        rows = self._posted() if self.is_bound else self.initial["rows"]
        return [*rows, *[("", "")] * BLANK_ROWS]

    def _posted(self) -> list[tuple[str, str]]:
        posted = cast(QueryDict, self.data)
        names, values = posted.getlist("field"), posted.getlist("value")
        pairs = zip(map(str.strip, names), map(str.strip, values), strict=False)
        return [(name, value) for name, value in pairs if name or value]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        rows = self._posted()
        for sentence in self._odd(rows):
            self.add_error(None, sentence)
        return {**cleaned, "fields": dict(rows)}

    def _odd(self, rows: list[tuple[str, str]]) -> list[str]:
        """Return what is wrong with the rows, as sentences."""
        label, names = self.provider.field_label, [name for name, _ in rows]
        found = [f"Name the {label.lower()} that “{value[:40]}” goes into." for name, value in rows if not name]
        found += [
            f"“{name[:40]}” cannot be a {label.lower()}. {self.provider.field_help}".strip()
            for name in names
            if name and not re.fullmatch(self.provider.field_pattern, name)
        ]
        twice = sorted({name for name in names if name and names.count(name) > 1})
        return [*found, *(f"“{name}” is there twice." for name in twice)]

    def clean_tags(self) -> list[str]:
        return list(dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["tags"].split(",")))))

    def as_channel(self) -> dict[str, Any]:
        names = ("connection_id", "fields", "tags", "event")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class TextForm(MessageForm):
    """The words of a text message, and the account it goes out by."""

    connection_id = forms.ChoiceField(required=False, label="Account")
    text = forms.CharField(
        required=False,
        label="Text message",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "true", "data-text": "", "data-merge-target": ""}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_accounts = _offer_accounts(self, _provider(self.initial["type"]))

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        account = channel.connection.public_id if channel.connection else ""
        return {"type": channel.type, "connection_id": account, "text": channel.text}

    def as_channel(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"], "connection_id": self.cleaned_data["connection_id"] or None}


def _offer_accounts(form: forms.Form, provider: Provider) -> bool:
    """Let a form choose among the accounts of its channel; tell whether there is any."""
    accounts = Connection.objects.filter(channel=provider.channel).order_by("name")
    choices = [(one.public_id, one.name) for one in accounts]
    form.fields["connection_id"].choices = [("", "Choose an account"), *choices]  # type: ignore[attr-defined]
    return bool(choices)


def _provider(channel_type: str) -> Provider:
    provider = kind_of(channel_type)
    if provider is None:
        raise KeyError(channel_type)
    return provider


# The form of every channel that is composed here.
FORMS: dict[str, type[MessageForm]] = {
    **message_forms.FORMS,
    **{one.channel: ToolForm for one in PROVIDERS.values() if Takes.FIELDS in one.takes},
    **{one.channel: TextForm for one in PROVIDERS.values() if Takes.TEXT in one.takes},
}


def form_of(channel: DistributionChannel) -> type[MessageForm]:
    """Return the form for this channel's words: a letter drawn in the editor has no HTML to be written."""
    return message_forms.DesignedForm if channel.design_id is not None else FORMS[channel.type]
