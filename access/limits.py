"""How long, and of which characters, the texts that callers give us may be; what breaks a limit is refused."""

import re
import unicodedata
from typing import Any

from access.problems import Problem, invalid_payload

ID_MOST = 255
METADATA_KEYS_MOST = 255
METADATA_KEY_LENGTH = 128
TEXT_LENGTH = 4096

# Control, bidirectional and zero-width characters: they make two names look like one, or forge a line of a log.
_deceptive = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    "|[\U000e0000-\U000e007f]"
)
_climbing = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)")


def identifier(value: Any, name: str, most: int = ID_MOST) -> str:
    """Return an id or a name in its one normal form, or raise a Problem that says what is wrong with it."""
    if type(value) is not str or not value or len(value) > most:
        raise invalid_payload(f"{name} must be a text of 1 to {most} characters")
    if not (value.isascii() and value.isprintable()):
        value = unicodedata.normalize("NFC", value)
        if _deceptive.search(value):
            raise invalid_payload(f"{name} must not contain control, direction or zero-width characters")
    if ".." in value and _climbing.search(value):
        raise invalid_payload(f"{name} must not contain '..' as a path segment")
    return value


def text(value: Any, name: str, most: int = TEXT_LENGTH) -> str:
    if type(value) is not str or len(value) > most:
        raise invalid_payload(f"{name} must be a text of at most {most} characters")
    return value


def mapping(value: Any, name: str) -> dict[str, Any]:
    if type(value) is not dict:
        raise invalid_payload(f"{name} must be an object")
    return value


def metadata(value: Any, name: str) -> dict[str, Any]:
    """Return free key-value facts within their limits; keys are free text and never part of a query's structure."""
    given = mapping(value, name)
    if len(given) > METADATA_KEYS_MOST:
        raise invalid_payload(f"{name} must not have more than {METADATA_KEYS_MOST} keys")
    for key, part in given.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise invalid_payload(f"{name}: keys must not be longer than {METADATA_KEY_LENGTH} characters")
        kind = type(part)
        if kind is str:
            if len(part) > TEXT_LENGTH:
                raise _too_long(name, key)
        elif kind is dict or kind is list:
            _require_short_texts(part, name, key)
    return given


def _require_short_texts(value: Any, name: str, key: str) -> None:
    for part in value.values() if type(value) is dict else value:
        if type(part) is str and len(part) > TEXT_LENGTH:
            raise _too_long(name, key)
        if type(part) in (dict, list):
            _require_short_texts(part, name, key)


def _too_long(name: str, key: str) -> Problem:
    return invalid_payload(f"{name}.{key} must not be longer than {TEXT_LENGTH} characters")
