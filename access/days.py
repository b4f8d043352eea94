"""Days as filters name them: "this week", "last month", and the same without a year, for birthdays.

Plain Python; a span is its first day and the day after its last.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

DAY = timedelta(days=1)
Span = tuple[date, date]


def _week(today: date, by: int) -> Span:
    monday = today - DAY * today.weekday() + 7 * DAY * by
    return monday, monday + 7 * DAY


def _month(today: date, by: int) -> Span:
    return _first_of_month(today, by), _first_of_month(today, by + 1)


def _first_of_month(today: date, by: int) -> date:
    years, month = divmod(today.month - 1 + by, 12)
    return date(today.year + years, month + 1, 1)


def _day(today: date, by: int) -> Span:
    return today + DAY * by, today + DAY * (by + 1)


def _year(today: date, by: int) -> Span:
    return date(today.year + by, 1, 1), date(today.year + by + 1, 1, 1)


_UNITS: dict[str, Callable[[date, int], Span]] = {"week": _week, "month": _month, "year": _year}
_WORDS = {"this": 0, "last": -1, "next": 1}
CALENDAR: dict[str, tuple[Callable[[date, int], Span], int]] = {
    "$today": (_day, 0),
    "$tomorrow": (_day, 1),
    "$yesterday": (_day, -1),
    **{f"${word}_{unit}": (of, by) for unit, of in _UNITS.items() for word, by in _WORDS.items()},
}
# Of anniversaries: how many days away, counted towards the future.
ANNIVERSARIES = {
    "$is_days_ago_md",
    "$is_more_days_ago_md",
    "$is_less_days_ago_md",
    "$is_days_in_future_md",
    "$is_more_days_in_future_md",
    "$is_less_days_in_future_md",
}


def span(operator: str, today: date) -> Span:
    """Return the days that a calendar operator such as ``$last_month`` means today."""
    of, by = CALENDAR[operator]
    return of(today, by)


def anniversaries(operator: str, count: int, today: date) -> Span:
    """Return the days of this year's round on which an anniversary makes the operator true."""
    sign = -1 if "_ago_" in operator else 1
    if "_more_" in operator:
        begin, end = _year(today, 0)
        return (today + DAY * (count + 1), end) if sign > 0 else (begin, today - DAY * count)
    if "_less_" in operator:
        return (today, today + DAY * count) if sign > 0 else (today - DAY * (count - 1), today + DAY)
    return _day(today, sign * count)


def months_and_days(days: Span) -> Iterator[tuple[int, list[int]]]:
    """Say a span without its years: each month with its days; February's last counts in every year."""
    found: dict[int, list[int]] = {}
    day, end = days
    while day < end:
        found.setdefault(day.month, []).append(day.day)
        day += DAY
    if 28 in found.get(2, ()):
        found[2].append(29)
    yield from found.items()
