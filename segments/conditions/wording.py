"""A tree as a sentence for people, and as the JSON it is stored in."""

from segments.conditions.operators import AGO, COUNT, LAST, MEMBERSHIP, NUMERIC, RECENCY, VALUES
from segments.conditions.tree import (
    AttributeCondition,
    Condition,
    EventCondition,
    Group,
    PropertyTest,
    Scalar,
    SegmentCondition,
    ValueTest,
    Within,
)

_SPOKEN = {
    "created_at": "time of joining",
    "updated_at": "time of last change",
    "summary.orders.total_amount": "total of all orders, in cents,",
    "summary.orders.total_count": "number of orders",
    "summary.orders.average_amount": "average order, in cents,",
    "summary.orders.last_order_amount": "last order, in cents,",
    "summary.orders.last_order_date": "last order",
}
_AGGREGATED = {"sum": "the sum of", "min": "the lowest", "max": "the highest", "distinct": "the number of different"}


def sentence(tree: Condition, names: dict[str, str] | None = None) -> str:
    """Say in words whom a tree matches; ``names`` gives the segments' names by their ids."""
    return f"Customers {_phrase(tree, names or {}, top=True)}."


def _phrase(node: Condition, names: dict[str, str], *, top: bool = False) -> str:
    match node:
        case EventCondition():
            return _event(node)
        case AttributeCondition():
            return f"whose {_spoken(node.attribute)} {_value_test(node.test)}"
        case SegmentCondition():
            return f"{MEMBERSHIP[node.operator]} the segment {names.get(node.segment, node.segment)}"
        case Group():
            return _group(node, names, top=top)


def _group(group: Group, names: dict[str, str], *, top: bool) -> str:
    if not group.conditions:
        return "of any kind" if (group.junction == "and") is not group.negate else "of no kind"
    joined = f", {group.junction} ".join(_phrase(each, names) for each in group.conditions)
    if group.negate:
        return f"for whom it is not true that they are customers ({joined})"
    return joined if top or len(group.conditions) == 1 else f"({joined})"


def _event(condition: EventCondition) -> str:
    where = _where(condition.where)
    within = f" in the last {_amount(condition.within.last, condition.within.unit)}" if condition.within else ""
    operator = NUMERIC[condition.operator]
    value = " and ".join(_plain(each) for each in condition.operands)
    if condition.metric in RECENCY:
        which = "last" if condition.metric == LAST else "first"
        amount = f"{value} {_unit(condition.operands[-1], condition.unit or 'days')}"
        return f"for whom {condition.event}{where} {which} occurred {operator} {amount} ago"
    if condition.metric == COUNT:
        times = "time" if condition.operands[-1] == 1 else "times"
        return f"for whom {condition.event}{where} has occurred {operator} {value} {times}{within}"
    which = _AGGREGATED[condition.metric]
    return f"for whom {which} {condition.property} of {condition.event}{where} is {operator} {value}{within}"


def _where(tests: tuple[PropertyTest, ...]) -> str:
    if not tests:
        return ""
    return " where " + " and ".join(f"{each.property} {_value_test(each.test)}" for each in tests)


def _value_test(test: ValueTest) -> str:
    if test.operator in AGO:
        amount = _amount(test.operands[0], test.unit or "days")
        return f"was {AGO[test.operator]} {amount} ago"
    if test.operator == "between":
        return f"{VALUES[test.operator]} {_plain(test.operands[0])} and {_plain(test.operands[1])}"
    return " ".join([VALUES[test.operator], ", ".join(_plain(each) for each in test.operands)]).strip()


def _spoken(attribute: str) -> str:
    if attribute.startswith("metadata."):
        return attribute
    return _SPOKEN.get(attribute, attribute.removeprefix("address.").replace("_", " "))


def _amount(number: Scalar, unit: str) -> str:
    return f"{_plain(number)} {_unit(number, unit)}"


def _unit(number: Scalar, unit: str) -> str:
    return unit.removesuffix("s") if number == 1 else unit


def _plain(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f'"{value}"' if value == "" else str(value)


def to_json(tree: Condition) -> dict[str, object]:
    """Return the tree as it is stored and answered; ``parse`` of it gives the same tree."""
    match tree:
        case Group():
            return _group_json(tree)
        case EventCondition():
            return _event_json(tree)
        case AttributeCondition():
            return {"attribute": tree.attribute, **_test_json(tree.test)}
        case SegmentCondition():
            return {"segment": tree.segment, "operator": tree.operator}


def _group_json(group: Group) -> dict[str, object]:
    listed: dict[str, object] = {"junction": group.junction, "conditions": [to_json(each) for each in group.conditions]}
    return listed | ({"negate": True} if group.negate else {})


def _event_json(condition: EventCondition) -> dict[str, object]:
    value: object = list(condition.operands) if condition.operator == "between" else condition.operands[0]
    data: dict[str, object] = {"event": condition.event, "metric": condition.metric}
    if condition.property is not None:
        data["property"] = condition.property
    data |= {"operator": condition.operator, "value": value}
    if condition.unit is not None:
        data["unit"] = condition.unit
    if condition.within is not None:
        data["within"] = _within_json(condition.within)
    if condition.where:
        data["where"] = [{"property": each.property, **_test_json(each.test)} for each in condition.where]
    return data


def _within_json(within: Within) -> dict[str, object]:
    return {"last": within.last, "unit": within.unit}


def _test_json(test: ValueTest) -> dict[str, object]:
    data: dict[str, object] = {"operator": test.operator}
    if test.operator in ("in", "not_in", "between"):
        data["value"] = list(test.operands)
    elif test.operands:
        data["value"] = test.operands[0]
    return data | ({"unit": test.unit} if test.unit else {})
