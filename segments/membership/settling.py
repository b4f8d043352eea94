"""Judges customers whose rows this transaction holds locked, event by event, and collects what changes for them.

Events, wake-ups and fills all come through here, so an edge means the same whatever noticed it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heappop, heappush

from events.models import Event
from segments.conditions.needs import Needs
from segments.membership import facts as reading
from segments.membership.affected import Index, LiveSegment
from segments.membership.changes import Changes, Standing, read_standings
from segments.membership.facts import CustomerFacts


@dataclass(slots=True)
class Visit:
    """One customer: the segments to look at as she stands, then her events with the segments each may change."""

    customer_id: int
    first: list[LiveSegment] = field(default_factory=list)
    steps: list[tuple[Event, list[LiveSegment]]] = field(default_factory=list)


def settle(
    visits: Sequence[Visit], index: Index, now: datetime, known: dict[int, CustomerFacts] | None = None
) -> Changes:
    """Judge all visits, write what changed and tell it; return the changes."""
    segments = index.with_dependants(_mentioned(visits))
    changes = Changes(now)
    if not segments:
        return changes
    needs = Needs()
    for segment in segments:
        needs.merge(segment.needs)
    facts = known if known is not None else reading.before((each.customer_id for each in visits), needs)
    reading.complete(facts, needs, now, later=max(len(visit.steps) for visit in visits))
    standings = _standings(visits, segments, needs, index, facts)
    for visit in visits:
        _Judge(index, facts[visit.customer_id], standings[visit.customer_id], changes).visit(visit)
    changes.write()
    return changes


def _mentioned(visits: Sequence[Visit]) -> set[LiveSegment]:
    mentioned: set[LiveSegment] = set()
    for visit in visits:
        mentioned.update(visit.first)
        for _, touched in visit.steps:
            mentioned.update(touched)
    return mentioned


def _standings(
    visits: Sequence[Visit],
    segments: Iterable[LiveSegment],
    needs: Needs,
    index: Index,
    facts: dict[int, CustomerFacts],
) -> dict[int, dict[int, Standing]]:
    """Read the memberships that are judged or referred to, and let the facts know of the latter."""
    referred = {index.ids[public_id]: public_id for public_id in needs.segments if public_id in index.ids}
    segment_ids = {segment.id for segment in segments} | set(referred)
    found: dict[int, dict[int, Standing]] = defaultdict(dict)
    for standing in read_standings([visit.customer_id for visit in visits], sorted(segment_ids)):
        found[standing.customer_id][standing.segment_id] = standing
        if standing.is_member and standing.segment_id in referred:
            facts[standing.customer_id].members.add(referred[standing.segment_id])
    return found


class _Judge:
    """Walks through one customer's visit."""

    def __init__(self, index: Index, facts: CustomerFacts, standings: dict[int, Standing], changes: Changes) -> None:
        self.index = index
        self.facts = facts
        self.standings = standings
        self.changes = changes
        self.now = changes.now

    def visit(self, visit: Visit) -> None:
        """Settle what is undecided or overdue as she stood before, then let her events happen one by one."""
        overdue = [
            self.index.segments[standing.segment_id]
            for standing in self.standings.values()
            if standing.is_due(self.now) and standing.segment_id in self.index.segments
        ]
        if visit.first or overdue:
            self._pass([*visit.first, *overdue], visit.customer_id, None)
        for event, touched in visit.steps:
            self.facts.apply(event)
            if touched:
                self._pass(touched, visit.customer_id, event)

    def _pass(self, segments: Sequence[LiveSegment], customer_id: int, cause: Event | None) -> None:
        """Judge segments once each, those that refer to others after them."""
        if not self.index.by_segment:
            for segment in dict.fromkeys(segments):
                self._judge(segment, customer_id, cause)
            return
        waiting = {(segment.rank, segment.id) for segment in segments}
        line = sorted(waiting)
        while line:
            segment = self.index.segments[heappop(line)[1]]
            if not self._judge(segment, customer_id, cause):
                continue
            for dependant in self.index.by_segment.get(segment.public_id, ()):
                place = (dependant.rank, dependant.id)
                if place not in waiting:
                    waiting.add(place)
                    heappush(line, place)

    def _judge(self, segment: LiveSegment, customer_id: int, cause: Event | None) -> bool:
        """Judge one segment; return whether she came or went."""
        matches, boundary = segment.judge(self.facts, self.now)
        standing = self.standings.get(segment.id)
        if standing is None:
            if not matches and boundary is None and segment.is_filled:
                # Nothing to remember: she is outside, and time alone will not bring her in.
                return False
            standing = self.standings[segment.id] = Standing.unknown(segment, customer_id, self.now)
        is_told = segment.announces and not (self._is_undecided(segment, standing) and segment.fills_silently)
        standing.revision = segment.revision
        if matches is standing.is_member:
            if standing.must_wake(boundary, self.now):
                standing.next_check_at = boundary
                self.changes.keep(standing)
            return False
        standing.next_check_at = boundary
        self.changes.flip(standing, segment, cause, is_told=is_told)
        (self.facts.members.add if matches else self.facts.members.discard)(segment.public_id)
        return True

    def _is_undecided(self, segment: LiveSegment, standing: Standing) -> bool:
        return not segment.is_filled and standing.revision != segment.revision
