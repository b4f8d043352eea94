"""When points lapse: days and sums, in plain numbers.

A card's ``lapses`` say how many points came onto it, by the day on which they lapse; under ``past`` stand those whose
day is over. What leaves a card is taken from the points that lapse soonest. So how many of those that lapse up to a day
are left is what came in with such a day, less all that ever left the card.
"""

import calendar
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

PAST: Final = "past"
# The last months of the spans to whose end a day is rounded.
ENDS: Final = {
    "END_OF_MONTH": tuple(range(1, 13)),
    "END_OF_QUARTER": (3, 6, 9, 12),
    "END_OF_HALF_YEAR": (6, 12),
    "END_OF_YEAR": (12,),
}

Lapses = Mapping[str, int]


def day_of(rules: Mapping[str, Any] | None, today: date) -> date | None:
    """Return the last day on which points that come today can be used; None where they never lapse."""
    if not rules:
        return None
    if rules["period_type"] == "FIXED_DAY_OF_YEAR":
        this_year = _day(today.year, rules["fixed_month"], rules["fixed_day"])
        return this_year if this_year >= today else _day(today.year + 1, rules["fixed_month"], rules["fixed_day"])
    months = today.year * 12 + today.month - 1 + int(rules["period_value"])
    return _rounded(_day(months // 12, months % 12 + 1, today.day), rules)


def _rounded(day: date, rules: Mapping[str, Any]) -> date:
    rounding = rules.get("rounding_type")
    if rounding is None:
        return day
    ends = ENDS.get(rounding) or (rules["rounding_value"],)
    month = next((end for end in ends if end >= day.month), None)
    return _day(day.year, month, 31) if month else _day(day.year + 1, ends[0], 31)


def _day(year: int, month: int, day: int) -> date:
    """Return this day, or the last of a month that is shorter."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def with_more(lapses: Lapses | None, day: date, points: int) -> dict[str, int]:
    """Return a card's lapses once so many points came that lapse on this day."""
    known = dict(lapses or {})
    return {**known, day.isoformat(): known.get(day.isoformat(), 0) + points}


def due(lapses: Lapses | None, left: int, today: date) -> int:
    """Return how many points have lapsed; ``left`` is all that ever left the card."""
    over = sum(points for day, points in (lapses or {}).items() if _is_over(day, today))
    return max(over - left, 0)


def closed(lapses: Lapses | None, today: date) -> dict[str, int]:
    """Return a card's lapses with the days that are over put together."""
    past = sum(points for day, points in (lapses or {}).items() if _is_over(day, today))
    return {PAST: past, **{day: points for day, points in (lapses or {}).items() if not _is_over(day, today)}}


def next_day(lapses: Lapses | None) -> date | None:
    """Return the first day on which points of a card lapse."""
    days = sorted(day for day in lapses or {} if day != PAST)
    return date.fromisoformat(days[0]) if days else None


def remaining(lapses: Lapses | None, left: int) -> list[tuple[date, int]]:
    """Return how many points lapse on which days, soonest first, of those that are still on the card."""
    known = dict(lapses or {})
    spent = max(left - known.pop(PAST, 0), 0)
    told = []
    for day, points in sorted(known.items()):
        used = min(spent, points)
        spent -= used
        if points > used:
            told.append((date.fromisoformat(day), points - used))
    return told


def bucket_id(card: str, day: date) -> str:
    """Return the name of the points of a card, named by its key, that lapse on one day."""
    return f"lopb_{card}{day:%Y%m%d}"


def _is_over(day: str, today: date) -> bool:
    return day == PAST or date.fromisoformat(day) < today
