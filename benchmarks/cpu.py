"""CPU and memory of process trees, from the kernel's own accounting.

CPU per event hardly moves with what else runs on the machine, so it stands beside every throughput.
"""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def by_part(roots: Mapping[str, int]) -> dict[str, float]:
    """Return the CPU seconds that each named process and its descendants, the ended ones included, have used."""
    spent, parents = _snapshot()
    return {name: sum(spent[pid] for pid in _tree(root, parents)) for name, root in roots.items()}


def seconds(roots: Mapping[str, int]) -> float:
    return sum(by_part(roots).values())


def resident_megabytes(roots: Mapping[str, int]) -> dict[str, float]:
    """Return the proportional memory (PSS) of each process tree: shared pages count once in all."""
    _, parents = _snapshot()
    return {name: sum(map(_pss, _tree(root, parents))) / 1024 for name, root in roots.items()}


def parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def _snapshot() -> tuple[dict[int, float], dict[int, int]]:
    spent, parents = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = _stat(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                continue
            parents[int(entry)] = int(fields[1])
            # utime, stime, and those of its children that have ended (a closed PostgreSQL connection is one).
            spent[int(entry)] = sum(int(field) for field in fields[11:15]) / TICK
    return spent, parents


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the state on: the name before it may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _tree(root: int, parents: Mapping[int, int]) -> Iterator[int]:
    if root not in parents:
        return
    yield root
    for pid, parent in parents.items():
        if parent == root:
            yield from _tree(pid, parents)


def _pss(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def spent_between(before: Mapping[str, float], after: Mapping[str, float], events: int) -> str:
    """Say where the milliseconds of an event went, dearest part first."""
    each = {name: (after[name] - before[name]) * 1000 / events for name in after}
    dearest = sorted(each.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {cost:.2f}" for name, cost in dearest if cost >= 0.005)


def milliseconds_each(before: Mapping[str, float], after: Mapping[str, float], events: int) -> float:
    return (sum(after.values()) - sum(before.values())) * 1000 / events
