"""The segments that somebody would belong to of whom nothing is known but an id."""

from datetime import datetime

from events.clock import database_now
from segments.conditions import Happened, Occurrence
from segments.conditions.operators import BOUGHT, STANDARD_ATTRIBUTES
from segments.conditions.values import Value
from segments.membership import affected
from segments.models import Segment


class Stranger:
    """What may be asked of somebody who never did anything; answers as ``conditions.Facts``."""

    def __init__(self, source_id: str) -> None:
        self.source_id = source_id
        self.members: set[str] = set()

    def happened(self, event: str) -> Happened | None:
        return None

    def occurrences(self, event: str) -> list[Occurrence]:
        return []

    def attribute(self, attribute: str) -> Value:
        if attribute.startswith(BOUGHT) and STANDARD_ATTRIBUTES[attribute] == "number":
            return 0
        return self.source_id if attribute == "source_id" else None

    def is_member(self, segment: str) -> bool:
        return segment in self.members


def segments_of(source_id: str) -> list[Segment]:
    """Return them newest first; a segment is judged after those that it refers to."""
    now: datetime = database_now()
    stranger = Stranger(source_id)
    for segment in sorted(affected.current().segments.values(), key=lambda each: each.rank):
        if segment.judge(stranger, now)[0]:
            stranger.members.add(segment.public_id)
    return list(Segment.objects.filter(public_id__in=stranger.members).order_by("-id"))
