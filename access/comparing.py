"""What each operator of the filter language asks of a value, as a condition of the database with bound values."""

import math
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from access import dating
from access.subjects import Subject, Unfit, any_of

_ORDERED = {"$more_than": "gt", "$less_than": "lt", "$more_than_equal": "gte", "$less_than_equal": "lte"}
_INSTANTS = {"$after": "gt", "$before": "lt"}
_TEXTS = {"$contains": "contains", "$starts_with": "startswith", "$ends_with": "endswith"}
_FLAGS = {"true": True, "false": False, "1": True, "0": False}

Read = Callable[[str], Any]


def condition(kind: str, subject: Subject, operator: str, operands: list[str], read: Read | None) -> Q:
    """Return the condition; raise Unfit, KeyError or ValueError where the operator cannot be meant so."""
    if operator == "$has_value":
        return ~subject.is_unknown()
    if operator == "$is_unknown":
        return subject.is_unknown()
    if not operands:
        raise Unfit(f"{operator} needs a value")
    if kind == "text":
        return _text(subject, operator, operands, read)
    return _KINDS[kind](subject, operator, operands)


def _text(subject: Subject, operator: str, operands: list[str], read: Read | None = None) -> Q:
    if operator in _TEXTS:
        return any_of(subject.test(_TEXTS[operator], value) for value in operands)
    if operator == "$not_contain":
        return subject.has_no(any_of(subject.test("contains", value) for value in operands))
    return _membership(subject, operator, [read(value) if read else value for value in operands])


def _membership(subject: Subject, operator: str, values: list[Any]) -> Q:
    if operator not in dating.SETS:
        raise Unfit(f"{operator} is not known for this field")
    found = subject.test("in", values)
    return found if dating.SETS[operator] else subject.has_no(found)


def _number(subject: Subject, operator: str, operands: list[str]) -> Q:
    numbers = [_finite(value) for value in operands]
    if operator in _ORDERED:
        return subject.test_number(_ORDERED[operator], numbers[0])
    return _membership(subject, operator, numbers)


def _flag(subject: Subject, operator: str, operands: list[str]) -> Q:
    return _membership(subject, operator, [_FLAGS[value.lower()] for value in operands])


def _metadata(subject: Subject, operator: str, operands: list[str]) -> Q:
    if operator in _ORDERED:
        return subject.test_number(_ORDERED[operator], _finite(operands[0]))
    if operator in _INSTANTS:
        # Moments of metadata are texts, whose order is time's where they are written alike.
        return subject.test(_INSTANTS[operator], operands[0])
    return _text(subject, operator, operands)


def _finite(value: str) -> float:
    number = float(value)
    if not math.isfinite(number) or abs(number) > 2**53:
        raise Unfit("a number within ±2^53 is expected")
    return number


_KINDS: dict[str, Callable[[Subject, str, list[str]], Q]] = {
    "number": _number,
    "flag": _flag,
    "metadata": _metadata,
    "moment": dating.moment,
    "day": dating.day,
}
