"""What a condition compares with, checked when a rule is saved, so that judging never meets nonsense."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Any, Final

from campaigns.rules import moments
from campaigns.rules.comparing import number
from campaigns.rules.operators import (
    ALIASES,
    ALLOWED,
    ARRAYS,
    DAYS,
    FLAG,
    FRAMES,
    FROM,
    MONEY,
    NUMBER,
    ORDERING,
    SEGMENT,
    TARGETS,
    TEXT,
    TIMES,
)
from campaigns.rules.targets import target
from campaigns.rules.tree import Condition, RuleError, Scalar, Target

MOST: Final = 500
TEXT_MOST: Final = 1_000
LARGEST: Final = 10**15
DAYS_MOST: Final = 36_525
ONE_ONLY: Final = {*ORDERING, *TIMES, "$count", "$count_more", "$count_less"}
# The conditions under which a rule stands by itself: it speaks of the lines of an order, whichever they are.
OPTIONAL: Final = {TARGETS}


def conditions(path: str, given: object, kind: str) -> tuple[Condition, ...]:
    """Return the conditions on a value of this kind, or raise ``RuleError``."""
    said = {} if given is None else given
    if not isinstance(said, Mapping):
        raise RuleError(path, 'Conditions are an object such as {"$is": ["..."]}.')
    if not said and kind not in OPTIONAL:
        raise RuleError(path, 'At least one condition is needed, such as {"$is": ["..."]}.')
    return tuple(_condition(path, str(operator), given, kind) for operator, given in said.items())


def _condition(path: str, operator: str, given: object, kind: str) -> Condition:
    name = ALIASES.get(operator, operator)
    at = f"{path}.{operator[:40]}"
    if name not in ALLOWED[kind]:
        raise RuleError(at, f"This condition is not known here; known are {', '.join(sorted(ALLOWED[kind]))}.")
    listed = given if isinstance(given, list) else [given]
    if not 1 <= len(listed) <= MOST:
        raise RuleError(at, f"A condition compares with 1 to {MOST} values.")
    if name in ONE_ONLY and len(listed) > 1:
        raise RuleError(at, "This condition compares with one value.")
    numeric = kind in (NUMBER, MONEY)
    read = _KINDS[kind] if numeric else _READERS.get(name) or _KINDS.get(kind, _scalar)
    return Condition(name, tuple(read(at, each) for each in listed))


def _number(path: str, given: object) -> int | float:
    """Return a number; numbers often arrive as texts."""
    if isinstance(given, float) and not math.isfinite(given):
        raise RuleError(path, "A finite number is needed.")
    value = number(given)
    if value is None or abs(value) > LARGEST:
        raise RuleError(path, f"A number of at most {LARGEST} is needed.")
    return int(value) if value == value.to_integral_value() else float(value)


def _flag(path: str, given: object) -> bool:
    if isinstance(given, bool):
        return given
    if given in ("true", "false"):
        return given == "true"
    raise RuleError(path, "Either true or false is needed.")


def _text(path: str, given: object) -> str:
    if not isinstance(given, str) or not 1 <= len(given) <= TEXT_MOST:
        raise RuleError(path, f"A text of 1 to {TEXT_MOST} characters is needed.")
    if "\x00" in given or any("\ud800" <= character <= "\udfff" for character in given):
        raise RuleError(path, "The text holds characters that cannot be stored.")
    return given


def _scalar(path: str, given: object) -> Scalar:
    if isinstance(given, bool):
        return given
    return _number(path, given) if isinstance(given, int | float) else _text(path, given)


def _order(path: str, given: object) -> Scalar:
    """Return what a value can be above or below of: a number or a moment."""
    value = _scalar(path, given)
    if isinstance(value, bool) or (number(value) is None and moments.moment(value, UTC) is None):
        raise RuleError(path, "A number or a date such as 2026-03-01 is needed.")
    return value


def _moment(path: str, given: object) -> str:
    if not isinstance(given, str) or moments.moment(given, UTC) is None:
        raise RuleError(path, "A date such as 2026-03-01 or a time such as 2026-03-01T10:00:00Z is needed.")
    return given


def _whole(path: str, given: object, most: int = LARGEST) -> int:
    value = _number(path, given)
    if not isinstance(value, int) or not 0 <= value <= most:
        raise RuleError(path, f"A whole number from 0 to {most} is needed.")
    return value


def _frame(read: Callable[[str], Any], example: str) -> Callable[[str, object], str]:
    def check(path: str, given: object) -> str:
        text = _text(path, given)
        try:
            read(text)
        except ValueError as error:
            raise RuleError(path, f"A frame such as {example} is needed.") from error
        return text

    return check


def _segment(path: str, given: object) -> str:
    """Return a segment's id; the segment itself, as the API tells it, serves as well."""
    return _text(path, given.get("id") if isinstance(given, Mapping) else given)


_READERS: Final[Mapping[str, Callable[[str, object], Scalar | Target]]] = {
    **dict.fromkeys(ARRAYS.keys() - {"$not_differ", "$not_intersect"}, _whole),
    **dict.fromkeys(TIMES, _moment),
    **dict.fromkeys(DAYS, lambda path, given: _whole(path, given, DAYS_MOST)),
    **dict.fromkeys(ORDERING, _order),
    "$timeframe": _frame(moments.recurring, "2026-03-01T18:00:00Z;P1D;PT1H"),
    "$timeframe_absolute": _frame(moments.between, "2026-03-01T00:00:00Z;2026-03-31T00:00:00Z"),
    "$timeframe_daily_hours": _frame(moments.hours, "18:00;20:01;2,3"),
    "$dow": lambda path, given: _whole(path, given, 6),
    FROM: target,
}
_KINDS: Final[Mapping[str, Callable[[str, object], Scalar | Target]]] = {
    NUMBER: _number,
    MONEY: _whole,
    FLAG: _flag,
    TEXT: _text,
    SEGMENT: _segment,
    TARGETS: target,
}
assert {*FRAMES} <= {*_READERS}
