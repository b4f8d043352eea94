"""Lengths of time as ISO 8601 writes them: P7D, PT36H, P1Y. Plain Python."""

import re
from datetime import timedelta

DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=.)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?"
)
LONGEST = timedelta(days=36_500)


def parse(text: str) -> timedelta:
    """Return the length of time; a year counts 365 days, a month 30. Raise ValueError where it is none."""
    match = DURATION.fullmatch(text)
    if match is None or len(text) > 40:
        raise ValueError(f"{text[:40]!r} is not an ISO 8601 duration such as P7D or PT36H.")
    parts = {unit: int(number) for unit, number in match.groupdict().items() if number}
    days = parts.pop("years", 0) * 365 + parts.pop("months", 0) * 30 + parts.pop("days", 0)
    if days > LONGEST.days or any(number > 10**9 for number in parts.values()):
        raise ValueError(f"{text!r} is longer than a hundred years.")
    length = timedelta(days=days, **parts)
    if not timedelta(0) < length <= LONGEST:
        raise ValueError(f"{text!r} must be longer than nothing and at most a hundred years.")
    return length


def in_words(length: timedelta) -> str:
    """Return ``7 days`` or ``36 hours``, in the largest unit that fits exactly."""
    seconds = int(length.total_seconds())
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        if seconds % size == 0:
            return f"{seconds // size:,} {unit}{'' if seconds == size else 's'}"
    raise AssertionError("Every length is a whole number of seconds.")
