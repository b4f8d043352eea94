"""From what a caller sent to a rule set, or a refusal that names the place and says why in a sentence."""

from collections.abc import Mapping
from typing import Any, Final

from campaigns.rules import logic, operands, targets
from campaigns.rules.names import NAMES, Name
from campaigns.rules.tree import Condition, Rule, RuleError, Rules, RuleSet, Target

MOST_RULES: Final = 100
MESSAGE_MOST: Final = 1_000
PROPERTY_MOST: Final = 128


def parse(data: object) -> RuleSet:
    """Return the rule set in the body of ``POST /v1/validation-rules``, or raise ``RuleError``. Null: not given."""
    given = _mapping("", data, "A validation rule is an object.")
    if given.get("bundle_rules"):
        raise RuleError("bundle_rules", "Bundles are not offered; leave bundle_rules out.")
    rules = _rules("rules", given.get("rules"), parent=None)
    applicable = targets.applicable_to("applicable_to", given.get("applicable_to"))
    if not rules.named and not applicable.names_items and not applicable.included_all:
        raise RuleError("rules", "A validation rule needs a rule, or the products it is applicable to.")
    return RuleSet(rules, applicable, _message("error", given.get("error")))


def rules_json(rules: Rules) -> dict[str, Any]:
    """Return rules as they are stored and told; ``parse`` of them gives the same rules."""
    return {**{key: _rule_json(rule) for key, rule in rules.members.items()}, "logic": rules.text}


def error_json(message: str | None) -> dict[str, Any]:
    return {"error": {"message": message}} if message else {}


def _rules(path: str, given: object, parent: str | None) -> Rules:
    data = _mapping(path, given, "Rules are an object of numbered rules and a logic.")
    keys = [str(key) for key in data if key != "logic"]
    if len(keys) > MOST_RULES:
        raise RuleError(path, f"There may be at most {MOST_RULES} rules.")
    for key in keys:
        if not (key.isascii() and key.isdigit() and len(key) <= 4):
            raise RuleError(f"{path}.{key[:40]}", "Rules are numbered: 1, 2, and so on.")
    members = {key: _rule(f"{path}.{key}", data[key], parent) for key in keys}
    text = data.get("logic")
    if not isinstance(text, str | None):
        raise RuleError(f"{path}.logic", "The logic is a text such as 1 and (2 or 3).")
    said = text if text and text.strip() else logic.all_of(keys)
    return Rules(members, logic.parse(f"{path}.logic", said, keys), said)


def _rule(path: str, given: object, parent: str | None) -> Rule:
    data = _mapping(path, given, "A rule is an object with a name and conditions.")
    name = _name(f"{path}.name", data.get("name"), parent)
    nested = _rules(f"{path}.rules", data.get("rules"), parent=name.name)
    return Rule(
        name.name,
        operands.conditions(f"{path}.conditions", data.get("conditions"), name.kind),
        _property(path, data.get("property"), name),
        nested if nested.members else None,
        _message(f"{path}.error", data.get("error")),
    )


def _name(path: str, given: object, parent: str | None) -> Name:
    name = NAMES.get(given) if isinstance(given, str) else None
    if name is None:
        raise RuleError(path, f"There is no rule named '{str(given)[:80]}'.")
    if parent is None and name.only_inside:
        raise RuleError(path, f"Rule '{name.name}' stands in the rules of {' or '.join(name.inside)} only.")
    if parent is not None and parent not in name.inside:
        raise RuleError(path, f"Rule '{name.name}' cannot stand in the rules of {parent}.")
    return name


def _property(path: str, given: object, name: Name) -> str | None:
    if not name.needs_property:
        return None
    if given is None or given == "":
        raise RuleError(path, f"Rule '{name.name}' must have a 'property'.")
    if not isinstance(given, str) or len(given) > PROPERTY_MOST or "\x00" in given:
        raise RuleError(f"{path}.property", f"The property is a text of at most {PROPERTY_MOST} characters.")
    return given


def _message(path: str, given: object) -> str | None:
    message = _mapping(path, given, 'An error is an object such as {"message": "..."}.').get("message")
    if message is None or message == "":
        return None
    if not isinstance(message, str) or len(message) > MESSAGE_MOST or "\x00" in message:
        raise RuleError(f"{path}.message", f"The message is a text of at most {MESSAGE_MOST} characters.")
    return message


def _mapping(path: str, given: object, otherwise: str) -> Mapping[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise RuleError(path, otherwise)
    return given


def _rule_json(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.name,
        "property": rule.property,
        "conditions": {each.operator: _operands_json(each) for each in rule.conditions},
        "rules": rules_json(rule.rules) if rule.rules else {},
        **error_json(rule.message),
    }


def _operands_json(condition: Condition) -> list[Any]:
    return [targets.target_json(each) if isinstance(each, Target) else each for each in condition.operands]
