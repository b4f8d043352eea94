"""Codes made elsewhere come in, row by row accounted for."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from access import limits
from access.problems import Problem, invalid_payload
from backlog import asking
from backlog.models import AsyncAction
from campaigns import pools
from campaigns.models import Campaign

MOST_ROWS = 100_000
MOST_BYTES = 10 * 1024 * 1024
# A report names so many refused rows; the rest are counted.
REPORTED = 1_000
HEADERS = {"code", "codes", "coupon", "coupon code", "voucher", "voucher code"}


@dataclass(frozen=True)
class RefusedRow:
    """A row that did not come in, and why, for the person who wrote the file."""

    line: int
    code: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What became of a file or a list."""

    rows: int
    added: int
    refused_count: int
    refused: tuple[RefusedRow, ...]

    @property
    def in_words(self) -> str:
        rest = f"; {self.refused_count:,} did not" if self.refused_count else ""
        return f"{self.added:,} of {self.rows:,} code{'' if self.rows == 1 else 's'} came in{rest}."


def import_codes(campaign: Campaign, brought: Sequence[tuple[int, object]], *, kind: str) -> tuple[AsyncAction, Report]:
    """Take these codes, each with the line it stood on, into the pool; one bad row never spoils its neighbours."""
    if len(brought) > MOST_ROWS:
        raise invalid_payload(f"At most {MOST_ROWS:,} codes can be imported at once")
    lines, refused = _readable(brought)
    with transaction.atomic():
        given = pools.add_given(campaign, list(lines))
        refused += [RefusedRow(lines[code], code, "This code exists already.") for code in lines if code in given.taken]
        refused.sort(key=lambda row: row.line)
        report = Report(len(brought), given.added, len(refused), tuple(refused[:REPORTED]))
        action = asking.note(kind, asdict(report), scope="campaigns", about=campaign.public_id)
    return action, report


def _readable(brought: Sequence[tuple[int, object]]) -> tuple[dict[str, int], list[RefusedRow]]:
    lines: dict[str, int] = {}
    refused = []
    for line, value in brought:
        code = value.strip() if isinstance(value, str) else value
        try:
            code = limits.identifier(code, "The code")
        except Problem as problem:
            refused.append(RefusedRow(line, str(code)[:255], f"{problem.details}."))
            continue
        if code in lines:
            refused.append(RefusedRow(line, code, f"This code stands on line {lines[code]} already."))
        else:
            lines[code] = line
    return lines, refused


def read_csv(content: bytes) -> list[tuple[int, object]]:
    """Return the codes of a CSV file with their lines: its column ``code``, or its first one without such a header."""
    if len(content) > MOST_BYTES:
        raise Problem(413, "payload_too_large", f"The file is larger than {MOST_BYTES // 1024**2} MB")
    if content[:2] == b"PK" or b"\0" in content:
        raise invalid_payload("The file is not a CSV file. Export the sheet as CSV (UTF-8) first")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid_payload("The file is not written in UTF-8. Export it as CSV (UTF-8)") from error
    try:
        return list(_cells(text))
    except csv.Error as error:
        raise invalid_payload(f"The file is not a CSV file: {error}") from error


def _cells(text: str) -> Iterator[tuple[int, object]]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(text.splitlines(), delimiter=max(",;\t", key=first.count))
    column = 0
    for row in reader:
        if reader.line_num == 1 and (headed := _code_column(row)) is not None:
            column = headed
        elif any(cell.strip() for cell in row):
            yield reader.line_num, row[column] if column < len(row) else ""


def _code_column(header: Sequence[str]) -> int | None:
    names = [name.strip().lower() for name in header]
    return next((place for place, name in enumerate(names) if name in HEADERS), None)
