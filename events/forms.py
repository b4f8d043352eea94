"""Declaring an event: its name, and one row per property; nobody types JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms

from events.definitions import TYPES

TYPE_NAMES = {"string": "Text", "number": "Number", "date": "Date", "datetime": "Date and time", "boolean": "Yes or no"}


class DefinitionForm(forms.Form):
    name = forms.CharField(
        max_length=300, error_messages={"required": "Give the event its name, such as cart_abandoned."}
    )


class PropertyForm(forms.Form):
    name = forms.CharField(max_length=128, required=False)
    type = forms.ChoiceField(choices=[(kind, TYPE_NAMES[kind]) for kind in TYPES])
    required = forms.BooleanField(required=False)
    retired = forms.BooleanField(required=False)


class PropertyRows(forms.BaseFormSet):
    def clean(self) -> None:
        names = [row["name"] for row in self.cleaned_data if row.get("name")] if not any(self.errors) else []
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise forms.ValidationError(f"{twice[0]} stands in two rows; keep one of them.")

    def declared(self) -> dict[str, dict[str, Any]]:
        """Return the properties in the form in which they are stored."""
        return {
            row["name"]: {"type": row["type"], "optional": not row["required"], "deleted": row["retired"]}
            for row in self.cleaned_data
            if row.get("name")
        }


PropertyFormSet: type[PropertyRows] = forms.formset_factory(  # type: ignore[assignment]
    PropertyForm, formset=PropertyRows, extra=2, max_num=100
)


def property_rows(posted: Mapping[str, Any] | None, properties: Mapping[str, Any] | None = None) -> PropertyRows:
    """Return the rows as posted, or those of the stored properties.

    Posted rows are never compared with what is stored now, which may have changed since the page was opened.
    """
    initial = None if posted else _initial(properties or {})
    return PropertyFormSet(posted, prefix="properties", initial=initial)


def _initial(properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": told.get("type"),
            "required": not told.get("optional", True),
            "retired": told.get("deleted", False),
        }
        for name, told in sorted(properties.items())
    ]
