"""Pages of what was sent, newest first, over a table that is never counted and never searched to its end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from webhooks.models import Sendout

PER_PAGE = 50
# What is rare is looked for among this many of the latest, so that no page waits for the whole table.
SEARCHED = 100_000


@dataclass(frozen=True)
class Page:
    rows: Sequence[Sendout]
    older: UUID | None


def page_of(told: Mapping[str, Any], before: UUID | None) -> Page:
    """Return the sendouts before an id, to one webhook, in one state or of one type where it is asked for."""
    found = Sendout.objects.select_related("webhook").order_by("-id").defer("body")
    narrowed = {name: told[name] for name in ("webhook", "state", "type") if told.get(name)}
    floor = _floor() if narrowed else None
    if floor:
        found = found.filter(id__gte=floor)
    if before:
        found = found.filter(id__lt=before)
    return _cut(found.filter(**narrowed))


def _cut(found: QuerySet[Sendout]) -> Page:
    rows = list(found[: PER_PAGE + 1])
    return Page(rows[:PER_PAGE], rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None)


def _floor() -> UUID | None:
    return Sendout.objects.order_by("-id").values_list("id", flat=True)[SEARCHED : SEARCHED + 1].first()
