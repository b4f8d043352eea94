"""From what a caller sent to a condition tree, or a refusal that names the place and says why in a sentence."""

from typing import Final

from events.catalogue import canonical
from segments.conditions.flat import is_flat, unfold
from segments.conditions.operators import (
    AGGREGATES,
    COUNT,
    MEMBERSHIP,
    METRICS,
    NUMERIC,
    RECENCY,
    UNITS,
)
from segments.conditions.tree import (
    AttributeCondition,
    Condition,
    ConditionError,
    EventCondition,
    Group,
    PropertyTest,
    SegmentCondition,
    Within,
)
from segments.conditions.value_tests import parse_attribute, parse_property
from segments.conditions.words import known_keys, number, object_at, one_of, text

MOST_DEPTH: Final = 5
MOST_CONDITIONS: Final = 100
MOST_WHERE: Final = 20
_LONGEST_DAYS: Final = 36_525
_EVENT_KEYS: Final = ("event", "metric", "operator", "value", "unit", "property", "within", "where")


def parse(filter: object) -> Group:
    """Return the tree of a filter, given as our tree or as the flat object, or raise ``ConditionError``."""
    given = object_at("", filter)
    if not set(given) - {"junction"}:
        given = {**given, "conditions": []}
    if is_flat(given):
        given = unfold(given)
    elif "conditions" not in given:
        given = {"junction": "and", "conditions": [given]}
    tree = _group("", given, depth=1)
    size = _count(tree)
    if size == 0:
        raise ConditionError("conditions", "Add at least one condition.")
    if size > MOST_CONDITIONS:
        raise ConditionError("conditions", f"A filter has at most {MOST_CONDITIONS} conditions; this one has {size}.")
    return tree


def _count(node: Condition) -> int:
    return sum(map(_count, node.conditions)) if isinstance(node, Group) else 1


def _condition(path: str, given: object, depth: int) -> Condition:
    data = object_at(path, given)
    kinds = [key for key in ("conditions", "event", "attribute", "segment") if key in data]
    if len(kinds) != 1:
        raise ConditionError(path, "A condition names exactly one of event, attribute, segment or conditions.")
    match kinds[0]:
        case "event":
            return _event(path, data)
        case "attribute":
            return _attribute(path, data)
        case "segment":
            return _segment(path, data)
    return _group(path, data, depth)


def _group(path: str, data: dict[str, object], depth: int) -> Group:
    if depth > MOST_DEPTH:
        raise ConditionError(path, f"Groups may be nested at most {MOST_DEPTH} deep.")
    known_keys(path, data, ("junction", "conditions", "negate"))
    junction = one_of(path, "junction", data.get("junction", "and"), ("and", "or"))
    negate = data.get("negate", False)
    if not isinstance(negate, bool):
        raise ConditionError(f"{path}.negate".lstrip("."), "Negate is either true or false.")
    inside = f"{path}.conditions".lstrip(".")
    listed = data.get("conditions")
    if not isinstance(listed, list):
        raise ConditionError(inside, "Conditions are a list.")
    if len(listed) > MOST_CONDITIONS:
        raise ConditionError(inside, f"A filter has at most {MOST_CONDITIONS} conditions.")
    members = tuple(_condition(f"{inside}.{place}", each, depth + 1) for place, each in enumerate(listed))
    return Group(junction, members, negate)


def _event(path: str, data: dict[str, object]) -> EventCondition:
    known_keys(path, data, _EVENT_KEYS)
    metric = one_of(path, "metric", data.get("metric", COUNT), METRICS)
    operator = one_of(path, "operator", data.get("operator"), tuple(NUMERIC))
    condition = EventCondition(
        event=canonical(text(path, "event", data["event"], most=300)),
        metric=metric,
        operator=operator,
        operands=_operands(path, data.get("value"), operator),
        unit=_unit(path, data, metric),
        property=_aggregated(path, data, metric),
        within=_within(path, data.get("within"), metric),
        where=_where(path, data.get("where")),
    )
    _check_range(path, condition)
    return condition


def _operands(path: str, value: object, operator: str) -> tuple[int | float, ...]:
    if operator != "between":
        return (number(path, "value", value),)
    if not isinstance(value, list) or len(value) != 2:
        raise ConditionError(f"{path}.value", "Between takes a list of two numbers.")
    low, high = number(path, "value", value[0]), number(path, "value", value[1])
    if low > high:
        raise ConditionError(f"{path}.value", "The first number of between is the lower one.")
    return (low, high)


def _check_range(path: str, condition: EventCondition) -> None:
    if condition.metric not in AGGREGATES and min(condition.operands) < 0:
        raise ConditionError(f"{path}.value", "The value cannot be negative.")
    if condition.metric in RECENCY:
        _check_length(f"{path}.value", max(condition.operands), condition.unit or "days")


def _check_length(path: str, amount: float, unit: str) -> None:
    # Compared as numbers: so long a time does not fit the type that would compare it.
    if amount * UNITS[unit].total_seconds() > _LONGEST_DAYS * 86_400:
        raise ConditionError(path, f"No time span may be longer than {_LONGEST_DAYS} days.")


def _unit(path: str, data: dict[str, object], metric: str) -> str | None:
    if metric in RECENCY:
        return one_of(path, "unit", data.get("unit", "days"), tuple(UNITS))
    if data.get("unit") is not None:
        raise ConditionError(f"{path}.unit", f"A unit belongs to last_occurred and first_occurred, not to {metric}.")
    return None


def _aggregated(path: str, data: dict[str, object], metric: str) -> str | None:
    if metric in AGGREGATES:
        return text(path, "property", data.get("property"), most=255)
    if data.get("property") is not None:
        raise ConditionError(f"{path}.property", f"A property belongs to sum, min, max and distinct, not to {metric}.")
    return None


def _within(path: str, given: object, metric: str) -> Within | None:
    if given is None:
        return None
    path = f"{path}.within"
    if metric in RECENCY:
        raise ConditionError(path, "A window counts events; last_occurred and first_occurred look at all of them.")
    data = object_at(path, given)
    known_keys(path, data, ("last", "unit"))
    last = number(path, "last", data.get("last"))
    unit = one_of(path, "unit", data.get("unit"), tuple(UNITS))
    if last <= 0:
        raise ConditionError(f"{path}.last", "A window is longer than nothing.")
    _check_length(f"{path}.last", last, unit)
    return Within(last, unit)


def _where(path: str, given: object) -> tuple[PropertyTest, ...]:
    if given is None:
        return ()
    path = f"{path}.where"
    if not isinstance(given, list) or len(given) > MOST_WHERE:
        raise ConditionError(path, f"Where is a list of at most {MOST_WHERE} property filters.")
    return tuple(parse_property(f"{path}.{place}", each) for place, each in enumerate(given))


def _attribute(path: str, data: dict[str, object]) -> AttributeCondition:
    condition = parse_attribute(path, data)
    if condition.test.unit:
        _check_length(f"{path}.value", float(condition.test.operands[0]), condition.test.unit)
    return condition


def _segment(path: str, data: dict[str, object]) -> SegmentCondition:
    known_keys(path, data, ("segment", "operator"))
    operator = one_of(path, "operator", data.get("operator", "in"), tuple(MEMBERSHIP))
    return SegmentCondition(text(path, "segment", data["segment"], most=40), operator)
