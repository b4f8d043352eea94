"""A validation rule as sentences for people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from campaigns.rules import moments
from campaigns.rules.names import NAMES, QUANTIFIERS, Name
from campaigns.rules.operators import DAYS, FLAG, FREE, MONEY, SEGMENT, WORDS
from campaigns.rules.tree import ApplicableTo, Condition, Expression, Named, Rule, Rules, RuleSet, Scalar, Target

OBJECTS: Final = {"product": "product", "sku": "SKU", "products_collection": "collection"}
EFFECTS: Final = {
    "APPLY_TO_EVERY": "",
    "APPLY_TO_CHEAPEST": " (the cheapest)",
    "APPLY_FROM_CHEAPEST": " (from the cheapest up)",
    "APPLY_TO_MOST_EXPENSIVE": " (the most expensive)",
    "APPLY_FROM_MOST_EXPENSIVE": " (from the most expensive down)",
}
LINKED: Final = "publication.redeemable_by_linked_customer"


@dataclass(frozen=True)
class Speech:
    """How amounts are written, and what segments are called by their ids."""

    money: Callable[[int], str] = str
    segments: Mapping[str, str] = field(default_factory=dict)


def sentences(rule_set: RuleSet, speech: Speech) -> list[str]:
    """Say who may redeem, and what the discount is for."""
    told = []
    if rule_set.rules.logic is not None:
        told.append(f"May be redeemed when {_joined(rule_set.rules, rule_set.rules.logic, speech, top=True)}.")
    told += _applicable(rule_set.applicable_to, speech)
    return told


def phrase(rule: Rule, speech: Speech) -> str:
    """Say one rule, as a part of a sentence."""
    name = NAMES[rule.name]
    if rule.name == LINKED:
        return name.label if _is_true(rule) else "anybody may redeem the code"
    if name.kind == FLAG:
        return name.label if _is_true(rule) else f"it is not so that {name.label}"
    subject = f"{name.label} {rule.property}" if name.needs_property else name.label
    tests = " and ".join(_test(condition, name, speech) for condition in rule.conditions)
    said = " ".join(part for part in (subject, tests or ("is there" if rule.name in QUANTIFIERS else "")) if part)
    return said + _inside(rule, speech)


def _joined(rules: Rules, expression: Expression, speech: Speech, *, top: bool = False) -> str:
    if isinstance(expression, Named):
        return phrase(rules.members[expression.key], speech)
    said = f" {expression.junction} ".join(_joined(rules, part, speech) for part in expression.parts)
    return said if top else f"({said})"


def _inside(rule: Rule, speech: Speech) -> str:
    if rule.rules is None or rule.rules.logic is None:
        return ""
    return f", where {_joined(rule.rules, rule.rules.logic, speech, top=True)}"


def _test(condition: Condition, name: Name, speech: Speech) -> str:
    said = " or ".join(_operand(condition.operator, operand, name, speech) for operand in condition.operands)
    words = WORDS[condition.operator]
    if name.kind == SEGMENT:
        words = "is not" if condition.operator in ("$is_not", "$not_in") else "is"
    return f"{words} {said}{' days' if condition.operator in DAYS else ''}"


def _operand(operator: str, operand: Scalar | Target, name: Name, speech: Speech) -> str:
    if isinstance(operand, Target):
        return _target(operand)
    if operator == "$dow" and isinstance(operand, int):
        return moments.WEEK[operand]
    if name.kind == MONEY and isinstance(operand, int):
        return speech.money(operand)
    if name.kind == SEGMENT:
        return speech.segments.get(str(operand), str(operand))
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return f'"{operand}"' if operand == "" or (name.kind == FREE and " " in str(operand)) else str(operand)


def _target(target: Target) -> str:
    return f"the {OBJECTS[target.object]} {target.source_id or target.id}"


def _is_true(rule: Rule) -> bool:
    condition = rule.conditions[0]
    return (condition.operator == "$is") is bool(condition.operands[0])


def _applicable(applicable: ApplicableTo, speech: Speech) -> list[str]:
    if applicable.included_all and not applicable.excluded:
        return ["The discount is for all items."]
    included = _listed(applicable.included, speech) if not applicable.included_all else "all items"
    excluded = _listed(applicable.excluded, speech)
    if included and excluded:
        return [f"The discount is for {included}, but not for {excluded}."]
    if included:
        return [f"The discount is for {included}."]
    return [f"The discount is for all items but {excluded}."] if excluded else []


def _listed(targets: Iterable[Target], speech: Speech) -> str:
    return " and ".join(_target(target) + EFFECTS[target.effect] + _limits(target, speech) for target in targets)


def _limits(target: Target, speech: Speech) -> str:
    said = [
        target.quantity_limit and f"at most {target.quantity_limit} units a line",
        target.aggregated_quantity_limit and f"at most {target.aggregated_quantity_limit} units in all",
        target.amount_limit and f"at most {speech.money(target.amount_limit)} off a line",
        target.aggregated_amount_limit and f"at most {speech.money(target.aggregated_amount_limit)} off in all",
        target.price is not None and f"at the price of {speech.money(target.price)}",
    ]
    known = [each for each in said if each]
    return f", {', '.join(known)}" if known else ""
