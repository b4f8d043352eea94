"""The filter language that lists and exports share, turned into conditions over an allow-list of fields.

As a query, ``filters[field][conditions][$op][0]=v``; as JSON, ``{"field": {"conditions": {"$op": ["v"]}}}``; both
with a ``junction``, ``and`` or ``or``.
A field is looked up in the caller's ``Columns``; nothing of what was said becomes part of a query but bound values.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db.models import Q

from access import comparing
from access.asking import Asking
from access.problems import invalid_query
from access.subjects import Subject, Unfit

CONDITIONS_MOST = 50
OPERANDS_MOST = 200
TEXT_MOST = 4096
METADATA = "metadata"

_named = re.compile(r"filters\[([^\[\]]+)\]\[conditions\]\[(\$\w+)\](?:\[(\d{0,4})\])?")


class Kind(Enum):
    """What a field holds, which decides the operators that it takes."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"
    DAY = "day"
    METADATA = "metadata"
    STATE = "state"


@dataclass(frozen=True)
class Column:
    """Where a field's values stand: a path of the caller's model, never of the asker's making.

    ``read`` turns an operand into what the column holds, or raises ValueError. A ``STATE`` has no path: it answers each
    of its operators (``$active``, ``$expired``) with a condition of its own. ``METADATA`` answers ``metadata.<key>``.
    """

    path: str = ""
    kind: Kind = Kind.TEXT
    read: Callable[[str], Any] | None = None
    states: Mapping[str, Q] = field(default_factory=dict)


Columns = Mapping[str, Column]
Said = dict[str, dict[str, list[Any]]]


def from_query(request: Asking, columns: Columns) -> Q:
    """Return the condition that the query's ``filters`` say, an empty one where there are none; raise a Problem."""
    whole = request.GET.get("filters")
    if whole is not None:
        return from_json(_read(whole), columns)
    junction, said = "and", Said()
    for name in request.GET:
        if name == "filters[junction]":
            junction = request.GET[name]
        elif name.startswith("filters["):
            _note(said, name, request.GET.getlist(name))
    return _joined(junction, said, columns)


def from_json(given: object, columns: Columns) -> Q:
    """Return the condition that a filter's JSON says; raise a Problem where it cannot be meant."""
    if not isinstance(given, dict):
        raise invalid_query("filters must be an object")
    fields = {name: part for name, part in given.items() if name != "junction" and part is not None}
    said = {name: _conditions(name, part) for name, part in fields.items()}
    return _joined(given.get("junction") or "and", said, columns)


def _conditions(name: str, part: object) -> dict[str, list[Any]]:
    """Return operators with their operands; generated clients send a null for what they were not told."""
    conditions = part.get("conditions") if isinstance(part, dict) else None
    if not isinstance(conditions, dict) or not conditions:
        raise invalid_query(f"filters.{name} must be an object with conditions")
    given = {operator: operands for operator, operands in conditions.items() if operands is not None}
    return {operator: operands if isinstance(operands, list) else [operands] for operator, operands in given.items()}


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise invalid_query("filters must be JSON, or given as filters[field][conditions][$operator]") from error


def _note(said: Said, name: str, values: list[str]) -> None:
    parts = _named.fullmatch(name)
    if parts is None:
        raise invalid_query(f"{name[:100]} must look like filters[field][conditions][$operator][0]")
    said.setdefault(parts[1], {}).setdefault(parts[2], []).extend(values)


def _joined(junction: object, said: Said, columns: Columns) -> Q:
    word = junction.lower() if isinstance(junction, str) else ""
    if word not in ("and", "or"):
        raise invalid_query("filters.junction must be and, or or")
    if sum(map(len, said.values())) > CONDITIONS_MOST:
        raise invalid_query(f"filters must not have more than {CONDITIONS_MOST} conditions")
    tests = [
        _condition(name, operator, operands, columns)
        for name, operators in said.items()
        for operator, operands in operators.items()
    ]
    return Q(*tests, _connector=Q.OR if word == "or" and tests else Q.AND)


def _condition(name: str, operator: str, operands: list[Any], columns: Columns) -> Q:
    column, subject = _column(name, columns)
    try:
        if column.kind is Kind.STATE:
            return column.states[operator]
        return comparing.condition(column.kind.value, subject, operator, _operands(operands), column.read)
    except (Unfit, KeyError, ValueError, OverflowError) as error:
        why = (
            error.args[0]
            if isinstance(error, Unfit)
            else f"{operator} is not known for this field, or not with this value"
        )
        raise invalid_query(f"filters.{name}: {why}") from error


def _column(name: str, columns: Columns) -> tuple[Column, Subject]:
    if name in columns and columns[name].kind is not Kind.METADATA:
        return columns[name], Subject(columns[name].path)
    prefix, _, key = name.partition(".")
    column = columns.get(prefix)
    if column is None or column.kind is not Kind.METADATA or not key or "\0" in key:
        known = sorted(f"{known}.*" if one.kind is Kind.METADATA else known for known, one in columns.items())
        raise invalid_query(f"filters.{name[:100]} is not a field of this list. Its fields are {', '.join(known)}")
    return column, Subject(column.path, key)


def _operands(given: list[Any]) -> list[str]:
    """Return operands as texts, the form in which all clients can send them."""
    if len(given) > OPERANDS_MOST:
        raise Unfit(f"at most {OPERANDS_MOST} values can be given")
    return [_text(value) for value in given]


def _text(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    text = str(value) if isinstance(value, str | int | float) else None
    if text is None or len(text) > TEXT_MOST or "\0" in text:
        raise Unfit("a value must be a text, a number, true or false")
    return text
