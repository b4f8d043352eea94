"""Pages of the list of events, newest first, over a table that is never counted and never searched to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from events.models import Event

PER_PAGE = 50
# A rare name is looked for among this many of the latest events, so that no page waits for the whole table.
SEARCHED = 200_000


@dataclass(frozen=True)
class Page:
    rows: Sequence[Event]
    older: UUID | None


def page_of(events: QuerySet[Event], before: UUID | None, *, is_searched: bool) -> Page:
    """Return the events before an id; a list narrowed by anything but the customer looks no further than the bound."""
    found = events.select_related("customer").order_by("-pk")
    floor = _floor() if is_searched else None
    if floor:
        found = found.filter(pk__gte=floor)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: PER_PAGE + 1])
    return Page(rows[:PER_PAGE], rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else None)


def _floor() -> UUID | None:
    return Event.objects.order_by("-pk").values_list("pk", flat=True)[SEARCHED : SEARCHED + 1].first()
