"""What can be exported, object by object: its fields, what it may be filtered by, and where its rows are."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from access.filtering import Columns
from exports.fields.reading import Field

Read = Callable[[Any], Any]


def of_nobody(_row: Any) -> Iterator[int | None]:
    return iter(())


@dataclass(frozen=True)
class Exportable:
    """One kind of object that can leave as a file; rows are told one by one, and ``prepare`` reads more set-wise.

    ``people`` are the keys of the customers whom a row names: her erasure takes such rows out of the file.
    """

    rows: Callable[[Mapping[str, str]], QuerySet[Any]]
    fields: Mapping[str, Field]
    defaults: Sequence[str]
    columns: Columns
    metadata: Read | None = None
    # One row may be several lines of the file.
    lines: Callable[[Any], Iterable[Any]] = lambda row: (row,)
    prepare: Callable[[Sequence[Any]], None] = lambda rows: None
    people: Callable[[Any], Iterator[int | None]] = of_nobody

    def sortable(self) -> list[str]:
        """Return the fields that a file can be in the order of, besides ``metadata.X``."""
        return [name for name, field in self.fields.items() if field.column is not None]
