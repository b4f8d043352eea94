"""An account with a provider on the screen: the boxes that its provider declares; what is secret is only written."""

import re
from typing import Any

from django import forms

from distributions.channels import Provider
from distributions.channels.providers import Setting
from distributions.models import Connection

PREFIX = "setting_"
STORED = "•••••••• (stored; write to replace it)"


class AccountForm(forms.Form):
    """`wanted` returns what was said, as the capability takes it; an empty secret leaves the stored one."""

    name = forms.CharField(
        max_length=255, required=False, label="Name", help_text="What you call it, such as “Newsletter account”."
    )

    def __init__(self, provider: Provider, connection: Connection | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["name"].initial = connection.name if connection else provider.label
        for setting in provider.settings:
            self.fields[PREFIX + setting.name] = _box(setting, connection)
        usual = provider.capabilities.calls_per_second
        self.fields["rate"] = forms.FloatField(
            required=False, min_value=0.01, max_value=10_000, label="Calls a second",
            initial=connection.calls_per_second if connection else None,
            help_text=f"Empty: {usual:g}, which is what the provider allows." if usual else "Empty: no limit.",
        )  # fmt: skip

    def settings(self) -> dict[str, Any]:
        said = {name.removeprefix(PREFIX): value for name, value in self.cleaned_data.items() if PREFIX in name}
        return {name: str(value) if isinstance(value, int) and not isinstance(value, bool) else value
                for name, value in said.items()}  # fmt: skip

    def blamed(self, sentence: str) -> tuple[str | None, str]:
        """Return the box that a refusal is about, and the sentence with the name that people know the box by."""
        for name, box in self.fields.items():
            setting = name.removeprefix(PREFIX)
            if PREFIX in name and re.match(rf"{setting}\b", sentence, re.IGNORECASE):
                return name, f"{box.label}{sentence[len(setting) :]}"
        return None, sentence

    def wanted(self) -> dict[str, Any]:
        return {"name": self.cleaned_data["name"], "settings": self.settings(), "rate": self.cleaned_data["rate"]}


def _box(setting: Setting, connection: Connection | None) -> forms.Field:
    stored = connection.settings.get(setting.name) if connection else None
    asked: dict[str, Any] = {"label": setting.label, "help_text": setting.help, "required": setting.is_required}
    if setting.is_secret:
        shown = {"autocomplete": "new-password", "placeholder": STORED if connection else ""}
        asked |= {"required": setting.is_required and connection is None, "strip": True}
        return forms.CharField(widget=forms.PasswordInput(attrs=shown), max_length=4_000, **asked)
    initial = setting.default if stored is None else stored
    if setting.kind == "choice":
        return forms.ChoiceField(choices=list(setting.choices.items()), initial=initial, **asked)
    if setting.kind == "flag":
        return forms.BooleanField(initial=str(initial).lower() in {"true", "1"}, **(asked | {"required": False}))
    if setting.kind == "number":
        return forms.IntegerField(min_value=0, max_value=999_999_999, initial=initial or None, **asked)
    return forms.CharField(initial=initial, max_length=4_000, **asked)
