"""Operators of moments and days: absolute, so many days ago, and by the calendar of the project's time zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.functions import ExtractDay, ExtractIsoWeekDay, ExtractMonth, ExtractYear
from django.db.models.lookups import Exact, In

from access import clock, days, project
from access.subjects import Subject, Unfit, any_of

SETS = {"$is": True, "$in": True, "$is_not": False, "$not_in": False}
_ORDERED = {
    "$after": "gt",
    "$before": "lt",
    "$more_than": "gt",
    "$less_than": "lt",
    "$more_than_equal": "gte",
    "$less_than_equal": "lte",
}
_PARTS: dict[str, Any] = {
    "$is_day_of_month": ExtractDay,
    "$is_day": ExtractIsoWeekDay,
    "$is_month": ExtractMonth,
    "$is_year": ExtractYear,
}
_LEAST = timedelta(microseconds=1)

# From when, and until when (not including it), a moment or a day makes the operator true.
_AGO: dict[str, Callable[[datetime, timedelta], tuple[Any, Any]]] = {
    "$is_days_ago": lambda now, span: (now - span - days.DAY + _LEAST, now - span + _LEAST),
    "$more_than_ago": lambda now, span: (None, now - span),
    "$less_than_ago": lambda now, span: (now - span + _LEAST, now + _LEAST),
    "$is_days_in_future": lambda now, span: (now + span, now + span + days.DAY),
    "$more_than_future": lambda now, span: (now + span + _LEAST, None),
    "$less_than_future": lambda now, span: (now, now + span),
}
_DAYS_AGO: dict[str, Callable[[date, timedelta], tuple[Any, Any]]] = {
    "$is_days_ago": lambda today, span: (today - span, today - span + days.DAY),
    "$more_than_ago": lambda today, span: (None, today - span),
    "$less_than_ago": lambda today, span: (today - span + days.DAY, today + days.DAY),
    "$is_days_in_future": lambda today, span: (today + span, today + span + days.DAY),
    "$more_than_future": lambda today, span: (today + span + days.DAY, None),
    "$less_than_future": lambda today, span: (today, today + span),
}


@dataclass(frozen=True)
class Moments:
    """Now and today where the project is: what relative days are counted from."""

    now: datetime
    zone: ZoneInfo

    @classmethod
    def current(cls) -> "Moments":
        return cls(clock.database_now(), ZoneInfo(project.current().time_zone))

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)


def moment(subject: Subject, operator: str, operands: list[str]) -> Q:
    at = Moments.current()
    if operator in _ORDERED:
        return subject.test(_ORDERED[operator], _instant(operands[0]))
    if operator in SETS:
        found = any_of([subject.between(*_covered(value, at)) for value in operands])
        return found if SETS[operator] else subject.has_no(found)
    if operator in days.CALENDAR:
        first, end = days.span(operator, at.today)
        return subject.between(at.start_of(first), at.start_of(end))
    if operator in _AGO:
        return subject.between(*_AGO[operator](at.now, timedelta(days=float(operands[0]))))
    return _part(subject, operator, operands, at.today, at.zone)


def day(subject: Subject, operator: str, operands: list[str]) -> Q:
    today = Moments.current().today
    if operator in _ORDERED:
        return subject.test(_ORDERED[operator], date.fromisoformat(operands[0][:10]))
    if operator in SETS:
        found = subject.test("in", [date.fromisoformat(value[:10]) for value in operands])
        return found if SETS[operator] else subject.has_no(found)
    if operator in days.CALENDAR:
        return subject.between(*days.span(operator, today))
    if operator in _DAYS_AGO:
        return subject.between(*_DAYS_AGO[operator](today, timedelta(days=int(operands[0]))))
    return _part(subject, operator, operands, today, None)


def _part(subject: Subject, operator: str, operands: list[str], today: date, zone: ZoneInfo | None) -> Q:
    """Test one part of a date: its day, month or year, or its day of the year for anniversaries."""
    if operator in _PARTS:
        return Q(In(_PARTS[operator](F(subject.path), tzinfo=zone), [int(value) for value in operands]))
    if operator == "$is_years_ago":
        return Q(Exact(ExtractYear(F(subject.path), tzinfo=zone), today.year - int(operands[0])))
    if operator in days.ANNIVERSARIES:
        return _on(subject, days.anniversaries(operator, int(operands[0]), today), zone)
    if operator.endswith("_md") and operator.removesuffix("_md") in days.CALENDAR:
        return _on(subject, days.span(operator.removesuffix("_md"), today), zone)
    raise Unfit(f"{operator} is not known for this field")


def _on(subject: Subject, span: days.Span, zone: ZoneInfo | None) -> Q:
    month, day_of_month = (part(F(subject.path), tzinfo=zone) for part in (ExtractMonth, ExtractDay))
    found = [Q(Exact(month, number)) & Q(In(day_of_month, numbers)) for number, numbers in days.months_and_days(span)]
    return any_of(found) if found else Q(pk__in=[])


def _covered(value: str, at: Moments) -> tuple[datetime, datetime]:
    """Return what a written moment covers: a day, or the millisecond that the API tells."""
    if len(value) == len("2026-01-02"):
        first = date.fromisoformat(value)
        return at.start_of(first), at.start_of(first + days.DAY)
    instant = _instant(value)
    return instant, instant + timedelta(milliseconds=1)


def _instant(value: str) -> datetime:
    # In a query a plus sign reads as a blank.
    instant = datetime.fromisoformat(value.replace(" ", "+") if "T" in value else value)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
