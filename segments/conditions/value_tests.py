"""Reading the tests on one value: which operators a kind of value takes, and which operands an operator takes."""

from collections.abc import Sequence
from typing import Final

from segments.conditions.operators import (
    AGO,
    INSTANTS,
    METADATA,
    ORDERING,
    PRESENCE,
    SETS,
    STANDARD_ATTRIBUTES,
    TEXT,
    UNITS,
    VALUES,
)
from segments.conditions.tree import AttributeCondition, ConditionError, PropertyTest, Scalar, ValueTest
from segments.conditions.values import as_moment
from segments.conditions.words import known_keys, number, object_at, one_of, text

MOST_IN_LIST: Final = 200
_ANY: Final = (*VALUES, *AGO)
_OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "text": ("exactly", "is_not", *TEXT, *SETS, *PRESENCE),
    "date": ("exactly", "is_not", *SETS, *PRESENCE, *INSTANTS, *AGO),
    "instant": (*PRESENCE, *INSTANTS, *AGO),
    "number": ("exactly", "is_not", *(name for name in VALUES if name in ORDERING), *SETS, *PRESENCE),
    "any": _ANY,
}


def parse_property(path: str, given: object) -> PropertyTest:
    data = object_at(path, given)
    known_keys(path, data, ("property", "operator", "value"))
    name = text(path, "property", data.get("property"), most=255)
    operator = one_of(path, "operator", data.get("operator"), tuple(VALUES))
    return PropertyTest(name, ValueTest(operator, _operands(path, operator, data.get("value"))))


def parse_attribute(path: str, data: dict[str, object]) -> AttributeCondition:
    known_keys(path, data, ("attribute", "operator", "value", "unit"))
    attribute = text(path, "attribute", data["attribute"], most=255 + len(METADATA))
    kind = _kind(path, attribute)
    operator = one_of(path, "operator", data.get("operator"), _OPERATORS[kind])
    unit = None
    if operator in AGO:
        unit = one_of(path, "unit", data.get("unit", "days"), tuple(UNITS))
    elif data.get("unit") is not None:
        raise ConditionError(f"{path}.unit", f"A unit belongs to {', '.join(AGO)} only.")
    operands = _operands(path, operator, data.get("value"))
    if kind == "number":
        operands = tuple(number(path, "value", operand) for operand in operands)
    return AttributeCondition(attribute, ValueTest(operator, operands, unit))


def _kind(path: str, attribute: str) -> str:
    if attribute.startswith(METADATA) and attribute != METADATA:
        return "any"
    if attribute in STANDARD_ATTRIBUTES:
        return STANDARD_ATTRIBUTES[attribute]
    known = ", ".join(STANDARD_ATTRIBUTES)
    raise ConditionError(f"{path}.attribute", f"There is no such attribute; known are {known} and metadata.anything.")


def _operands(path: str, operator: str, value: object) -> tuple[Scalar, ...]:
    if operator in PRESENCE:
        if value not in (None, True, ""):
            raise ConditionError(f"{path}.value", f"{operator} takes no value.")
        return ()
    if operator in SETS:
        return _listed(path, value)
    if operator == "between":
        return _pair(path, value)
    return (_single(path, operator, value),)


def _single(path: str, operator: str, value: object) -> Scalar:
    if operator in AGO:
        amount = number(path, "value", value)
        if amount < 0:
            raise ConditionError(f"{path}.value", "The value cannot be negative.")
        return amount
    if operator in ORDERING:
        return number(path, "value", value)
    if operator in INSTANTS:
        if not isinstance(value, str) or as_moment(value) is None:
            raise ConditionError(f"{path}.value", "The value is a date such as 2026-01-31 or 2026-01-31T12:00:00Z.")
        return value
    if operator in ("starts_with", "ends_with"):
        return text(path, "value", value)
    return _scalar(path, value)


def _scalar(path: str, value: object) -> Scalar:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        # The empty text is a value like any other.
        return text(path, "value", value) if value else value
    if isinstance(value, int | float):
        return number(path, "value", value)
    raise ConditionError(f"{path}.value", "The value is a text, a number, true or false.")


def _listed(path: str, value: object) -> tuple[Scalar, ...]:
    listed: Sequence[object] = value if isinstance(value, list) else [value]
    if not listed or len(listed) > MOST_IN_LIST:
        raise ConditionError(f"{path}.value", f"The list has between 1 and {MOST_IN_LIST} values.")
    return tuple(_scalar(path, each) for each in listed)


def _pair(path: str, value: object) -> tuple[Scalar, ...]:
    if not isinstance(value, list) or len(value) != 2:
        raise ConditionError(f"{path}.value", "Between takes a list of two numbers.")
    low, high = (number(path, "value", each) for each in value)
    if low > high:
        raise ConditionError(f"{path}.value", "The first number of between is the lower one.")
    return (low, high)
