"""Questions about one JSON value: equality, order, text, dates. Strict on types: the text "5" is not the number 5."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from typing import Final

from segments.conditions.operators import UNITS
from segments.conditions.tree import Scalar, ValueTest

# What jsonb may hold, decoded. Datetimes stand for the customer's own timestamp columns.
Value = None | str | int | float | bool | Decimal | datetime | list | dict

# The dates that are understood, the same for the evaluator and the compiled query.
MOMENT_PATTERN: Final = (
    r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9]))?$"
)
MICROSECOND: Final = timedelta(microseconds=1)
# Sums are exact, as the database's are, whatever the sizes of the numbers.
_EXACT: Final = Context(prec=700)
_moment = re.compile(MOMENT_PATTERN, re.ASCII)


def as_moment(value: Value) -> datetime | None:
    """Return the instant a value names, or None where it names none. A bare date is its midnight in UTC."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or value.endswith("\n") or not _moment.match(value):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def as_number(value: Value) -> Decimal | int | None:
    """Return a JSON number exactly as it is written, or None for anything else, booleans included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return Decimal(repr(value))
    return value if isinstance(value, int | Decimal) else None


def add(total: Decimal | int, number: Decimal | int) -> Decimal | int:
    if isinstance(total, int) and isinstance(number, int):
        return total + number
    return _EXACT.add(Decimal(total), Decimal(number))


def identity(value: Value) -> object:
    """Return a hashable that is equal for equal JSON values: 1 and 1.0 are, 1 and true are not."""
    number = as_number(value)
    if number is not None:
        return ("number", Decimal(number))
    if isinstance(value, list):
        return ("list", tuple(identity(each) for each in value))
    if isinstance(value, dict):
        return ("object", frozenset((key, identity(each)) for key, each in value.items()))
    return (type(value).__name__, value)


def compare(operator: str, number: Decimal | int, operands: tuple[Scalar, ...]) -> bool:
    """Hold a number against a numeric operator's operands."""
    bounds = [as_number(operand) for operand in operands]
    return _COMPARISONS[operator](number, *bounds)


_COMPARISONS: Final[dict[str, Callable[..., bool]]] = {
    "more_than": lambda number, bound: number > bound,
    "less_than": lambda number, bound: number < bound,
    "at_least": lambda number, bound: number >= bound,
    "at_most": lambda number, bound: number <= bound,
    "exactly": lambda number, bound: number == bound,
    "between": lambda number, low, high: low <= number <= high,
}


def passes(test: ValueTest, value: Value) -> bool:
    """Hold a value against a test that does not depend on time. An unknown value passes only *is_unknown*."""
    if value is None:
        return test.operator == "is_unknown"
    return _TESTS[test.operator](value, test.operands)


def _equals(value: Value, operands: tuple[Scalar, ...]) -> bool:
    mine = identity(value)
    return any(mine == identity(operand) for operand in operands)


def _contains(value: Value, operands: tuple[Scalar, ...]) -> bool:
    (wanted,) = operands
    if isinstance(value, list):
        return any(identity(each) == identity(wanted) for each in value)
    return isinstance(value, str) and isinstance(wanted, str) and wanted in value


def _ordered(operator: str) -> Callable[[Value, tuple[Scalar, ...]], bool]:
    def holds(value: Value, operands: tuple[Scalar, ...]) -> bool:
        number = as_number(value)
        return number is not None and compare(operator, number, operands)

    return holds


def _dated(later: bool) -> Callable[[Value, tuple[Scalar, ...]], bool]:
    def holds(value: Value, operands: tuple[Scalar, ...]) -> bool:
        moment, bound = as_moment(value), as_moment(operands[0])
        if moment is None or bound is None:
            return False
        return moment > bound if later else moment < bound

    return holds


_TESTS: Final[dict[str, Callable[[Value, tuple[Scalar, ...]], bool]]] = {
    "exactly": _equals,
    "in": _equals,
    "is_not": lambda value, operands: not _equals(value, operands),
    "not_in": lambda value, operands: not _equals(value, operands),
    "contains": _contains,
    "not_contain": lambda value, operands: not _contains(value, operands),
    "starts_with": lambda value, operands: isinstance(value, str) and value.startswith(str(operands[0])),
    "ends_with": lambda value, operands: isinstance(value, str) and value.endswith(str(operands[0])),
    "is_unknown": lambda value, operands: False,
    "has_value": lambda value, operands: True,
    "after": _dated(later=True),
    "before": _dated(later=False),
    **{operator: _ordered(operator) for operator in ("more_than", "less_than", "at_least", "at_most", "between")},
}


def span_of(amount: Scalar, unit: str | None) -> timedelta:
    """Return an amount of a unit as a length of time, rounded to the database's microsecond."""
    return UNITS[unit or "days"] * float(amount)
