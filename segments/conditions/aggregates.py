"""Counts, sums, extremes and distinct values over a customer's occurrences, as a window slides over them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from segments.conditions.operators import COUNT
from segments.conditions.tree import EventCondition
from segments.conditions.values import Value, add, as_number, compare, identity

Number = int | Decimal | None


class Dated(Protocol):
    @property
    def occurred_at(self) -> datetime: ...

    @property
    def properties(self) -> dict[str, Value]: ...


def judge(condition: EventCondition, newest_first: Sequence[Dated], at: datetime) -> tuple[bool, datetime | None]:
    """Return whether the aggregate satisfies the condition at an instant, and when the window changes that."""
    if condition.within is None:
        *_, whole = _running(condition, newest_first)
        return _holds(condition, whole), None
    span = condition.within.span
    inside = [each for each in newest_first if at - span < each.occurred_at <= at]
    *_, whole = totals = list(_running(condition, inside))
    matches = _holds(condition, whole)
    changes = [_leaving(condition, inside, totals, matches), _arriving(newest_first, at)]
    return matches, min((each for each in changes if each is not None), default=None)


def _leaving(
    condition: EventCondition, inside: Sequence[Dated], totals: Sequence[Number], matches: bool
) -> datetime | None:
    """Return when enough of the oldest occurrences have left the window to change the verdict."""
    span = condition.within.span if condition.within else None
    for kept in range(len(inside) - 1, -1, -1):
        leaves_at = inside[kept].occurred_at
        if kept and inside[kept - 1].occurred_at == leaves_at:
            continue
        if span is not None and _holds(condition, totals[kept]) is not matches:
            return leaves_at + span
    return None


def _arriving(newest_first: Sequence[Dated], at: datetime) -> datetime | None:
    """Return when the next occurrence, dated a moment ahead by another machine's clock, enters the window."""
    return min((each.occurred_at for each in newest_first if each.occurred_at > at), default=None)


def _holds(condition: EventCondition, total: Number) -> bool:
    return total is not None and compare(condition.operator, total, condition.operands)


def _running(condition: EventCondition, newest_first: Sequence[Dated]) -> Iterator[Number]:
    """Yield the aggregate of the newest 0, 1, 2, ... occurrences."""
    if condition.metric == COUNT:
        yield from range(len(newest_first) + 1)
        return
    name = condition.property or ""
    values = [each.properties.get(name) for each in newest_first]
    if condition.metric == "distinct":
        yield from _distinct(values)
    elif condition.metric == "sum":
        yield from _sums(values)
    else:
        yield from _extremes(values, smallest=condition.metric == "min")


def _distinct(values: Sequence[Value]) -> Iterator[Number]:
    seen: set[object] = set()
    yield 0
    for value in values:
        if value is not None:
            seen.add(identity(value))
        yield len(seen)


def _sums(values: Sequence[Value]) -> Iterator[Number]:
    total: int | Decimal = 0
    yield total
    for value in values:
        total = add(total, as_number(value) or 0)
        yield total


def _extremes(values: Sequence[Value], *, smallest: bool) -> Iterator[Number]:
    extreme: Number = None
    yield extreme
    for value in values:
        number = as_number(value)
        if number is not None and (extreme is None or (number < extreme if smallest else number > extreme)):
            extreme = number
        yield extreme
