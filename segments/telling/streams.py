"""What a segment's page tells: its members, who came and went and why, how far its filling is, who uses it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from events.models import Event
from segments.models import Entry, Membership, Segment
from segments.telling.sizes import Size, sizes

PER_PAGE = 50
EDGES = 20
LIVE = ("LIVE", "PAUSED")


@dataclass(frozen=True)
class Page:
    """A page of members, newest first, and the numbers of its neighbors."""

    rows: Sequence[Membership]
    previous: int | None
    next: int | None


@dataclass(frozen=True)
class Edge:
    """A customer came or went: when, and by which event; without one it was time, a filling or an edit."""

    entry: Entry
    at: datetime
    is_entry: bool
    cause: Event | None

    @property
    def reason(self) -> str:
        return "matched already, or by time" if self.is_entry else "time passed, or the rules changed"


def members(segment: Segment, search: str, number: int) -> Page:
    """Return a page of members; a search finds the beginning of a name, or a whole e-mail, source id or id."""
    found = Membership.objects.filter(segment=segment, is_member=True).select_related("customer")
    if search:
        found = found.filter(
            Q(customer__name__istartswith=search)
            | Q(customer__email=search.lower())
            | Q(customer__source_id=search)
            | Q(customer__public_id=search)
        )
    first = (max(number, 1) - 1) * PER_PAGE
    rows = list(found.order_by("-changed_at")[first : first + PER_PAGE + 1])
    return Page(rows[:PER_PAGE], number - 1 if number > 1 else None, number + 1 if len(rows) > PER_PAGE else None)


def distributions(segment: Segment) -> QuerySet[Any]:
    return segment.distributions.order_by("-id")[:50]


def live_distributions(segment: Segment) -> list[str]:
    return list(segment.distributions.filter(status__in=LIVE).values_list("name", flat=True))


def now(segment: Segment, at: datetime) -> dict[str, Any]:
    """Return what changes by itself on the page."""
    return {
        "at": at,
        "size": sizes([segment.pk], at).get(segment.pk, Size(0, 0)),
        "fill_percent": fill_percent(segment),
        "stream": edges(segment),
    }


def fill_percent(segment: Segment) -> int:
    return min(100, 100 * segment.fill_cursor // segment.fill_total) if segment.fill_total else 0


def edges(segment: Segment) -> list[Edge]:
    """Return who came and went lately, newest first, each with its causing event: three queries."""
    entries = Entry.objects.filter(segment=segment).select_related("customer")
    came = [(entry, entry.entered_at, True, entry.cause_event_id) for entry in entries.order_by("-entered_at")[:EDGES]]
    gone = entries.filter(left_at__isnull=False).order_by("-left_at")[:EDGES]
    went = [(entry, entry.left_at, False, entry.left_cause_event_id) for entry in gone if entry.left_at]
    # Of one customer's two edges at one instant the leaving came later.
    latest = sorted([*came, *went], key=lambda edge: (edge[1], not edge[2]), reverse=True)[:EDGES]
    causes = _causes([cause for *_edge, cause in latest if cause])
    return [Edge(entry, at, is_entry, causes.get(cause)) for entry, at, is_entry, cause in latest]


def _causes(ids: list[UUID]) -> dict[UUID | None, Event]:
    return {event.pk: event for event in Event.objects.filter(id__in=ids)} if ids else {}
