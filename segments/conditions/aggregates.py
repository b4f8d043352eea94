"""Counts, sums, extremes and distinct values over a customer's occurrences, as a window slides over them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from segments.conditions.operators import COUNT
from segments.conditions.ranges import CountRange, counts
from segments.conditions.tree import EventCondition
from segments.conditions.values import Value, add, as_number, compare, identity

Number = int | Decimal | None


class Dated(Protocol):
    @property
    def occurred_at(self) -> datetime: ...

    @property
    def properties(self) -> dict[str, Value]: ...


Judgement = tuple[bool, datetime | None]
Judge = Callable[[Sequence[Dated], datetime], Judgement]


def judging(condition: EventCondition) -> Judge:
    """Return the function that says whether the aggregate satisfies the condition, and when the window changes that."""
    if condition.within is None:
        return lambda newest_first, at: (_holds(condition, _whole(condition, newest_first)), None)
    span = condition.within.span
    if condition.metric == COUNT:
        return _judging_count(counts(condition.operator, condition.operands), span)
    return lambda newest_first, at: _sliding(condition, span, newest_first, at)


def _judging_count(wanted: CountRange, span: timedelta) -> Judge:
    def judge_count(newest_first: Sequence[Dated], at: datetime) -> Judgement:
        since = at - span
        inside = [each.occurred_at for each in newest_first if since < each.occurred_at <= at]
        count = len(inside)
        matches = count in wanted
        changes = _arriving(newest_first, at) if count < len(newest_first) else None
        if matches:
            # The verdict falls with the last occurrence that is needed for it.
            falls = inside[wanted.low - 1] + span if wanted.low else None
            return True, falls if changes is None else min(changes, falls or changes)
        if wanted.high is not None and count > wanted.high:
            rises = _thinned(inside, wanted)
            changes = min((each for each in (changes, rises and rises + span) if each is not None), default=None)
        return False, changes

    return judge_count


def _thinned(inside: Sequence[datetime], wanted: CountRange) -> datetime | None:
    """Return the time of the occurrence with whose leaving few enough are left; those of one time leave together."""
    for kept in range(len(inside) - 1, -1, -1):
        leaves_alone = not kept or inside[kept - 1] != inside[kept]
        if leaves_alone and kept in wanted:
            return inside[kept]
    return None


def _sliding(condition: EventCondition, span: timedelta, newest_first: Sequence[Dated], at: datetime) -> Judgement:
    inside = [each for each in newest_first if at - span < each.occurred_at <= at]
    totals = list(_running(condition, inside))
    matches = _holds(condition, totals[-1])
    changes = [_leaving(condition, span, inside, totals), _arriving(newest_first, at)]
    return matches, min((each for each in changes if each is not None), default=None)


def _leaving(
    condition: EventCondition, span: timedelta, inside: Sequence[Dated], totals: Sequence[Number]
) -> datetime | None:
    """Return when enough of the oldest occurrences have left the window to change the verdict."""
    matches = _holds(condition, totals[-1])
    for kept in range(len(inside) - 1, -1, -1):
        leaves_at = inside[kept].occurred_at
        if kept and inside[kept - 1].occurred_at == leaves_at:
            continue
        if _holds(condition, totals[kept]) is not matches:
            return leaves_at + span
    return None


def _whole(condition: EventCondition, newest_first: Sequence[Dated]) -> Number:
    *_, whole = _running(condition, newest_first)
    return whole


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
