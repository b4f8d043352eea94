"""Validation rules come to be, change and go: the one writer of their rows."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from access import limits
from access.problems import Problem
from campaigns.models import RuleAssignment, ValidationRule
from campaigns.rules import belonging, telling
from campaigns.rules.contexts import CONTEXTS, GLOBAL
from campaigns.rules.needs import needs
from campaigns.rules.origins import NOBODY, By
from campaigns.rules.parsing import parse, rules_json
from campaigns.rules.targets import applicable_json
from campaigns.rules.tree import RuleError


@dataclass(frozen=True)
class Definition:
    """What a caller or a form wants a rule to be, checked."""

    name: str
    rules: dict[str, Any]
    applicable_to: dict[str, Any]
    message: str
    segments: list[str]
    type: str = ValidationRule.Type.EXPRESSION
    context_type: str = GLOBAL


def read(data: object) -> Definition:
    """Read the body of ``POST /v1/validation-rules``; raise a Problem that names what is wrong. Null: not given."""
    given = {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}
    try:
        rule_set = parse(given)
    except RuleError as error:
        raise refused(error) from error
    return Definition(
        limits.identifier(given.get("name"), "name"),
        rules_json(rule_set.rules),
        applicable_json(rule_set.applicable_to),
        rule_set.message or "",
        sorted(needs(rule_set).segments),
        _one_of(given, "type", ValidationRule.Type.values, ValidationRule.Type.EXPRESSION),
        _one_of(given, "context_type", CONTEXTS, GLOBAL),
    )


@transaction.atomic
def create(wanted: Definition, *, by: By = NOBODY) -> ValidationRule:
    belonging.hold(wanted.segments)
    rule = ValidationRule.objects.create(**vars(wanted))
    rule.refresh_from_db(fields=["created_at"])
    by.note("created", rule, f"Created the validation rule {rule.name}")
    return rule


@transaction.atomic
def change(rule: ValidationRule, data: object, *, by: By = NOBODY) -> ValidationRule:
    """Change what is given; wherever the rule is used that counts at once, and is told. No change tells nothing."""
    given = {name: value for name, value in limits.mapping(data, "The body").items() if value is not None}
    rule = ValidationRule.objects.select_for_update(no_key=True).get(pk=rule.pk)
    wanted = read({**_as_given(rule), **given})
    fields = {name: value for name, value in vars(wanted).items() if getattr(rule, name) != value}
    if not fields:
        return rule
    belonging.hold(wanted.segments)
    ValidationRule.objects.filter(pk=rule.pk).update(**fields, updated_at=Now())
    rule.refresh_from_db()
    telling.tell_updated(rule, by)
    by.note("updated", rule, f"Changed the validation rule {rule.name}")
    return rule


@transaction.atomic
def delete(rule: ValidationRule, *, force: bool = False, by: By = NOBODY) -> None:
    """Delete a rule that is used nowhere; by force, it is taken off wherever it is used."""
    rule = ValidationRule.objects.select_for_update().get(pk=rule.pk)
    uses = RuleAssignment.objects.filter(rule=rule)
    if uses.exists() and not force:
        details = f"The rule {rule.name} is used by {uses.count():,}. Take it off first."
        name = rule.public_id
        raise Problem(
            400, "resource_in_use", "Resource is in use", details, resource_id=name, resource_type="validation_rules"
        )
    telling.tell_taken_off(uses, by)
    uses.delete()
    rule.delete()
    by.note("deleted", rule, f"Deleted the validation rule {rule.name}")


def refused(error: RuleError) -> Problem:
    """Return the published refusal of a definition, with the place and the sentence for whoever shows them."""
    extra = {"error": {"path": error.path, "message": error.message}}
    return Problem(400, "invalid_validation_rules", "Invalid Validation Rule Definition", str(error), extra=extra)


def _as_given(rule: ValidationRule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "type": rule.type,
        "context_type": rule.context_type,
        "rules": rule.rules,
        "applicable_to": rule.applicable_to,
        "error": {"message": rule.message} if rule.message else None,
    }


def _one_of(given: dict[str, Any], name: str, choices: Any, default: str) -> str:
    value = given.get(name, default)
    if value not in choices:
        raise refused(RuleError(name, f"{name} must be one of {', '.join(choices)}."))
    return str(value)
