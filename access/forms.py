"""Forms for API keys and for the project's settings."""

import zoneinfo
from urllib.parse import urlsplit

from django import forms

from access.keys import EVERYTHING, INTEGRATION
from access.models import CALLS_MOST, ApiKey, Project

SERVER_SCOPES = [
    (EVERYTHING, "Everything"),
    ("events:write", "Send events"),
    ("customers", "Read and change customers"),
    ("products", "Read and change products"),
    ("orders", "Read and change orders"),
    ("segments", "Read and change segments"),
    ("campaigns", "Read and change campaigns, read codes"),
    (INTEGRATION, "Publish codes by address, for tools that can only fetch one"),
    ("distributions", "Read and change distributions"),
    ("connections", "Connect accounts with providers, and change them"),
    ("exports", "Export and download files"),
    ("settings", "Read and change settings"),
]


# What a browser key may do besides tracking: off, unless somebody turns it on.
SWITCHES = [
    ("create_customers", "Make and change customers, and tell what they consent to"),
    ("redeem", "Redeem codes and promotions"),
    ("publish", "Give codes of a campaign to customers"),
    ("list_vouchers", "List codes"),
]


class LimitForm(forms.Form):
    """How often a key may call."""

    calls_per_minute = forms.IntegerField(
        label="Calls a minute",
        required=False,
        min_value=1,
        max_value=CALLS_MOST,
        widget=forms.NumberInput(attrs={"placeholder": "no limit"}),
        help_text="What is more is refused with 429 until the minute is over. Leave it empty for no limit.",
    )


class KeyForm(LimitForm):
    name = forms.CharField(max_length=120, error_messages={"required": "Give the key a name, such as “shop backend”."})
    kind = forms.ChoiceField(choices=ApiKey.Kind.choices, initial=ApiKey.Kind.SERVER, widget=forms.RadioSelect)
    scopes = forms.MultipleChoiceField(
        choices=SERVER_SCOPES, initial=[EVERYTHING], required=False, widget=forms.CheckboxSelectMultiple
    )
    switches = forms.MultipleChoiceField(choices=SWITCHES, required=False, widget=forms.CheckboxSelectMultiple)
    origins = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_origins(self) -> list[str]:
        lines = [line.strip().rstrip("/") for line in self.cleaned_data["origins"].splitlines() if line.strip()]
        for line in lines:
            parts = urlsplit(line)
            if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
                raise forms.ValidationError(f"“{line}” is no origin. It looks like https://shop.example.")
        return lines

    def clean(self) -> dict[str, object]:
        told = super().clean() or self.cleaned_data
        is_client = told.get("kind") == ApiKey.Kind.CLIENT
        if is_client and "origins" in told and not told["origins"]:
            self.add_error("origins", "A browser key needs the addresses of the pages that may use it.")
        if is_client:
            told["scopes"] = ["events:write", *told.get("switches", [])]
        elif not told.get("scopes"):
            self.add_error("scopes", "Allow the key at least one thing.")
        return told


class ProjectForm(forms.ModelForm):
    """The facts that stand in every message and decide how strict the API is."""

    time_zone = forms.ChoiceField(choices=[(zone, zone) for zone in sorted(zoneinfo.available_timezones())])
    currency = forms.RegexField(
        "^[A-Z]{3}$", error_messages={"invalid": "A currency has three capital letters, such as USD or EUR."}
    )
    website = forms.URLField(max_length=400, required=False, assume_scheme="https")
    privacy_policy = forms.URLField(max_length=400, required=False, assume_scheme="https")
    logo_url = forms.URLField(max_length=400, required=False, assume_scheme="https", label="Address of the logo")

    class Meta:
        model = Project
        fields = [
            "brand_name",
            "postal_address",
            "website",
            "privacy_policy",
            "logo_url",
            "time_zone",
            "currency",
            "unknown_events",
        ]
        help_texts = {
            "postal_address": "Law asks for it in marketing mail; without it no such distribution goes live.",
            "unknown_events": "What the API does with an event name nobody declared.",
        }
        labels = {"unknown_events": "Unknown events"}
