"""The rows of a bulk call, and what became of some of them: what performers take and give."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One row as it was given, and the line it stood on, counted as the person who wrote it would."""

    line: int
    said: Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not done, and why, in words for the person who wrote it."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a slice: rows that were done, rows that were refused, and whatever else is worth counting.

    ``told`` are facts of single rows that the report names beside the refused ones, as far as there is room.
    """

    done: int = 0
    refused: Sequence[Refusal] = ()
    counts: dict[str, int] = field(default_factory=dict)
    told: Sequence[dict[str, Any]] = ()


def numbered(items: Iterable[Any]) -> Iterator[Row]:
    """Give the items of a list the numbers that people count by."""
    return (Row(line, item) for line, item in enumerate(items, 1))
