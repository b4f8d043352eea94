"""Which rows a file holds, in which order, slice by slice.

In the order of their making rows are found by the key of the last one. Any other order can change while the file is
written, so it is settled at the beginning: each part is told its rows, and none is missed or written twice.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTransform

from access import filtering
from exports.catalogue import ALL
from exports.models import Export, Part

SLICE = 2_000
METADATA = "metadata."

# Returns what a part of a file holds, given its number and rows.
Written = Callable[[Export, int, Sequence[Any]], dict[str, Any]]


def begin(export: Export) -> None:
    """Count the rows that there are, and settle their order where it is not that of their making."""
    export.expected = matching(export).count()
    export.is_planned = bool(export.sort)
    Export.objects.filter(pk=export.pk).update(expected=export.expected, is_planned=export.is_planned)
    if export.is_planned:
        Part.objects.bulk_create(_planned(export), batch_size=100)


def write_next(export: Export, written: Written) -> tuple[list[Any], bool]:
    """Write the next part of a file; return its rows, and whether it was the last."""
    if export.is_planned:
        return _write_planned(export, written)
    rows = _after_the_last(export)
    number = export.parts.count()
    Part.objects.create(export=export, number=number, **written(export, number, rows))
    return rows, len(rows) < SLICE


def matching(export: Export) -> QuerySet[Any]:
    exportable = ALL[export.exported_object]
    asked = filtering.from_json(export.parameters.get("filters") or {}, exportable.columns)
    return exportable.rows(export.about).filter(asked)


def _after_the_last(export: Export) -> list[Any]:
    rows = matching(export)
    if export.cursor:
        rows = rows.filter(**{"pk__lt" if export.is_descending else "pk__gt": export.cursor})
    return list(rows.order_by("-pk" if export.is_descending else "pk")[:SLICE])


def _planned(export: Export) -> Iterator[Part]:
    """Yield the parts of a file, each with the keys of its rows; an empty file has one, for its first line."""
    column = _column(export)
    order = column.desc(nulls_last=True) if export.is_descending else column.asc(nulls_last=True)
    keys = matching(export).order_by(order, "pk").values_list("pk", flat=True).iterator(chunk_size=SLICE)
    number = 0
    while chunk := [str(key) for key in islice(keys, SLICE)]:
        yield Part(export=export, number=number, keys=chunk)
        number += 1
    if number == 0:
        yield Part(export=export, number=0, keys=[])


def _column(export: Export) -> Any:
    if export.sort.startswith(METADATA):
        return KeyTransform(export.sort.removeprefix(METADATA), "metadata")
    column = ALL[export.exported_object].fields[export.sort].column
    return column if isinstance(column, Combinable) else F(str(column))


def _write_planned(export: Export, written: Written) -> tuple[list[Any], bool]:
    waiting = list(export.parts.filter(keys__isnull=False).order_by("number")[:2])
    if not waiting:
        return [], True
    part = waiting[0]
    rows = _named(export, part.keys or [])
    Part.objects.filter(pk=part.pk).update(**written(export, part.number, rows))
    return rows, len(waiting) == 1


def _named(export: Export, keys: Sequence[str]) -> list[Any]:
    """Return the rows of a part in its order, without those that were deleted meanwhile."""
    found = {str(row.pk): row for row in ALL[export.exported_object].rows(export.about).filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]
