"""Pages of what happened, newest first, over tables that are never counted and never searched to their end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

PER_PAGE = 50

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: Sequence[M]
    older: UUID | None


def page_of(found: QuerySet[M], before: UUID | None, *, searched: int | None = None) -> Page[M]:
    """Return the rows before an id, whose keys grow with time; what is rare is looked for among so many of the latest.

    So no page waits for the whole table.
    """
    floor = _floor(found.model, searched) if searched else None
    found = found.order_by("-pk")
    if floor:
        found = found.filter(pk__gte=floor)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: PER_PAGE + 1])
    return Page(rows[:PER_PAGE], rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None)


def _floor(model: type[M], searched: int) -> UUID | None:
    keys = model._default_manager.order_by("-pk").values_list("pk", flat=True)
    return keys[searched : searched + 1].first()
