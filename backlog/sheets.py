"""CSV files as people's programs write them, read row by row: memory does not grow with the file."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from access.problems import invalid_payload

COLUMNS_MOST = 500
CELL_MOST = 16_384


@dataclass(frozen=True)
class Line:
    """One row of a sheet: where it stood, and its cells by their headers."""

    number: int
    cells: dict[str, str]


def read(file: IO[bytes]) -> Iterator[Line]:
    """Give a sheet's rows one by one, empty ones left out; raise a Problem where it is none, also halfway."""
    text = io.TextIOWrapper(io.BufferedReader(_Kept(file)), encoding="utf-8-sig", newline="")
    try:
        yield from _lines(text)
    except UnicodeDecodeError as error:
        raise invalid_payload("The file is not written in UTF-8. Export it as CSV (UTF-8)") from error
    except csv.Error as error:
        raise invalid_payload(f"The file is not a CSV file: {error}") from error


def _lines(text: io.TextIOWrapper) -> Iterator[Line]:
    first = text.readline()
    if first[:2] == "PK":
        raise invalid_payload("The file is not a CSV file. Export the sheet as CSV (UTF-8) first")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(_without_nul(_again(first, text)), delimiter=delimiter)
    headers = _headers(next(reader, []))
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield Line(reader.line_num, _named(headers, cells, reader.line_num))


def _again(first: str, rest: io.TextIOWrapper) -> Iterator[str]:
    yield first
    yield from rest


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise invalid_payload("The file is not a CSV file. Export the sheet as CSV (UTF-8) first")
        yield line


def _headers(row: Sequence[str]) -> list[str]:
    headers = [name.strip() for name in row]
    if not any(headers):
        raise invalid_payload("The first line of the file must name its columns")
    if len(headers) > COLUMNS_MOST:
        raise invalid_payload(f"The file has more than {COLUMNS_MOST} columns")
    twice = {name for name in headers if name and headers.count(name) > 1}
    if twice:
        raise invalid_payload(f"The column {min(twice)} stands in the file twice")
    return headers


def _named(headers: Sequence[str], cells: Sequence[str], line: int) -> dict[str, str]:
    if len(cells) > len(headers):
        raise invalid_payload(f"Line {line} has more cells than the first line names columns")
    if any(len(cell) > CELL_MOST for cell in cells):
        raise invalid_payload(f"A cell of line {line} is longer than {CELL_MOST:,} characters")
    return {name: cell.strip() for name, cell in zip(headers, cells, strict=False) if name}


class _Kept(io.RawIOBase):
    """An uploaded file as a plain stream that stays open when its reader is done with it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        read = self._file.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)
