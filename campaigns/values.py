"""Single values of a body, read strictly: moments, flags, lengths of time.

Null means not given, as generated clients say it of every field; what can be taken away goes by an empty text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from access import limits
from access.problems import Problem, invalid_payload
from campaigns import durations


def moment(value: object, name: str) -> datetime:
    """Read an ISO 8601 time or date; without a zone it is UTC."""
    try:
        read = (parse_datetime(value) or parse_date(value)) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None:
        details = f"{name} must be a time such as 2026-06-30T23:59:59Z."
        raise Problem(400, f"invalid_{name}", "The date is not valid", details)
    whole = read if isinstance(read, datetime) else datetime(read.year, read.month, read.day, tzinfo=UTC)
    whole = whole if whole.tzinfo else whole.replace(tzinfo=UTC)
    if not 2000 <= whole.year <= 2100:
        raise Problem(400, f"invalid_{name}", "The date is not valid", f"{name} must lie between 2000 and 2100.")
    return whole


def moment_or_none(value: object, name: str) -> datetime | None:
    """Read a time as above; an empty text means none."""
    return None if value == "" else moment(value, name)


def flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise invalid_payload(f"{name} must be true or false.")
    return value


def duration(value: object, name: str) -> str:
    """Read a length of time; an empty text means none."""
    if value == "":
        return ""
    try:
        durations.parse(limits.text(value, name, 20))
    except ValueError as error:
        raise invalid_payload(f"{name}: {error}") from error
    return str(value)


def check_dates(start: datetime | None, end: datetime | None) -> None:
    if start and end and end <= start:
        raise Problem(
            400, "invalid_expiration_date", "The dates are not valid", "expiration_date must be after start_date."
        )


def category_in(given: Mapping[str, Any]) -> dict[str, str | None]:
    """Read which category is said, if any, by its id or its name; an empty text means none."""
    said = [given[name] for name in ("category_id", "category") if given.get(name) is not None]
    if not said:
        return {}
    named = next((name for name in said if name != ""), None)
    return {"category": None if named is None else limits.identifier(named, "category", 120)}
