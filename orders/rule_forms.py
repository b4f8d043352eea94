"""The rows by which a person says which products belong to a collection, and the filter that they come to."""

from collections import defaultdict
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from access import money

PRICE, METADATA = "price", "metadata"
FIELDS = {
    "name": "Name",
    PRICE: "Price",
    "source_id": "Source id",
    METADATA: "Metadata",
    "created_at": "Added",
}
OPERATORS = {
    "$is": "is",
    "$is_not": "is not",
    "$contains": "contains",
    "$starts_with": "begins with",
    "$more_than": "is more than",
    "$less_than": "is less than",
    "$after": "is after",
    "$before": "is before",
    "$has_value": "has any value",
    "$is_unknown": "is unknown",
}
WITHOUT_VALUE = ("$has_value", "$is_unknown")
FITTING = {
    "name": ("$is", "$is_not", "$contains", "$starts_with", *WITHOUT_VALUE),
    "source_id": ("$is", "$is_not", "$contains", "$starts_with", *WITHOUT_VALUE),
    PRICE: ("$is", "$is_not", "$more_than", "$less_than", *WITHOUT_VALUE),
    "created_at": ("$after", "$before"),
    METADATA: tuple(OPERATORS),
}


class RuleForm(forms.Form):
    field = forms.ChoiceField(choices=[("", "–"), *FIELDS.items()], required=False)
    key = forms.CharField(max_length=128, required=False, label="Name of the metadata")
    operator = forms.ChoiceField(choices=list(OPERATORS.items()), required=False)
    value = forms.CharField(max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        field, operator = told.get("field"), told.get("operator") or "$is"
        if not field:
            return told
        if operator not in FITTING[field]:
            self.add_error("operator", f"{FIELDS[field]} cannot be compared so.")
        if field == METADATA and not told.get("key"):
            self.add_error("key", "Say which metadata is meant.")
        if operator not in WITHOUT_VALUE and not told.get("value"):
            self.add_error("value", "Say which value is meant.")
        return told


RuleFormSet = forms.formset_factory(RuleForm, extra=2, max_num=50)


def filter_of(rows: Any, junction: str, currency: str) -> dict[str, Any]:
    """Return the filter that the rows say, or put on a row what cannot be meant."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        told = row.cleaned_data
        if not told.get("field"):
            continue
        name = f"{METADATA}.{told['key']}" if told["field"] == METADATA else told["field"]
        value = _value(row, told, currency)
        said[name][told["operator"]] += [value]
    return {"junction": junction, **{name: {"conditions": dict(parts)} for name, parts in said.items()}}


def _value(row: RuleForm, told: dict[str, Any], currency: str) -> str:
    if told["operator"] in WITHOUT_VALUE:
        return "true"
    if told["field"] != PRICE:
        return str(told["value"])
    try:
        return f"{money.smallest(Decimal(told['value'].replace(',', '.')), currency).normalize():f}"
    except InvalidOperation:
        row.add_error("value", "This is no price.")
        return "0"


def rows_of(filter: dict[str, Any] | None, currency: str) -> list[dict[str, str]] | None:
    """Return a stored filter as rows, or None where a program said more than rows can."""
    rows = []
    for name, part in (filter or {}).items():
        if name == "junction":
            continue
        for operator, operands in (part or {}).get("conditions", {}).items():
            values = operands if isinstance(operands, list) else [operands]
            field, _, key = name.partition(".")
            if field not in FITTING or operator not in FITTING[field] or len(values) > 1:
                return None
            shown = "" if operator in WITHOUT_VALUE else _shown(field, values[0] if values else "", currency)
            rows.append({"field": field, "key": key, "operator": operator, "value": shown})
    return rows


def _shown(field: str, value: Any, currency: str) -> str:
    try:
        return f"{money.written(int(value), currency)}" if field == PRICE else str(value)
    except (TypeError, ValueError):
        return str(value)


def in_words(filter: dict[str, Any] | None, currency: str) -> str:
    """Say which products a filter finds."""
    rows = rows_of(filter, currency)
    if rows is None:
        return "Products that a filter of a program finds."
    if not rows:
        return "All products."
    junction = str((filter or {}).get("junction") or "and").lower()
    said = f" {junction} ".join(_phrase(row, currency) for row in rows)
    return f"Products of which {said}."


def _phrase(row: dict[str, str], currency: str) -> str:
    subject = row["key"] if row["field"] == METADATA else f"the {FIELDS[row['field']].lower()}"
    subject = "the date of adding" if row["field"] == "created_at" else subject
    value = f"{row['value']} {currency}" if row["field"] == PRICE and row["value"] else row["value"]
    return f"{subject} {OPERATORS[row['operator']]} {value}".strip()
