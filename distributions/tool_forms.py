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


# What a box is for, where not every tool takes it.
_PARTS = {
    "tags": Takes.TAGS, "event": Takes.EVENT,
    **{f"message_{name}": Takes.MESSAGE for name in ("type", "from", "subject", "template", "body")},
}  # fmt: skip


class ToolForm(MessageForm):
    """Rows of field and value, tags, an event, a message. Rows come as two equally long lists, `field` and `value`."""

    connection_id = forms.ChoiceField(required=False, label="Account")
    tags = forms.CharField(
        required=False, label="Tags", max_length=2_000, widget=forms.TextInput(attrs={"data-merge-target": ""})
    )
    event = forms.CharField(
        required=False,
        label="Event",
        max_length=255,
        widget=forms.TextInput(attrs={"data-merge-target": "", "list": "known-events", "autocomplete": "off"}),
    )
    message_type = forms.ChoiceField(
        required=False,
        label="Message to the customer",
        choices=[
            ("", "None: the tool is told, and writes what you set up there"),
            ("in_app", "In-app message"),
            ("email", "E-mail"),
        ],
    )
    message_from = forms.RegexField(
        r"[0-9]{1,18}\Z",
        required=False,
        label="From",
        widget=forms.TextInput(attrs={"placeholder": "The number that the tool has for a person of yours"}),
        error_messages={"invalid": "A number is wanted here, as the tool gives one to each person of the workspace."},
    )
    message_subject = forms.CharField(
        required=False, label="Subject", max_length=400, widget=forms.TextInput(attrs={"data-merge-target": ""})
    )
    message_template = forms.ChoiceField(
        required=False,
        label="Style",
        choices=[("plain", "Plain: no colors, no frame"), ("personal", "Personal: as a person writes")],
    )
    message_body = forms.CharField(
        required=False,
        label="Message",
        max_length=64_000,
        help_text="Words, or HTML. Values are escaped.",
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "true", "data-merge-target": ""}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provider = _provider(self.initial["type"])
        self.has_accounts = _offer_accounts(self, self.provider)
        for name in [name for name in self.fields if (part := _PARTS.get(name)) and part not in self.provider.takes]:
            del self.fields[name]

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        message = {f"message_{name}": value for name, value in (channel.message or {}).items()}
        return {
            **message,
            "type": channel.type,
            "connection_id": channel.connection.public_id if channel.connection else "",
            "rows": list((channel.fields if channel.is_told else contents.first_fields(channel)).items()),
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
        told = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return told | ({"message": self._message()} if "message_type" in self.fields else {})

    def _message(self) -> dict[str, str] | None:
        said = self.cleaned_data
        names = ("type", "from", "body", *(("subject", "template") if said["message_type"] == "email" else ()))
        return {name: said[f"message_{name}"] for name in names} if said["message_type"] else None


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
