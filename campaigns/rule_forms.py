"""The rule builder's form: groups of rules and products arrive as JSON, or as one plain rule where no script runs."""

import json
from typing import Any

from django import forms

from access import strict_json
from access.problems import Problem
from campaigns.models import ValidationRule
from campaigns.rules import RuleError, definition
from campaigns.rules.assignments import read
from campaigns.rules.names import NAMES
from campaigns.rules.operators import WORDS
from campaigns.rules.outline import numbered, outline

TORN = "The rules did not arrive whole. Reload the page and try again."
PLAIN = [("", "no further rule"), *((name.name, name.label) for name in NAMES.values() if not name.only_inside)]


class RuleForm(forms.Form):
    name = forms.CharField(max_length=255, error_messages={"required": "Give the rule a name."})
    message = forms.CharField(max_length=1000, required=False)
    rules = forms.CharField(required=False, widget=forms.HiddenInput)
    applicable = forms.CharField(required=False, widget=forms.HiddenInput)
    plain_name = forms.ChoiceField(choices=PLAIN, required=False)
    plain_property = forms.CharField(required=False, max_length=128)
    plain_operator = forms.ChoiceField(choices=list(WORDS.items()), required=False)
    plain_value = forms.CharField(required=False, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule_errors: list[dict[str, str]] = []

    @classmethod
    def of(cls, rule: ValidationRule) -> "RuleForm":
        """Return the form that shows a stored rule."""
        tree, applicable = outline(read(rule).rules), json.dumps(rule.applicable_to)
        told = {"name": rule.name, "message": rule.message, "rules": json.dumps(tree), "applicable": applicable}
        return cls(initial=told)

    def clean(self) -> dict[str, Any]:
        """Put together what the API would be sent, and note what is wrong with which rule."""
        told = super().clean() or self.cleaned_data
        tree, applicable = _read(told.get("rules"), {"junction": "and", "rules": []}), _read(told.get("applicable"), {})
        if tree is None or applicable is None:
            self.add_error(None, TORN)
            return told
        if told.get("plain_name") and isinstance(tree.get("rules"), list):
            tree["rules"].append(_plain_rule(told))
        said = {"applicable_to": applicable, "error": {"message": told.get("message") or ""}}
        try:
            told["definition"] = {**said, "rules": numbered(tree), "name": told.get("name") or "?"}
            definition.read(told["definition"])
        except RuleError as error:
            self.add_error(None, error.message)
        except Problem as problem:
            self._explain(problem)
        return told

    def _explain(self, problem: Problem) -> None:
        error = problem.extra.get("error", {})
        if error:
            self.rule_errors.append(error)
        self.add_error(None, error.get("message") or problem.sentence)


def _read(text: str | None, otherwise: dict[str, Any]) -> dict[str, Any] | None:
    """Return the JSON that the builder sent; nothing sent is nothing said yet."""
    if not text:
        return otherwise
    try:
        told = strict_json.parse(text.encode())
    except strict_json.NotJSON:
        return None
    return told if isinstance(told, dict) else None


def _plain_rule(told: dict[str, Any]) -> dict[str, Any]:
    """Return the one rule of the form without script; several values are parted by commas."""
    values = [value.strip() for value in told.get("plain_value", "").split(",") if value.strip()]
    return {
        "name": told["plain_name"],
        "property": told.get("plain_property") or None,
        "conditions": {told.get("plain_operator") or "$is": values},
    }
