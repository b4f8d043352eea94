"""Whether a value stands so to a condition's operands. A value that is not there stands in no relation to anything."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from campaigns.rules import moments
from campaigns.rules.tree import Condition

_number = re.compile(r"-?\d{1,20}(\.\d{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time at which is judged, and the project's zone, in which days are counted."""

    now: datetime
    zone: tzinfo


def holds(conditions: Sequence[Condition], value: Any, clock: Clock) -> bool:
    """Tell whether a value meets all conditions; of a list's elements one may, where the operator is of one value."""
    return value is not None and all(_TESTS[each.operator](value, each.operands, clock) for each in conditions)


def number(value: object) -> Decimal | None:
    """Return what a value is as a number; digits in a text are one as well."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value))
    return Decimal(value) if isinstance(value, str) and _number.fullmatch(value) else None


def _elements(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is_same(value: Any, operand: Any) -> bool:
    if isinstance(value, str) and isinstance(operand, str):
        return value == operand
    if isinstance(value, bool) or isinstance(operand, bool):
        return str(value).lower() == str(operand).lower()
    given, wanted = number(value), number(operand)
    return given == wanted if given is not None and wanted is not None else bool(value == operand)


def _is_any(value: Any, operands: Sequence[Any], _clock: Clock) -> bool:
    return any(_is_same(element, operand) for element in _elements(value) for operand in operands)


def _is_none(value: Any, operands: Sequence[Any], clock: Clock) -> bool:
    return not _is_any(value, operands, clock)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Sequence[Any], Clock], bool]:
    def test(value: Any, operands: Sequence[Any], clock: Clock) -> bool:
        return any(_stands_so(compare, element, operands[0], clock) for element in _elements(value))

    return test


def _stands_so(compare: Callable[[Any, Any], bool], value: Any, operand: Any, clock: Clock) -> bool:
    """Compare two numbers, or else two moments; nothing else has an order."""
    for read in (number, lambda each: moments.moment(each, clock.zone)):
        given, wanted = read(value), read(operand)
        if given is not None and wanted is not None:
            return compare(given, wanted)
    return False


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Sequence[Any], Clock], bool]:
    def tell(value: Any, operands: Sequence[Any], _clock: Clock) -> bool:
        texts = [element for element in _elements(value) if isinstance(element, str)]
        return any(test(text, str(operand)) for text in texts for operand in operands)

    return tell


def _contains(value: Any, operands: Sequence[Any], clock: Clock) -> bool:
    """A list contains its elements, a text its parts."""
    if isinstance(value, list):
        return _is_any(value, operands, clock)
    return isinstance(value, str) and any(str(operand) in value for operand in operands)


def _sized(compare: Callable[[int, Any], bool]) -> Callable[[Any, Sequence[Any], Clock], bool]:
    def test(value: Any, operands: Sequence[Any], _clock: Clock) -> bool:
        return isinstance(value, list) and compare(len(value), operands[0])

    return test


def _has_same_elements(value: Any, operands: Sequence[Any], clock: Clock) -> bool:
    elements = _elements(value)
    known = all(_is_any(element, operands, clock) for element in elements)
    return known and all(_is_any(elements, [operand], clock) for operand in operands)


def _at(test: Callable[[datetime, Any, Clock], bool]) -> Callable[[Any, Sequence[Any], Clock], bool]:
    """Let a test of one moment hold where the value, or one of its elements, is a moment that passes it."""

    def tell(value: Any, operands: Sequence[Any], clock: Clock) -> bool:
        told = [moments.moment(element, clock.zone) for element in _elements(value)]
        return any(test(at, operand, clock) for at in told if at is not None for operand in operands)

    return tell


def _days(compare: Callable[[int, Any], bool], sign: int) -> Callable[[Any, Sequence[Any], Clock], bool]:
    def test(at: datetime, days: Any, clock: Clock) -> bool:
        return compare(sign * moments.days_between(at, clock.now, clock.zone), days)

    return _at(test)


_TESTS: dict[str, Callable[[Any, Sequence[Any], Clock], bool]] = {
    "$is": _is_any,
    "$in": _is_any,
    "$is_not": _is_none,
    "$not_in": _is_none,
    "$more_than": _ordered(lambda given, wanted: given > wanted),
    "$more_than_or_equal": _ordered(lambda given, wanted: given >= wanted),
    "$less_than": _ordered(lambda given, wanted: given < wanted),
    "$less_than_or_equal": _ordered(lambda given, wanted: given <= wanted),
    "$after": _ordered(lambda given, wanted: given > wanted),
    "$before": _ordered(lambda given, wanted: given < wanted),
    "$starts_with": _text(str.startswith),
    "$ends_with": _text(str.endswith),
    "$contains": _contains,
    "$count": _sized(lambda size, wanted: size == wanted),
    "$count_more": _sized(lambda size, wanted: size > wanted),
    "$count_less": _sized(lambda size, wanted: size < wanted),
    "$not_differ": _has_same_elements,
    "$not_intersect": _is_none,
    "$more_than_ago": _days(lambda days, wanted: days > wanted, 1),
    "$less_than_ago": _days(lambda days, wanted: 0 <= days < wanted, 1),
    "$is_days_ago": _days(lambda days, wanted: days == wanted, 1),
    "$more_than_future": _days(lambda days, wanted: days > wanted, -1),
    "$less_than_future": _days(lambda days, wanted: 0 <= days < wanted, -1),
    "$is_days_in_future": _days(lambda days, wanted: days == wanted, -1),
    "$timeframe": _at(lambda at, frame, _clock: moments.recurs(frame, at)),
    "$timeframe_absolute": _at(lambda at, frame, _clock: moments.lies_between(frame, at)),
    "$timeframe_daily_hours": _at(lambda at, frame, clock: moments.lies_in_hours(frame, at, clock.zone)),
    "$dow": _at(lambda at, day, clock: moments.day_of_week(at, clock.zone) == day),
}
