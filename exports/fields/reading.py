"""Ways to read a field of a row, shared by all kinds of objects."""

from datetime import datetime
from typing import Any

from access.strict_json import moment
from exports.fields import Read


def named(path: str) -> Read:
    """Return the value at the end of a path of attributes, nothing where one is missing."""
    names = path.split(".")

    def read(row: Any) -> Any:
        for name in names:
            row = getattr(row, name, None)
        return moment(row) if isinstance(row, datetime) else row

    return read


def keyed(attribute: str, path: str) -> Read:
    """Return a value out of a JSON object."""
    names = path.split(".")

    def read(row: Any) -> Any:
        value = getattr(row, attribute, None)
        for name in names:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return read
