"""How many customers are in each segment and came lately: bounded counts for the list, exact ones for a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

BOUND = 100_000
LATELY = timedelta(hours=24)

# One index range per segment, each read no further than the bound.
SIZES = """
    SELECT segment.id,
           (SELECT count(*) FROM (SELECT 1 FROM segments_membership AS m
            WHERE m.segment_id = segment.id AND m.is_member LIMIT %(bound)s) AS inside),
           (SELECT count(*) FROM (SELECT 1 FROM segments_membership AS m
            WHERE m.segment_id = segment.id AND m.is_member AND m.changed_at >= %(since)s LIMIT %(bound)s) AS came)
    FROM segments_segment AS segment WHERE segment.id = ANY(%(ids)s)
"""


@dataclass(frozen=True)
class Size:
    """Members now, and how many of them came within the last day."""

    members: int
    came_lately: int

    @property
    def in_words(self) -> str:
        return f"{self.members:,}{'+' if self.members >= BOUND else ''}"


def sizes(segment_ids: Sequence[int], now: datetime) -> dict[int, Size]:
    """Return the sizes of these segments in one query."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, {"bound": BOUND, "since": now - LATELY, "ids": list(segment_ids)})
        return {segment_id: Size(members, came) for segment_id, members, came in cursor.fetchall()}
