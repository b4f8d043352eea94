"""The small questions every part of a filter is asked while it is read: its keys, names and numbers."""

import math
from collections.abc import Sequence
from typing import Final

from segments.conditions.tree import ConditionError

LONGEST_TEXT: Final = 4096
_LARGEST: Final = 10**18


def at(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def object_at(path: str, given: object) -> dict[str, object]:
    if not isinstance(given, dict):
        raise ConditionError(path, "A filter is an object." if not path else "An object is expected here.")
    return given


def known_keys(path: str, data: dict[str, object], known: Sequence[str]) -> None:
    for key in data:
        if key not in known:
            raise ConditionError(at(path, str(key)[:100]), f"This key is not known here; known are {', '.join(known)}.")


def one_of(path: str, key: str, given: object, choices: Sequence[str]) -> str:
    if isinstance(given, str) and given in choices:
        return given
    said = "is missing" if given is None else "is not known"
    raise ConditionError(at(path, key), f"The {key} {said}; it is one of {', '.join(choices)}.")


def text(path: str, key: str, given: object, most: int = LONGEST_TEXT) -> str:
    """Return a text the database can hold and compare."""
    if not isinstance(given, str) or not given:
        raise ConditionError(at(path, key), f"The {key} is a text that is not empty.")
    if len(given) > most:
        raise ConditionError(at(path, key), f"The {key} has at most {most} characters.")
    if "\x00" in given or any("\ud800" <= character <= "\udfff" for character in given):
        raise ConditionError(at(path, key), f"The {key} holds characters that cannot be stored.")
    return given


def number(path: str, key: str, given: object) -> int | float:
    if not isinstance(given, int | float) or isinstance(given, bool) or not math.isfinite(given):
        raise ConditionError(at(path, key), f"The {key} is a number.")
    if abs(given) > _LARGEST:
        raise ConditionError(at(path, key), f"The {key} is at most {_LARGEST}.")
    return given
