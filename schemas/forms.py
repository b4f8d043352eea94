"""Defining metadata: whose it is, and one row per key; nobody types JSON."""

from collections.abc import Mapping
from typing import Any

from django import forms

from schemas.definitions import STANDARD, TYPES

TYPE_NAMES = {
    "string": "Text",
    "number": "Number",
    "boolean": "Yes or no",
    "date": "Date",
    "datetime": "Date and time",
    "image_url": "Address of a picture",
    "object": "Object",
    "geopoint": "Place",
}
# What bounds a value from below and above, by its type: how long a text, how much a number, how late a day.
BOUNDS = {"string": ("minLength", "maxLength"), "image_url": ("minLength", "maxLength")}
OF_VALUES = ("gte", "lte")
BOUNDED = ("string", "image_url", "number", "date", "datetime")


class SchemaForm(forms.Form):
    related_object = forms.CharField(
        label="Whose metadata",
        max_length=128,
        help_text=f"One of {', '.join(STANDARD)}; or a name of your own, for objects inside others.",
        widget=forms.TextInput(attrs={"list": "kinds"}),
        error_messages={"required": "Say whose metadata it is, such as customer."},
    )
    allow_defined_only = forms.BooleanField(required=False, label="Refuse every key that is not defined here")


class DefinitionRow(forms.Form):
    name = forms.CharField(max_length=128, required=False)
    type = forms.ChoiceField(choices=[(kind, TYPE_NAMES[kind]) for kind in TYPES])
    array = forms.BooleanField(required=False)
    required = forms.BooleanField(required=False)
    retired = forms.BooleanField(required=False)
    one_of = forms.CharField(required=False, max_length=2000)
    least = forms.CharField(required=False, max_length=40)
    most = forms.CharField(required=False, max_length=40)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        kind = told.get("type", "")
        for field in ("least", "most"):
            if told.get(field) and kind not in BOUNDED:
                self.add_error(field, "This type has no least and no most.")
            elif told.get(field):
                told[field] = self._read(field, "number" if kind in BOUNDS else kind, told[field])
        if told.get("one_of"):
            told["one_of"] = [self._read("one_of", kind, part.strip()) for part in told["one_of"].split(",")]
        return told

    def _read(self, field: str, kind: str, text: str) -> Any:
        if kind != "number":
            return text
        try:
            return int(text) if text.strip().lstrip("-").isdecimal() else float(text)
        except ValueError:
            self.add_error(field, f"“{text}” is no number.")
            return None


class DefinitionRows(forms.BaseFormSet):
    def clean(self) -> None:
        names = [row["name"] for row in self.cleaned_data if row.get("name")] if not any(self.errors) else []
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise forms.ValidationError(f"{twice[0]} stands in two rows; keep one of them.")

    def declared(self, known: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Return the definitions in their stored form; what a row cannot show of a known one is kept."""
        return {row["name"]: _stored(row, known.get(row["name"], {})) for row in self.cleaned_data if row.get("name")}


DefinitionFormSet: type[DefinitionRows] = forms.formset_factory(  # type: ignore[assignment]
    DefinitionRow, formset=DefinitionRows, extra=2, max_num=100
)


def definition_rows(posted: Mapping[str, Any] | None, properties: Mapping[str, Any] | None = None) -> DefinitionRows:
    """Return the rows as posted, or those of what is stored."""
    initial = None if posted else [_shown(name, part) for name, part in sorted((properties or {}).items())]
    return DefinitionFormSet(posted, prefix="properties", initial=initial)


def _stored(row: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    least, most = BOUNDS.get(row["type"], OF_VALUES)
    shown = {"eq", least, most}
    kept = known if known.get("type") == row["type"] else {}
    said = {"eq": row["one_of"] or None, least: row["least"], most: row["most"]}
    return {
        **{name: part for name, part in kept.items() if name not in shown},
        "type": row["type"],
        "array": row["array"],
        "optional": not row["required"],
        "deleted": row["retired"],
        **{name: part for name, part in said.items() if part not in (None, "")},
    }


def _shown(name: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    least, most = BOUNDS.get(definition["type"], OF_VALUES)
    return {
        "name": name,
        "type": definition["type"],
        "array": definition["array"],
        "required": not definition["optional"],
        "retired": definition["deleted"],
        "one_of": ", ".join(map(str, definition.get("eq", []))),
        "least": definition.get(least, ""),
        "most": definition.get(most, ""),
    }
