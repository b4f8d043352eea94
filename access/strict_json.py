"""JSON as callers send it, read strictly: what could be misread, or could not be stored, is refused.

Knows nothing of events or of any other payload's meaning.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import IO, Any

import orjson
from django.http import HttpRequest
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

BODY_LIMIT = 1024 * 1024
DEPTH_LIMIT = 32
# Beyond this, readers that keep numbers as doubles disagree about which integer was meant.
NUMBER_LIMIT = 2**53

_possible_key = re.compile(rb'"[ \t\r\n]*:')
_string = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"([ \t\r\n]*:)?')


_between_items = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")


class NotJSON(ValueError):
    """The bytes are not JSON that we accept; the message says why."""


class UnreadableForm(Exception):
    """The body's declared form is one that we do not read; the message says which one we do."""


class TooLarge(Exception):
    """The body has more bytes than this endpoint takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The body is larger than {limit // 1024} kB")


def parse(raw: bytes) -> Any:
    """Return what the bytes say; raise NotJSON where two readers could disagree, or PostgreSQL could not store it."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise NotJSON(f"The body is not valid JSON: {error}") from error
    keys = _checked(value, 1, b"\\u0000" in raw)
    # The cheap count is never too small, so where it agrees with the keys that survived, none was given twice.
    if keys != len(_possible_key.findall(raw)) and keys != sum(map(bool, _string.findall(raw))):
        raise NotJSON("A key is given twice in one object")
    return value


def parse_each(raw: bytes, name: str) -> list[Any] | None:
    """Return the items of a body that is one list of this name, each read by itself: NotJSON stands for a refused one.

    For bodies that ``parse`` refused: one item that cannot be stored must not spoil its neighbours. None where the body
    is not JSON for any reader, or says more than the list.
    """
    begin = re.match(rb'[ \t\r\n]*\{[ \t\r\n]*"%b"[ \t\r\n]*:[ \t\r\n]*\[[ \t\r\n]*' % name.encode(), raw)
    try:
        return _each(raw[begin.end() :].decode()) if begin else None
    except (ValueError, RecursionError):
        return None


def _each(text: str) -> list[Any] | None:
    items, at = [], 0
    while True:
        _, end = _lenient.raw_decode(text, at)
        items.append(_parsed_or_refused(text[at:end].encode()))
        between = _between_items.match(text, end)
        if between is None:
            return None
        at = between.end()
        if between[1] == "]":
            return items if text[at:].strip(" \t\r\n") == "}" else None


def _parsed_or_refused(raw: bytes) -> Any:
    try:
        return parse(raw)
    except NotJSON as refusal:
        return refusal


def _refuse_constant(name: str) -> None:
    raise NotJSON(f"{name} is not JSON")


# Finds where a value ends; the numbers are not wanted, and a very long one would cost much to make.
_lenient = json.JSONDecoder(parse_int=len, parse_float=len, parse_constant=_refuse_constant)


def dump(value: Any) -> bytes:
    """Write JSON; moments are told in UTC, to the millisecond."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME, default=_told)


def moment(at: datetime) -> str:
    """Return a moment as the API tells it: ``2026-01-02T10:00:00.000Z``."""
    return f"{at.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def read(request: HttpRequest, limit: int = BODY_LIMIT, *, also: tuple[str, ...] = ()) -> Any:
    """Return what the request's body says; raise NotJSON, UnreadableForm or TooLarge."""
    require_json(request, also=also)
    require_size(request, limit)
    raw = request.body
    if len(raw) > limit:
        raise TooLarge(limit)
    return parse(raw)


def require_size(request: HttpRequest, limit: int) -> None:
    """Raise TooLarge from what the request says of itself, before a byte of its body is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise TooLarge(limit)


def require_json(request: HttpRequest, *, also: tuple[str, ...] = ()) -> None:
    """Raise UnreadableForm unless the request says that its body is plain UTF-8 JSON."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise UnreadableForm("Compressed bodies are not read; send the JSON as it is")
    if request.content_type not in ("application/json", *also):
        raise UnreadableForm("Send the body as application/json")
    charset = (request.content_params or {}).get("charset", "utf-8")
    if charset.strip("\"'").lower() not in {"utf-8", "utf8"}:
        raise UnreadableForm("Send the body as UTF-8")


def _told(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value)
    return str(value)


def _checked(value: Any, depth: int, may_hold_nul: bool) -> int:
    """Return how many keys the value holds, having refused what cannot be stored."""
    kind = type(value)
    if kind is str:
        if may_hold_nul and "\0" in value:
            raise NotJSON("Text must not contain U+0000")
        return 0
    if kind is int or kind is float:
        if not -NUMBER_LIMIT <= value <= NUMBER_LIMIT:
            raise NotJSON("Numbers must lie within ±2^53")
        return 0
    if kind is not dict and kind is not list:
        return 0
    if depth > DEPTH_LIMIT:
        raise NotJSON(f"The body is nested deeper than {DEPTH_LIMIT} levels")
    return _checked_parts(value, depth, may_hold_nul)


def _checked_parts(value: dict[str, Any] | list[Any], depth: int, may_hold_nul: bool) -> int:
    keys = 0
    parts: Any = value
    if type(value) is dict:
        keys = len(value)
        parts = value.values()
        if may_hold_nul and any("\0" in name for name in value):
            raise NotJSON("Keys must not contain U+0000")
    for part in parts:
        # Most parts are short texts: looking here spares a call for each.
        if type(part) is not str or may_hold_nul:
            keys += _checked(part, depth + 1, may_hold_nul)
    return keys


class StrictJSONParser(BaseParser):
    """The parser of every DRF view."""

    media_type = "application/json"
    limit = BODY_LIMIT

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {})["request"]._request
        require_size(request, self.limit)
        return read(request, self.limit) if request.body else {}


class BulkJSONParser(StrictJSONParser):
    """The parser of bulk calls, whose bodies are ten times as large."""

    limit = 10 * 1024 * 1024


class FastJSONRenderer(BaseRenderer):
    """The renderer of every DRF view."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return b"" if data is None else dump(data)
