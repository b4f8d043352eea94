"""Which segments refer to which: never to one that is not there, never in a ring."""

from django.db.models import QuerySet

from access.problems import invalid_payload
from segments import conditions
from segments.conditions import Group
from segments.conditions.needs import needs_of
from segments.models import Segment


def dependants(segment: Segment) -> QuerySet[Segment]:
    return Segment.objects.filter(listens_to__contains=[f"segment:{segment.public_id}"])


def require(tree: Group) -> None:
    """Raise a Problem unless all segments that a tree refers to exist; they stay until the transaction ends."""
    referred = needs_of([tree]).segments
    held = Segment.objects.select_for_update(no_key=True).filter(public_id__in=referred).order_by("pk")
    missing = referred - set(held.values_list("public_id", flat=True))
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
