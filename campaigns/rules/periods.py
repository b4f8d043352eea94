"""Where the calendar periods of counting rules begin: in the project's zone, weeks on Monday."""

from datetime import UTC, datetime, time, timedelta, tzinfo


def beginning(name: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Return since when a counting rule counts, by its name's last part; None where it counts from ever."""
    today = now.astimezone(zone).date()
    days = {"daily": today, "weekly": today - timedelta(days=today.weekday()), "monthly": today.replace(day=1)}
    day = days.get(name.rpartition(".")[2])
    return datetime.combine(day, time.min, zone).astimezone(UTC) if day else None
