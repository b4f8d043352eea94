"""The table of docs/compatibility.md: written by a run that is asked to, held by every other."""

from typing import Any

from tests.compatibility.steps import Row
from tests.product import ROOT

PATH = ROOT / "docs" / "compatibility.md"


def hold(config: Any, client: str, found: list[Row]) -> None:
    """Compare a client's table with the document's, or write it there with ``--write-compatibility``."""
    before, begin, end, after = _parts(client)
    table = _table(found)
    if config.getoption("--write-compatibility"):
        PATH.write_text(f"{before}{begin}\n{table}\n{end}{after}")
    held = PATH.read_text().split(begin)[1].split(end)[0].strip()
    assert held == table, "Run ./run test tests/compatibility --write-compatibility and read what changed."


def _parts(client: str) -> tuple[str, str, str, str]:
    begin, end = f"<!-- {client}: begin -->", f"<!-- {client}: end -->"
    before, _, rest = PATH.read_text().partition(begin)
    return before, begin, end, rest.partition(end)[2]


def _table(found: list[Row]) -> str:
    works = sum(row.verdict == "works" for row in found)
    lines = [f"{works} of {len(found)} methods work.", "", "| method | |", "|---|---|"]
    return "\n".join(lines + [f"| `{row.method}` | {row.verdict} |" for row in found])
