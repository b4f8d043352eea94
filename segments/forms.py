"""The segment builder's form: the rules arrive as one JSON field, or as one plain rule where no script runs."""

import json
from typing import Any

from django import forms

from access import strict_json
from segments import conditions
from segments.conditions import ConditionError, operators
from segments.models import Segment

PLAIN_METRICS = [("count", "has occurred"), ("last_occurred", "last occurred (days ago)")]
MOST_CUSTOMERS = 20_000


class SegmentForm(forms.Form):
    name = forms.CharField(max_length=255, error_messages={"required": "Give the segment a name."})
    description = forms.CharField(max_length=400, required=False)
    type = forms.ChoiceField(choices=Segment.Type.choices, initial=Segment.Type.AUTO_UPDATE)
    filter = forms.CharField(required=False, widget=forms.HiddenInput)
    customers = forms.CharField(required=False, widget=forms.Textarea)
    apply_quietly = forms.BooleanField(required=False)
    plain_event = forms.CharField(required=False, max_length=300)
    plain_metric = forms.ChoiceField(choices=PLAIN_METRICS, required=False)
    plain_operator = forms.ChoiceField(choices=list(operators.NUMERIC.items())[:5], required=False)
    plain_value = forms.DecimalField(required=False)

    def __init__(self, *args: Any, segment: Segment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.segment = segment
        self.rule_errors: list[dict[str, str]] = []
        if segment:
            self.fields["type"].disabled = True

    @classmethod
    def of(cls, segment: Segment) -> "SegmentForm":
        """Return the form that shows a stored segment."""
        tree = json.dumps(segment.filter) if segment.filter else ""
        told = {"name": segment.name, "description": segment.description, "type": segment.type, "filter": tree}
        return cls(initial=told, segment=segment)

    def clean_customers(self) -> list[str]:
        lines = (line.strip() for line in self.cleaned_data["customers"].splitlines())
        named = list(dict.fromkeys(line for line in lines if line))
        if len(named) > MOST_CUSTOMERS:
            raise forms.ValidationError(f"A static segment holds at most {MOST_CUSTOMERS:,} customers.")
        return named

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if told.get("type") == Segment.Type.STATIC:
            told["filter"] = None
        else:
            told["filter"] = self._tree(told)
        return told

    def _tree(self, told: dict[str, Any]) -> Any:
        """Return the checked tree, or note what is wrong with which rule."""
        tree = _read(told.get("filter") or "")
        if tree is None:
            self.add_error("filter", "The rules did not arrive whole. Reload the page and try again.")
            return None
        rules = tree.get("conditions")
        if told.get("plain_event") and isinstance(rules, list):
            rules.append(_plain_rule(told))
        if rules == []:
            self.add_error("filter", "Add at least one rule.")
            return None
        try:
            return conditions.to_json(conditions.parse(tree))
        except ConditionError as error:
            self.rule_errors.append({"path": error.path, "message": error.message})
            self.add_error("filter", error.message)
            return None


def _read(text: str) -> dict[str, Any] | None:
    """Return the tree that the builder sent; nothing sent is a tree without rules yet."""
    if not text:
        return {"junction": "and", "conditions": []}
    try:
        tree = strict_json.parse(text.encode())
    except strict_json.NotJSON:
        return None
    return tree if isinstance(tree, dict) else None


def _plain_rule(told: dict[str, Any]) -> dict[str, Any]:
    """Return the one rule of the form without script."""
    rule = {
        "event": told["plain_event"],
        "metric": told.get("plain_metric") or "count",
        "operator": told.get("plain_operator") or "more_than",
        "value": float(told.get("plain_value") or 0),
    }
    return rule if rule["metric"] == "count" else {**rule, "unit": "days"}
