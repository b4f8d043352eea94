"""Pieces of SQL with their bound values. Text comes from this program only; what a caller said is always a value."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID


class Fragment(NamedTuple):
    """SQL text and the values for its placeholders, in order."""

    text: str
    params: tuple[Any, ...] = ()


TRUE = Fragment("TRUE")
FALSE = Fragment("FALSE")


def build(template: str, *parts: Fragment) -> Fragment:
    """Put fragments into the ``{}`` places of a template."""
    return Fragment(template.format(*(part.text for part in parts)), tuple(v for part in parts for v in part.params))


def value(given: object, cast: str = "") -> Fragment:
    return Fragment(f"%s::{cast}" if cast else "%s", (given,))


def joined(word: str, parts: Iterable[Fragment], empty: Fragment) -> Fragment:
    """Join conditions by ``AND`` or ``OR``."""
    listed = list(parts)
    if not listed:
        return empty
    if len(listed) == 1:
        return listed[0]
    text = f" {word} ".join(part.text for part in listed)
    return Fragment(f"({text})", tuple(v for part in listed for v in part.params))


def all_of(*parts: Fragment) -> Fragment:
    return joined("AND", parts, TRUE)


def array(values: Iterable[int | datetime | UUID | None]) -> str:
    """Return numbers, flags, instants or ids as the text of an array: half the cost of handing over a list of each."""
    return "{" + ",".join("NULL" if each is None else str(each) for each in values) + "}"
