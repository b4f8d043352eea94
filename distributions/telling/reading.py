"""Readers of a caller's values: each returns what is meant or refuses with the field's name."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from access.problems import invalid_payload

CHANNELS_MOST = 8


def mapping(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise invalid_payload(f"{name} must be an object")
    return value


def optional_mapping(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name)
    return {} if value is None else mapping(value, name)


def sequence(value: object, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise invalid_payload(f"{name} must be a list")
    if len(value) > CHANNELS_MOST:
        raise invalid_payload(f"{name} may have {CHANNELS_MOST} entries at most")
    return value


def text(value: object, name: str, longest: int) -> str:
    if not isinstance(value, str):
        raise invalid_payload(f"{name} must be a string")
    if len(value) > longest:
        raise invalid_payload(f"{name} may have {longest} characters at most")
    if "\x00" in value:
        raise invalid_payload(f"{name} must not contain a null character")
    return value


def choice(value: object, name: str, choices: Collection[Any]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise invalid_payload(f"{name} must be one of {', '.join(map(str, choices))}")
    return value


def flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise invalid_payload(f"{name} must be true or false")
    return value


def whole(value: object, name: str, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise invalid_payload(f"{name} must be a whole number from {least} to {most}")
    return value


def quiet_hours(value: object, name: str) -> dict[str, str] | None:
    """Read ``{"from": "21:00", "to": "08:00"}``."""
    if value is None:
        return None
    given = mapping(value, name)
    return {end: _clock(given.get(end), f"{name}.{end}") for end in ("from", "to")}


def _clock(value: object, name: str) -> str:
    try:
        return time.fromisoformat(text(value, name, 8)).strftime("%H:%M")
    except ValueError as error:
        raise invalid_payload(f"{name} must be a time of day such as 21:00") from error
