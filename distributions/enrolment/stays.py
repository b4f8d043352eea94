"""Whether a customer was in a segment at a given event of the batch."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from access import statements
from distributions.enrolment.standing import StandingOrder
from events.models import Event

OVERLAPPING = """
SELECT segment_id, customer_id, cause_event_id, left_cause_event_id FROM segments_entry
WHERE segment_id = ANY(%(segments)s) AND customer_id = ANY(%(customers)s)
  AND (left_at IS NULL OR left_cause_event_id = ANY(%(events)s))
"""
BEFORE_THE_BATCH = -1


class Stays:
    """The stays in the orders' segments that overlap with this batch, in the batch's own order of events.

    A stay is placed by the events that began and ended it, not by clocks: two events of one millisecond have an order.
    """

    def __init__(self, orders: Sequence[StandingOrder], events: Sequence[Event]) -> None:
        self._position: dict[UUID, int] = {event.id: place for place, event in enumerate(events)}
        self._stays: dict[tuple[int, int], list[tuple[int, int | None]]] = defaultdict(list)
        segments = {order.segment_id for order in orders if order.segment_id and _needs_stays(order)}
        if segments:
            self._read(segments, events)

    def _read(self, segments: set[int], events: Sequence[Event]) -> None:
        known = {
            "segments": list(segments),
            "customers": list({event.customer_id for event in events}),
            "events": list(self._position),
        }
        rows = statements.rows(OVERLAPPING, known)
        for segment_id, customer_id, began, ended in rows:
            begin = self._position.get(began, BEFORE_THE_BATCH) if began else BEFORE_THE_BATCH
            self._stays[segment_id, customer_id].append((begin, self._position.get(ended) if ended else None))

    def covers(self, order: StandingOrder, event: Event, *, from_the_next: bool) -> bool:
        """Tell whether the event lies within a stay; ``from_the_next`` leaves out the event that began the stay."""
        place = self._position[event.id]
        return any(
            (begin < place if from_the_next else begin <= place) and (end is None or place < end)
            for begin, end in self._stays[order.segment_id or 0, event.customer_id or 0]
        )


def _needs_stays(order: StandingOrder) -> bool:
    return bool(order.repeats_on) or not order.is_about_moves
