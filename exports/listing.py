"""Pages of files, newest first, each with what it is called."""

from dataclasses import dataclass

from exports.catalogue import WORDS
from exports.models import Export

PER_PAGE = 25


@dataclass(frozen=True)
class File:
    export: Export
    words: str


@dataclass(frozen=True)
class Files:
    """A page; ``older`` is where the next one goes on, ``is_open`` says that some of it will change."""

    rows: list[File]
    older: int | None
    is_open: bool


def page_of(before: int | None) -> Files:
    found = Export.objects.order_by("-pk")
    shown = list((found.filter(pk__lt=before) if before else found)[: PER_PAGE + 1])
    rows = [File(export, WORDS[export.exported_object]) for export in shown[:PER_PAGE]]
    older = rows[-1].export.pk if len(shown) > PER_PAGE else None
    return Files(rows, older, any(row.export.status in Export.OPEN for row in rows))
