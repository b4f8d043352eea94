"""A sheet of customers: what its columns mean, and each of its rows as the profile of one customer."""

from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from access.problems import Problem, invalid_payload
from backlog import sheets
from backlog.rows import Row
from customers import profiles
from customers.profiles import Profile
from schemas.definitions import Schema

HEADERS = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "birthdate": "birthdate",
    "birthday": "birthdate",
    "source_id": "source_id",
    "description": "description",
    "id": "id",
}
ADDRESS = {f"address_{part}": part for part in profiles.ADDRESS}
FLAGS = {"true": True, "false": False, "null": None}


def rows_of(file: IO[bytes]) -> Iterator[Row]:
    """Give the rows of a sheet that stand for customers; the headers may be written in any case."""
    for line in sheets.read(file):
        yield Row(line.number, line.cells)


def profile_of(cells: dict[str, str], schema: Schema) -> Profile:
    """Return the whole profile that a row says, or raise a Problem in words for the person who wrote it."""
    said: dict[str, Any] = {"address": {}, "metadata": {}}
    for header, cell in cells.items():
        name = header.lower().replace(" ", "_")
        if not cell:
            continue
        if name in HEADERS:
            said[HEADERS[name]] = cell
        elif name in ADDRESS:
            said["address"][ADDRESS[name]] = cell
        else:
            said["metadata"][header] = _typed(header, cell, schema)
    try:
        return profiles.parse(said).as_a_whole()
    except Problem as problem:
        raise Problem(problem.status, problem.key, problem.message, _plain(problem)) from problem


def name_of(cells: dict[str, str]) -> str:
    """Return by what a person finds the row again."""
    lowered = {header.lower(): cell for header, cell in cells.items()}
    return next((lowered[name] for name in ("source_id", "id", "email", "name") if lowered.get(name)), "")


def _typed(header: str, cell: str, schema: Schema) -> Any:
    """Return a cell as what the schema declares it to be; what is not declared stays a text."""
    definition = schema.properties.get(header)
    if definition is None or definition["deleted"]:
        return cell
    if definition["array"]:
        return [_read(definition["type"], part.strip(), header) for part in cell.split(",")]
    return _read(definition["type"], cell, header)


def _read(kind: str, cell: str, header: str) -> Any:
    try:
        if kind == "number":
            return int(cell) if cell.lstrip("-").isdecimal() else float(cell)
        if kind == "boolean":
            return FLAGS[cell.lower()]
        return date.fromisoformat(cell).isoformat() if kind == "date" else cell
    except (ValueError, KeyError) as error:
        raise invalid_payload(f"{header} should be a {kind}, not {cell[:60]}") from error


def _plain(problem: Problem) -> str:
    return (problem.details or problem.message).removeprefix("customer.")
