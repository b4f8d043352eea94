"""Ways to read a field of a row, shared by all kinds of objects; each knows which column puts rows in its order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.expressions import Combinable

from access.strict_json import moment

# A path of the model's, or what is computed; nothing where the database cannot sort by it.
Column = str | Combinable | None


@dataclass(frozen=True)
class Field:
    """How a value is read out of a row, and what a file can be sorted by to be in its order."""

    read: Callable[[Any], Any]
    column: Column = None

    def __call__(self, row: Any) -> Any:
        return self.read(row)


def named(path: str, column: Column = "") -> Field:
    """Read the value at the end of a path of attributes, nothing where one is missing; the path is the column, too,
    where no other is said.
    """
    names = path.split(".")

    def read(row: Any) -> Any:
        for name in names:
            row = getattr(row, name, None)
        return moment(row) if isinstance(row, datetime) else row

    return Field(read, "__".join(names) if column == "" else column)


def keyed(attribute: str, path: str, column: Column = "") -> Field:
    """Read a value out of a JSON object."""
    names = path.split(".")

    def read(row: Any) -> Any:
        value = getattr(row, attribute, None)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return Field(read, "__".join([attribute, *names]) if column == "" else column)
