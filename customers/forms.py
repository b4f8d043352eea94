"""A customer as a person at a desk writes her down; it becomes the same profile as the API's."""

from collections.abc import Mapping
from typing import Any, Protocol

from django import forms

from customers import consenting
from customers.models import CHANNELS, Customer
from customers.profiles import ADDRESS, Profile, parse
from customers.wording import in_words

KINDS = [("text", "Text"), ("number", "Number"), ("flag", "Yes or no")]
FACTS = ["source_id", "name", "email", "phone", "birthdate", "description"]
YES = {"yes": True, "true": True, "no": False, "false": False}


class CustomerForm(forms.Form):
    source_id = forms.CharField(
        max_length=255, required=False, label="Source id", help_text="The id that your shop knows her by."
    )
    name = forms.CharField(max_length=255, required=False)
    email = forms.CharField(max_length=255, required=False, label="E-mail")
    phone = forms.CharField(max_length=40, required=False, help_text="With the country's code, as +31611112222.")
    birthdate = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    description = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 3}))
    line_1 = forms.CharField(max_length=255, required=False, label="Street and number")
    line_2 = forms.CharField(max_length=255, required=False, label="Second line")
    postal_code = forms.CharField(max_length=255, required=False, label="Postal code")
    city = forms.CharField(max_length=255, required=False)
    state = forms.CharField(max_length=255, required=False)
    country = forms.CharField(max_length=255, required=False)

    def __init__(self, posted: Mapping[str, Any] | None, customer: Customer | None) -> None:
        super().__init__(posted, initial=_told(customer) if customer else None)
        self.customer = customer

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if not self.customer and not any(told.get(name) for name in ("source_id", "email", "name")):
            raise forms.ValidationError("Give at least a name, an e-mail or the id your shop knows her by.")
        return told

    def profile(self, metadata: dict[str, Any]) -> Profile:
        """Return what the form says; a field left empty erases what was known. Raises a Problem."""
        told = self.cleaned_data
        data = {name: told[name] or None for name in FACTS if name != "birthdate"}
        data["birthdate"] = told["birthdate"].isoformat() if told["birthdate"] else None
        address = {name: told[name] or None for name in ADDRESS}
        data["address"] = address if any(address.values()) else None
        if self.customer:
            gone = dict.fromkeys(self.customer.metadata)
            return parse({**data, "metadata": {**gone, **metadata}, "id": self.customer.public_id}, nulls_erase=True)
        return parse({**data, "metadata": metadata})


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        help_text="UTF-8, 10 MB at most.",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


class EraseForm(forms.Form):
    """Erasing is asked for in a word of one's own, not by a click."""

    word = forms.CharField(
        label="Write ERASE to go on", max_length=20, error_messages={"required": "Write ERASE if you mean it."}
    )

    def clean_word(self) -> str:
        word = str(self.cleaned_data["word"])
        if word.strip().upper() != "ERASE":
            raise forms.ValidationError("Write ERASE if you mean it.")
        return word


class FactForm(forms.Form):
    name = forms.CharField(max_length=128, required=False)
    kind = forms.ChoiceField(choices=KINDS)
    value = forms.CharField(max_length=4096, required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("name"):
            told["read"] = self._read(told.get("kind"), told.get("value", ""))
        return told

    def _read(self, kind: str | None, value: str) -> Any:
        try:
            if kind == "number":
                return float(value) if "." in value else int(value)
            return YES[value.strip().lower()] if kind == "flag" else value
        except (ValueError, KeyError):
            hint = "Write yes or no." if kind == "flag" else "This is no number."
            self.add_error("value", hint)
            return None


FactFormSet = forms.formset_factory(FactForm, extra=1, max_num=255)


class StopForm(forms.Form):
    """An address that somebody stops by hand."""

    channel = forms.ChoiceField(choices=[(name, consenting.WORDS[name]) for name in CHANNELS])
    address = forms.CharField(max_length=255, help_text="The e-mail address, or the number with the country's code.")
    why = forms.CharField(max_length=120, label="Why", help_text="Kept with it, and in the audit. No names, please.")

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("channel") == "email" and "@" not in told.get("address", "@"):
            self.add_error("address", "An e-mail address has an @.")
        return told


class LiftForm(forms.Form):
    """Why an address may be written to again."""

    why = forms.CharField(max_length=120, label="Why it may be written to again", help_text="Kept in the audit.")


class HasMetadata(Protocol):
    metadata: dict[str, Any]


def facts_of(customer: HasMetadata) -> list[dict[str, Any]]:
    """Return the metadata a person can edit here; lists and objects came from a program and stay with it."""
    rows = [(name, value) for name, value in sorted(customer.metadata.items()) if not isinstance(value, dict | list)]
    return [
        {"name": name, "kind": _kind(value), "value": "" if value is None else in_words(value)} for name, value in rows
    ]


def metadata_of(rows: Any, customer: HasMetadata | None) -> dict[str, Any]:
    """Return the metadata that the rows say, with what they could not show."""
    kept = {
        name: value for name, value in (customer.metadata if customer else {}).items() if isinstance(value, dict | list)
    }
    return kept | {row["name"]: row["read"] for row in rows.cleaned_data if row.get("name")}


def _told(customer: Customer) -> dict[str, Any]:
    return {**{name: getattr(customer, name) for name in FACTS}, **(customer.address or {})}


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else "text"
