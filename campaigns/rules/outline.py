"""Numbered rules and their logic as a tree of groups, the form in which the builder shows and sends them; and back.

``{"junction": "and", "rules": [{"name": ..., "conditions": ..., "inside": {...}}, {"junction": "or", "rules": []}]}``
"""

from collections.abc import Mapping
from typing import Any, Final

from campaigns.rules.parsing import rules_json
from campaigns.rules.tree import Expression, Named, RuleError, Rules

DEEPEST: Final = 6
MOST: Final = 200


def outline(rules: Rules) -> dict[str, Any]:
    """Return the groups of stored rules. A rule that the logic names twice stands there twice."""
    if rules.logic is None:
        return {"junction": "and", "rules": []}
    node = _node(rules, rules.logic, rules_json(rules))
    return node if "junction" in node else {"junction": "and", "rules": [node]}


def numbered(tree: object) -> dict[str, Any]:
    """Return the rules of an outline as the API has them, numbered from 1 in the order of the screen."""
    members: dict[str, Any] = {}
    logic = _logic(tree, members, depth=1)
    return {**members, "logic": logic}


def _node(rules: Rules, expression: Expression, told: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(expression, Named):
        parts = [_node(rules, part, told) for part in expression.parts]
        return {"junction": expression.junction, "rules": parts}
    rule, node = rules.members[expression.key], dict(told[expression.key])
    del node["rules"]
    return {**node, "inside": outline(rule.rules)} if rule.rules else node


def _logic(tree: object, members: dict[str, Any], depth: int) -> str:
    if not isinstance(tree, Mapping) or depth > DEEPEST or len(members) > MOST:
        raise RuleError("rules", "The rules did not arrive whole. Reload the page and try again.")
    if "junction" not in tree:
        key = str(len(members) + 1)
        inside = tree.get("inside")
        members[key] = {**tree, "rules": numbered(inside) if inside else {}}
        return key
    parts = tree.get("rules")
    if tree["junction"] not in ("and", "or") or not isinstance(parts, list):
        raise RuleError("rules", "The rules did not arrive whole. Reload the page and try again.")
    said = [text for part in parts if (text := _logic(part, members, depth + 1))]
    joined = f" {tree['junction']} ".join(said)
    return f"({joined})" if len(said) > 1 and depth > 1 else joined
