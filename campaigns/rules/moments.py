"""Moments as rules write them, and the frames of time they may lie in. Days are those of the project's zone."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from campaigns import durations

WEEK = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")


def moment(value: object, zone: tzinfo) -> datetime | None:
    """Return the moment a text tells, or None where it tells none; a day alone begins at the zone's midnight."""
    if not isinstance(value, str) or not 8 <= len(value) <= 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def days_between(at: datetime, now: datetime, zone: tzinfo) -> int:
    """Return how many calendar days lie from a moment to now; less than none where it is still to come."""
    return (_day(now, zone) - _day(at, zone)).days


def day_of_week(at: datetime, zone: tzinfo) -> int:
    """Return 0 for Sunday to 6 for Saturday."""
    return at.astimezone(zone).isoweekday() % 7


def recurs(frame: str, at: datetime) -> bool:
    """Tell whether a moment lies in ``<start>;<every>;<for>``, as ``2026-03-01T18:00:00Z;P1D;PT1H``."""
    start, every, length = recurring(frame)
    return at >= start and (at - start) % every < length


def lies_between(frame: str, at: datetime) -> bool:
    start, end = between(frame)
    return start <= at < end


def lies_in_hours(frame: str, at: datetime, zone: tzinfo) -> bool:
    """Tell whether a moment lies in ``18:00;20:01;2,3``; hours that pass midnight belong to the day they begin on."""
    start, end, days = hours(frame)
    local, day = at.astimezone(zone), day_of_week(at, zone)
    if start < end:
        return day in days and start <= local.time() < end
    return (day in days and local.time() >= start) or ((day - 1) % 7 in days and local.time() < end)


def recurring(frame: str) -> tuple[datetime, timedelta, timedelta]:
    start, every, length = frame.split(";")
    return _known(start), durations.parse(every), durations.parse(length)


def between(frame: str) -> tuple[datetime, datetime]:
    start, end = map(_known, frame.split(";"))
    if start >= end:
        raise ValueError("The frame ends before it begins.")
    return start, end


def hours(frame: str) -> tuple[time, time, frozenset[int]]:
    start, end, days = frame.split(";")
    numbers = frozenset(int(day) for day in days.split(","))
    if not numbers <= frozenset(range(7)):
        raise ValueError("Days are numbered from 0, Sunday, to 6, Saturday.")
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    if first.tzinfo or last.tzinfo or first == last:
        raise ValueError("The hours are two different times of the day, as 18:00;20:01;2,3.")
    return first, last, numbers


def _known(text: str) -> datetime:
    at = moment(text, UTC)
    if at is None:
        raise ValueError(f"{text[:40]!r} is no moment such as 2026-03-01T18:00:00Z.")
    return at


def _day(at: datetime, zone: tzinfo) -> date:
    return at.astimezone(zone).date()
