"""Which segments refer to which: never to one that is not there, never in a ring."""

from collections.abc import Collection, Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from access.problems import invalid_payload
from segments import conditions
from segments.conditions import Group
from segments.conditions.needs import needs_of
from segments.models import Segment

MOST_NAMES = 1_000


def dependants(segment: Segment) -> QuerySet[Segment]:
    return Segment.objects.filter(listens_to__contains=[f"segment:{segment.public_id}"])


def users(segment: Segment) -> Iterator[str]:
    """Say in words what else needs a segment; the apps beside this one are asked by a setting."""
    yield from (f"The segment {each.name} refers to it." for each in dependants(segment)[:1])
    for path in settings.SEGMENT_USERS:
        yield from import_string(path)(segment.public_id)


def names(segments: Collection[str] | None = None) -> dict[str, str]:
    """Return the names of these segments by their ids, or of the latest that a rule may choose from."""
    found = Segment.objects.order_by("-id") if segments is None else Segment.objects.filter(public_id__in=segments)
    return dict(found.values_list("public_id", "name")[:MOST_NAMES])


def require(tree: Group) -> None:
    """Raise a Problem unless all segments that a tree refers to exist; they stay until the transaction ends."""
    hold(needs_of([tree]).segments)


def hold(referred: Collection[str]) -> None:
    """Raise a Problem unless all these segments exist; they stay until the transaction ends."""
    held = Segment.objects.select_for_update(no_key=True).filter(public_id__in=referred).order_by("pk")
    missing = set(referred) - set(held.values_list("public_id", flat=True))
    if missing:
        raise invalid_payload(f"there is no segment {min(missing)}")


def refuse_ring(segment: Segment, tree: Group) -> None:
    """Raise a Problem where a segment with this filter would depend on itself."""
    filters = dict(Segment.objects.exclude(filter=None).values_list("public_id", "filter"))
    waiting, seen = list(needs_of([tree]).segments), set()
    while waiting:
        public_id = waiting.pop()
        if public_id == segment.public_id:
            raise invalid_payload("a segment cannot depend on itself, not even through others")
        if public_id not in seen and public_id in filters:
            seen.add(public_id)
            waiting.extend(needs_of([conditions.parse(filters[public_id])]).segments)
