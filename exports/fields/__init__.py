"""What can be exported, object by object: its fields, what it may be filtered by, and where its rows are."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from access.filtering import Columns

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Exportable:
    """One kind of object that can leave as a file; rows are told one by one, and ``prepare`` reads more set-wise."""

    rows: Callable[[Mapping[str, str]], QuerySet[Any]]
    fields: Mapping[str, Read]
    defaults: Sequence[str]
    columns: Columns
    metadata: Read | None = None
    # One row may be several lines of the file.
    lines: Callable[[Any], Iterable[Any]] = lambda row: (row,)
    prepare: Callable[[Sequence[Any]], None] = lambda rows: None
