"""The words of one channel, as forms: a letter for mail and mailbox, an address and a payload for webhooks."""

import json
from typing import Any

from django import forms

from access import sealing
from distributions.forms import dress
from distributions.models import DistributionChannel


class MessageForm(forms.Form):
    """`initial_of` reads a channel's words, `as_channel` returns what was written, as the API would say it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        dress(self)

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        raise NotImplementedError

    def as_channel(self) -> dict[str, Any]:
        raise NotImplementedError


class LetterForm(MessageForm):
    subject = forms.CharField(max_length=400, required=False)
    preheader = forms.CharField(max_length=400, required=False, label="Preview line")
    html = forms.CharField(
        required=False,
        label="Message (HTML)",
        widget=forms.Textarea(attrs={"class": "d-source", "rows": 18, "spellcheck": "true"}),
    )
    text = forms.CharField(
        required=False, label="Plain text", widget=forms.Textarea(attrs={"class": "d-source", "rows": 6})
    )

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        return {"subject": channel.subject, "preheader": channel.preheader, "html": channel.html, "text": channel.text}

    def as_channel(self) -> dict[str, Any]:
        return {**self.cleaned_data, "text": self.cleaned_data["text"] or None}


class DesignedForm(MessageForm):
    """What the visual editor leaves to be said: the words for the inbox, and a plain text of its own."""

    subject = forms.CharField(max_length=400, required=False)
    preheader = forms.CharField(max_length=400, required=False, label="Preview line")
    text = forms.CharField(
        required=False, label="Plain text", widget=forms.Textarea(attrs={"class": "d-source", "rows": 6})
    )

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        return {"subject": channel.subject, "preheader": channel.preheader, "text": channel.text}

    def as_channel(self) -> dict[str, Any]:
        return {**self.cleaned_data, "text": self.cleaned_data["text"] or None}


class WebhookForm(MessageForm):
    url = forms.CharField(
        max_length=2000, required=False, label="Address", widget=forms.URLInput(attrs={"placeholder": "https://"})
    )
    headers = forms.CharField(
        required=False,
        label="Headers",
        help_text="One a line, as “x-shop: north”. Values are stored encrypted and not shown again: "
        f"{sealing.SHOWN} stands for the one that is stored.",
        widget=forms.Textarea(attrs={"class": "d-source", "rows": 3, "placeholder": "x-shop: north"}),
    )
    payload = forms.CharField(
        required=False,
        label="Payload (JSON)",
        help_text="Left empty, the whole envelope is sent: customer, segment, campaign, voucher and publication.",
        widget=forms.Textarea(attrs={"class": "d-source", "rows": 12, "spellcheck": "false"}),
    )

    @classmethod
    def initial_of(cls, channel: DistributionChannel) -> dict[str, Any]:
        headers = "\n".join(f"{name}: {sealing.SHOWN}" for name in channel.headers)
        payload = "" if channel.payload is None else json.dumps(channel.payload, indent=2, ensure_ascii=False)
        return {"url": channel.url, "headers": headers, "payload": payload}

    def clean_headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["headers"].splitlines())):
            name, colon, value = line.partition(":")
            if not colon or not name.strip() or not value.strip():
                raise forms.ValidationError(f"“{line}” is not a header. Write its name, a colon and its value.")
            headers[name.strip().lower()] = value.strip()
        return headers

    def clean_payload(self) -> Any:
        text = self.cleaned_data["payload"].strip()
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from error

    def as_channel(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


FORMS: dict[str, type[MessageForm]] = {"email": LetterForm, "mailbox": LetterForm, "webhook": WebhookForm}
