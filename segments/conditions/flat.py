"""The flat filter of other clients, ``{"<field>": {"conditions": {"$op": operand}}}``, unfolded into our tree.

Operands come as a scalar or a list, numbers often as text. This module only rewrites; ``parsing`` judges the result.
"""

import re
from typing import Final

from segments.conditions.operators import BOUGHT, COUNT, LAST, METADATA
from segments.conditions.tree import ConditionError
from segments.conditions.words import at, object_at, one_of

_EVENTS: Final = "events."
_NUMERIC: Final = {
    "$more_than": "more_than",
    "$less_than": "less_than",
    "$more_than_equal": "at_least",
    "$less_than_equal": "at_most",
}
_RECENCY: Final = {
    **_NUMERIC,
    "$more_than_ago": "more_than",
    "$less_than_ago": "less_than",
    "$is_days_ago": "exactly",
    "$is": "exactly",
}
_SETS: Final = {"$is": "in", "$in": "in", "$is_not": "not_in", "$not_in": "not_in"}
_TEXT: Final = {
    "$contains": "contains",
    "$not_contain": "not_contain",
    "$starts_with": "starts_with",
    "$ends_with": "ends_with",
}
_AGO: Final = {"$more_than_ago": "more_than_ago", "$less_than_ago": "less_than_ago", "$is_days_ago": "exactly_ago"}
_INSTANTS: Final = {"$after": "after", "$before": "before"}
_PRESENCE: Final = {"$has_value": "has_value", "$is_unknown": "is_unknown"}

Node = dict[str, object]
_written_number = re.compile(r"^-?[0-9]{1,15}(\.[0-9]{1,9})?\Z", re.ASCII)


def is_flat(filter: Node) -> bool:
    """Say whether this is the flat form: it has fields of its own, and none of the tree's keys."""
    return not {"conditions", "event", "attribute", "segment"} & set(filter) and bool(set(filter) - {"junction"})


def unfold(filter: Node) -> Node:
    """Return the same filter as a tree."""
    fields = [(key, value) for key, value in filter.items() if key != "junction"]
    return {
        "junction": one_of("", "junction", _lowered(filter.get("junction", "and")), ("and", "or")),
        "conditions": [_field(field, given) for field, given in fields],
    }


def _lowered(junction: object) -> object:
    """Some clients shout it."""
    return junction.lower() if isinstance(junction, str) else junction


def _field(field: str, given: object) -> Node:
    conditions = object_at(at(field, "conditions"), object_at(field, given).get("conditions"))
    if not conditions:
        raise ConditionError(field, "Add at least one operator.")
    if set(object_at(field, given)) != {"conditions"}:
        raise ConditionError(field, "A field holds conditions and nothing else.")
    nodes = [_operator(field, operator, operand) for operator, operand in conditions.items()]
    return nodes[0] if len(nodes) == 1 else {"junction": "and", "conditions": nodes}


def _operator(field: str, operator: str, operand: object) -> Node:
    operands = operand if isinstance(operand, list) else [operand]
    if not operands:
        raise ConditionError(at(field, operator), "The operator has no value.")
    if field.startswith(_EVENTS):
        return _event(field, operator, operands)
    return _attribute(field, operator, operands)


def _event(field: str, operator: str, operands: list[object]) -> Node:
    name, _, metric = field.removeprefix(_EVENTS).rpartition(".")
    if not name or metric not in (COUNT, LAST):
        raise ConditionError(field, "An event's field ends in .count or .last_occurred.")
    if operator in _PRESENCE:
        wanted = "at_least" if operator == "$has_value" else "less_than"
        return {"event": name, "metric": COUNT, "operator": wanted, "value": 1}
    if metric == COUNT and operator in _SETS:
        each = [{"event": name, "operator": "exactly", "value": _number(field, value)} for value in operands]
        return {"junction": "or", "negate": _SETS[operator] == "not_in", "conditions": each}
    known = _NUMERIC if metric == COUNT else _RECENCY
    if operator not in known:
        raise ConditionError(at(field, operator), f"This operator is not known for {metric}.")
    return {"event": name, "metric": metric, "operator": known[operator], "value": _number(field, operands[0])}


def _attribute(field: str, operator: str, operands: list[object]) -> Node:
    if operator in _PRESENCE:
        return {"attribute": field, "operator": _PRESENCE[operator]}
    if operator in _NUMERIC:
        return {"attribute": field, "operator": _NUMERIC[operator], "value": _number(field, operands[0])}
    if operator in _AGO:
        return {"attribute": field, "operator": _AGO[operator], "value": _number(field, operands[0]), "unit": "days"}
    if operator in _TEXT or operator in _INSTANTS:
        return {"attribute": field, "operator": (_TEXT | _INSTANTS)[operator], "value": operands[0]}
    if operator in _SETS:
        readings = [reading for value in operands for reading in _readings(field, value)]
        return {"attribute": field, "operator": _SETS[operator], "value": readings}
    raise ConditionError(at(field, operator), "This operator is not known.")


def _readings(field: str, value: object) -> list[object]:
    """Return what a text operand may mean: clients send numbers, and flags of metadata, as text."""
    if field.startswith(BOUGHT):
        return [_number(field, value)]
    if not field.startswith(METADATA) or not isinstance(value, str):
        return [value]
    if value in ("true", "false"):
        return [value, value == "true"]
    number = _as_number(value)
    return [value] if number is None else [value, number]


def _as_number(value: object) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if not _written_number.match(value):
        return None
    return float(value) if "." in value else int(value)


def _number(field: str, value: object) -> object:
    number = _as_number(value)
    if number is None:
        raise ConditionError(field, "A number is expected.")
    return number
