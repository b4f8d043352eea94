"""Customers who come many at once: rows of bulk calls, written a slice at a time through the way of all customers.

Each row that makes or changes somebody is told as an event, as if it had come alone; one that changes nothing is not.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from access.problems import Problem
from backlog import doorbell
from backlog.models import AsyncAction
from backlog.rows import Outcome, Refusal, Row
from customers import profiles, sheets
from customers.profiles import Profile
from events.accepting import Outcome as Written
from events.accepting import Report, accept_group
from events.tasks import apply_pending
from schemas import checking

Read = Callable[[Any], Profile]
Name = Callable[[Any], str]


def import_rows(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Take rows of a sheet as whole profiles: what a row does not say of a known customer is erased."""
    schema = checking.schema_of("customer")
    return _welcome(action, rows, lambda cells: sheets.profile_of(cells, schema), sheets.name_of)


def update_many(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Take customers as single upserts take them; the report tells of each whether she was found."""
    return _welcome(action, rows, _by_source_id, _source_id, is_told=True)


def update_metadata(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Give many customers the same metadata."""
    metadata = action.asked["metadata"]
    read: Read = lambda source_id: profiles.parse({"source_id": source_id, "metadata": metadata})  # noqa: E731
    return _welcome(action, rows, read, str, is_told=True)


def _by_source_id(said: dict[str, Any]) -> Profile:
    """Leave our own id out: these calls know customers by the shop's."""
    return profiles.parse({name: value for name, value in said.items() if name != "id"})


def _source_id(said: dict[str, Any]) -> str:
    return str(said.get("source_id", ""))


def _welcome(action: AsyncAction, rows: Sequence[Row], read: Read, name: Name, *, is_told: bool = False) -> Outcome:
    refused, reports = [], []
    for row in rows:
        try:
            reports.append((row, _report(action, read(row.said))))
        except Problem as problem:
            refused.append(Refusal(row.line, name(row.said), problem.sentence))
    written = _write([report for _, report in reports])
    done: list[tuple[Row, Written]] = []
    for (row, _), outcome in zip(reports, written, strict=True):
        if outcome.problem is None:
            done.append((row, outcome))
        else:
            refused.append(Refusal(row.line, name(row.said), outcome.problem.sentence.removeprefix("Customer.")))
    told = [_told(name(row.said), outcome) for row, outcome in done] if is_told else []
    return Outcome(len(done), sorted(refused, key=lambda refusal: refusal.line), _counts(done), told)


def _report(action: AsyncAction, profile: Profile) -> Report:
    return Report(profile, source=action.source, key_id=action.key_id, group_id=action.request_id)


def _write(reports: Sequence[Report]) -> list[Written]:
    if not reports:
        return []
    with connection.cursor() as cursor:
        written = accept_group(cursor, reports)
    doorbell.ring_on_commit(apply_pending)
    return written


def _counts(done: Sequence[tuple[Row, Written]]) -> dict[str, int]:
    created = sum(outcome.saying.created for _, outcome in done)
    changed = sum(bool(outcome.saying.changed) and not outcome.saying.created for _, outcome in done)
    return {"created_count": created, "updated_count": changed, "unchanged_count": len(done) - created - changed}


def _told(source_id: str, outcome: Written) -> dict[str, Any]:
    return {"source_id": source_id, "found": not outcome.saying.created, "updated": True}
