"""What a benchmark answers with, and how it is printed."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Target:
    """What a figure should reach, and where it would be excellent."""

    reach: float | None = None
    stretch: float | None = None
    higher_is_better: bool = True

    def verdict(self, got: float) -> str:
        for value, word in ((self.stretch, "stretch"), (self.reach, "reached")):
            if value is not None and (got >= value if self.higher_is_better else got <= value):
                return word
        return "-" if self.reach is None else "MISSED"


NONE = Target()


def at_least(reach: float, stretch: float | None = None) -> Target:
    return Target(reach, stretch)


def at_most(reach: float, stretch: float | None = None) -> Target:
    return Target(reach, stretch, higher_is_better=False)


@dataclass(frozen=True)
class Row:
    """One measured figure, and in ``seen`` the absolute figures behind it."""

    what: str
    got: float
    unit: str
    target: Target = NONE
    seen: str = ""

    @property
    def verdict(self) -> str:
        return self.target.verdict(self.got)


@dataclass
class Result:
    name: str
    rows: list[Row] = field(default_factory=list)
    failure: str = ""

    def add(self, what: str, got: float, unit: str, target: Target = NONE, seen: str = "") -> None:
        self.rows.append(Row(what, got, unit, target, seen))


def median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def number(value: float | None, unit: str = "") -> str:
    if value is None:
        return "-"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 30 else 2 if abs(value) >= 0.1 else 3
    return f"{value:,.{digits}f} {unit}".strip()


def lines(result: Result) -> list[list[str]]:
    """Return the cells of a result's rows: name, what, got, reach, stretch, verdict, seen."""
    cells = [[result.name, *_cells(row)] for row in result.rows]
    return cells + ([[result.name, result.failure, "-", "-", "-", "FAILED", ""]] if result.failure else [])


def _cells(row: Row) -> list[str]:
    targets = [number(row.target.reach), number(row.target.stretch)]
    return [row.what, number(row.got, row.unit), *targets, row.verdict, row.seen]


HEADINGS = ["name", "what", "got", "reach", "stretch", "verdict", "seen"]


def as_markdown(results: Iterable[Result]) -> str:
    rows = [HEADINGS, ["---"] * len(HEADINGS), *(cells for result in results for cells in lines(result))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def as_text(results: Iterable[Result]) -> str:
    rows = [HEADINGS, *(cells for result in results for cells in lines(result))]
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(HEADINGS) - 1)]
    return "".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(cells, widths, strict=False)), cells[-1]]).rstrip() + "\n"
        for cells in rows
    )


def write_json(results: Iterable[Result], path: Path, machine: dict[str, object]) -> None:
    """Write the same table for programs."""
    content = [
        {"name": r.name, "failure": r.failure, "rows": [{**asdict(row), "verdict": row.verdict} for row in r.rows]}
        for r in results
    ]
    path.write_text(json.dumps({"machine": machine, "results": content}, indent=1) + "\n")
