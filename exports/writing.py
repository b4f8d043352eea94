"""Files are written: a slice of rows is one transaction with its part of the file and the place where to go on.

A worker may be killed anywhere: what is committed is written once, what is not is written again. A slice that fails
again and again ends its export with a sentence.
"""

import csv
import io
import json
import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from campaigns.downloads import safe_cell
from exports import asking, planning
from exports.catalogue import ALL
from exports.models import Export, Part

TRIES_MOST = 5

logger = logging.getLogger(__name__)


def has_work(_now: datetime) -> bool:
    return Export.objects.filter(status__in=Export.OPEN).exists()


def write_for(seconds: float) -> bool:
    """Write slices, in turn, for about so long; tell whether the time was not enough."""
    until = time.monotonic() + seconds
    while write_some():
        if time.monotonic() >= until:
            return True
    return False


def write_some() -> bool:
    """Write one slice of the oldest export that nobody writes; tell whether there was one."""
    begun = _begin()
    if begun is None:
        return False
    try:
        _write_slice(begun)
    except Exception as error:
        if isinstance(error, OperationalError) and not connection.is_usable():
            raise
        logger.exception("A slice of the export %s failed (try %d)", begun.public_id, begun.attempts)
        _note_failure(begun, error)
    return True


@transaction.atomic
def _begin() -> Export | None:
    """Choose an export and count the try before it is made: also a slice that kills its worker comes to an end."""
    found = Export.objects.filter(status__in=Export.OPEN).order_by("attempts", "id")
    export = found.select_for_update(skip_locked=True).first()
    if export is None:
        return None
    if export.attempts >= TRIES_MOST:
        _fail(export, export.error or "Its writers were stopped again and again.")
        return None
    export.attempts += 1
    Export.objects.filter(pk=export.pk).update(attempts=export.attempts, status=Export.Status.IN_PROGRESS)
    return export


@transaction.atomic
def _write_slice(begun: Export) -> None:
    export = Export.objects.select_for_update(skip_locked=True).filter(pk=begun.pk, status__in=Export.OPEN).first()
    if export is None:
        return
    if export.expected is None:
        planning.begin(export)
    rows, is_last = planning.write_next(export, _written)
    changes: dict[str, Any] = {"attempts": 0, "error": "", "rows": export.rows + len(rows)}
    if rows:
        changes["cursor"] = str(rows[-1].pk)
    if is_last:
        changes |= {"status": Export.Status.DONE, "finished_at": Now()}
    Export.objects.filter(pk=export.pk).update(**changes)
    if is_last:
        export.refresh_from_db()
        asking.tell("done", export)


def _written(export: Export, number: int, rows: Sequence[Any]) -> dict[str, Any]:
    """Return what a part of the file holds: its lines, and whom they name."""
    exportable = ALL[export.exported_object]
    exportable.prepare(rows)
    whom = [[key for key in exportable.people(row) if key is not None] for row in rows for _ in exportable.lines(row)]
    return {
        "content": _lines(export, rows, with_header=number == 0),
        "keys": None,
        "whom": whom if any(whom) else [],
        "people": sorted({key for keys in whom for key in keys}),
    }


def _lines(export: Export, rows: Sequence[Any], *, with_header: bool) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    if with_header:
        writer.writerow([safe_cell(name) for name in export.fields])
    writer.writerows(_cells(export, rows))
    return text.getvalue()


def _cells(export: Export, rows: Sequence[Any]) -> Iterator[list[str]]:
    for line in (line for row in rows for line in ALL[export.exported_object].lines(row)):
        yield [_cell(_value(export, line, name)) for name in export.fields]


def _value(export: Export, row: Any, name: str) -> Any:
    exportable = ALL[export.exported_object]
    if name in exportable.fields:
        return exportable.fields[name](row)
    metadata = (exportable.metadata(row) if exportable.metadata else None) or {}
    return metadata if name == "metadata" else metadata.get(name.partition(".")[2])


def _cell(value: Any) -> str:
    """Return a value as a cell holds it; a number is a number, and a text that a spreadsheet would run is not run."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, int | float) else safe_cell(value)


@transaction.atomic
def _note_failure(begun: Export, error: Exception) -> None:
    export = Export.objects.select_for_update().filter(pk=begun.pk, status__in=Export.OPEN).first()
    if export is None:
        return
    export.error = f"{type(error).__name__}: {error}"[:300]
    Export.objects.filter(pk=export.pk).update(error=export.error)
    if export.attempts >= TRIES_MOST:
        _fail(export, export.error)


def _fail(export: Export, why: str) -> None:
    Export.objects.filter(pk=export.pk).update(status=Export.Status.ERROR, error=why[:300], finished_at=Now())
    Part.objects.filter(export=export).delete()
    export.refresh_from_db()
    asking.tell("failed", export)


def file_of(export: Export) -> Iterator[str]:
    """Yield the file part by part."""
    yield from Part.objects.filter(export=export).order_by("number").values_list("content", flat=True).iterator()
