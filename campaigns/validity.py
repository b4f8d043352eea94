"""Hours and days within its dates at which something counts. Plain Python: stored as JSON, judged by the shop's clock.

``{"timeframe": {"interval": "P1D", "duration": "PT1H"}, "day_of_week": [1, 2], "hours": {"daily": [...]}}``
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from access.problems import Problem, invalid_payload
from campaigns import durations

FIELDS = {"validity_timeframe": "timeframe", "validity_day_of_week": "day_of_week", "validity_hours": "hours"}
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
MOST_HOURS = 50

Validity = Mapping[str, Any]


def parse(given: Mapping[str, Any], known: Validity | None = None) -> dict[str, Any] | None:
    """Return what these fields of a body say, over what was known before; an empty value takes one away."""
    read: dict[str, Any] = dict(known or {})
    for field, value in said_in(given).items():
        read[FIELDS[field]] = READERS[FIELDS[field]](value) if value else None
    said = {name: value for name, value in read.items() if value}
    return said or None


def said_in(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the days and hours that a body says; null means not given."""
    return {field: given[field] for field in FIELDS if given.get(field) is not None}


def require_start(validity: Validity | None, start: datetime | None) -> None:
    """Raise Problem where a timeframe has nothing to be counted from."""
    if validity and validity.get("timeframe") and start is None:
        details = "validity_timeframe is counted from start_date: give both."
        raise Problem(400, "invalid_campaign_params", "The dates are not valid", details)


def _timeframe(value: object) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise invalid_payload("validity_timeframe must be an object with interval and duration")
    interval, duration = (_length(value.get(name), name) for name in ("interval", "duration"))
    if durations.parse(duration) > durations.parse(interval):
        raise invalid_payload("validity_timeframe.duration must not be longer than its interval")
    return {"interval": interval, "duration": duration}


def _length(value: object, name: str) -> str:
    try:
        durations.parse(value if isinstance(value, str) else "")
    except ValueError as error:
        raise invalid_payload(f"validity_timeframe.{name}: {error}") from error
    return str(value)


def _days(value: object, named: str = "validity_day_of_week") -> list[int]:
    numbers = value if isinstance(value, list) else [None]
    if not all(isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6 for day in numbers):
        raise invalid_payload(f"{named} must be a list of numbers from 0, Sunday, to 6, Saturday")
    return sorted(set(numbers))


def _hours(value: object) -> dict[str, Any]:
    daily = value.get("daily") if isinstance(value, Mapping) else None
    if not isinstance(daily, list) or not 1 <= len(daily) <= MOST_HOURS:
        raise invalid_payload(f"validity_hours.daily must be a list of 1 to {MOST_HOURS} spans")
    return {"daily": [_span(item) for item in daily]}


def _span(item: object) -> dict[str, Any]:
    if not isinstance(item, Mapping):
        raise invalid_payload("validity_hours.daily: each span must be an object")
    begin, end = item.get("start_time"), item.get("expiration_time")
    for clock in (begin, end):
        if not isinstance(clock, str) or not CLOCK.fullmatch(clock):
            raise invalid_payload("validity_hours.daily: start_time and expiration_time must be times such as 09:30")
    days = item.get("days_of_week")
    told = {"start_time": begin, "expiration_time": end}
    return told if days is None else {**told, "days_of_week": _days(days, "validity_hours.daily.days_of_week")}


READERS: dict[str, Callable[[Any], Any]] = {"timeframe": _timeframe, "day_of_week": _days, "hours": _hours}


def is_open(validity: Validity | None, start: datetime | None, now: datetime, zone: str) -> bool:
    """Tell whether this moment is one of those that count."""
    if not validity:
        return True
    local = now.astimezone(ZoneInfo(zone))
    today = local.isoweekday() % 7
    days, hours = validity.get("day_of_week"), validity.get("hours")
    if days and today not in days:
        return False
    if hours and not any(_covers(span, local.time(), today) for span in hours["daily"]):
        return False
    timeframe = validity.get("timeframe")
    return not timeframe or start is None or _within(timeframe, start, now)


def _covers(span: Mapping[str, Any], at: time, today: int) -> bool:
    """A span whose end lies before its begin runs over midnight, and belongs to the day on which it began."""
    begin, end = time.fromisoformat(span["start_time"]), time.fromisoformat(span["expiration_time"])
    days = span.get("days_of_week") or range(7)
    if begin <= end:
        return today in days and begin <= at <= end
    return (today in days and at >= begin) or ((today - 1) % 7 in days and at <= end)


def _within(timeframe: Mapping[str, str], start: datetime, now: datetime) -> bool:
    interval, duration = (durations.parse(timeframe[name]) for name in ("interval", "duration"))
    return now >= start and (now - start.astimezone(UTC)) % interval < duration


def in_words(validity: Validity | None) -> str:
    """Say the days and hours as a page shows them; nothing where every moment counts."""
    if not validity:
        return ""
    parts = []
    if timeframe := validity.get("timeframe"):
        duration, interval = (durations.in_words(durations.parse(timeframe[name])) for name in ("duration", "interval"))
        parts.append(f"for {duration} every {interval}")
    if days := validity.get("day_of_week"):
        parts.append(f"on {', '.join(DAYS[day] for day in days)}")
    for span in (validity.get("hours") or {}).get("daily", ()):
        on = ", ".join(DAYS[day][:3] for day in span.get("days_of_week", ()))
        parts.append(f"from {span['start_time']} to {span['expiration_time']}{f' ({on})' if on else ''}")
    return "; ".join(parts)


def as_json(validity: Validity | None) -> dict[str, Any]:
    return {field: (validity or {}).get(name) for field, name in FIELDS.items()}
