"""Which segments a happening can change: an index from event names, attributes and segments to live trees.

Kept in the process and checked against the table by one cheap query per batch, so that a segment which another process
made or changed is seen by the very next batch.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from access import statements
from events.models import Event
from segments.conditions import Group, judging, leaves, parse
from segments.conditions.evaluation import Judge
from segments.conditions.needs import Needs, is_plain_count, needs_of
from segments.conditions.operators import MOVED_BY
from segments.conditions.ranges import counts
from segments.conditions.tree import AttributeCondition, EventCondition, SegmentCondition
from segments.models import Segment

CREATED = "customer.created"
UPDATED = "customer.updated"
# Batches bring the same few mixtures of names again and again.
NEEDS_KEPT = 500

# Any change that the index depends on changes this sum; public ids are never used twice.
VERSION = """
    SELECT count(*), sum(hashtextextended(concat_ws(':', public_id, revision, type, fill, fill_silent, name), 0))
    FROM segments_segment
"""


@dataclass(frozen=True, slots=True, eq=False)
class LiveSegment:
    """A segment as the live path needs it: its tree parsed, and what its state means for its members."""

    id: int
    public_id: str
    name: str
    revision: int
    tree: Group
    judge: Judge
    needs: Needs
    # Passive segments change their members in silence.
    announces: bool
    # Before it is filled, a customer without a membership may belong to it all the same.
    is_filled: bool
    fills_silently: bool
    # Segments are judged after those they refer to.
    rank: int


@dataclass(slots=True)
class Listeners:
    """Who is to be judged when an event happens to a customer for the n-th time."""

    always: list[LiveSegment] = field(default_factory=list)
    # Trees that only count this event can change at these counts alone.
    at_count: dict[int, list[LiveSegment]] = field(default_factory=lambda: defaultdict(list))

    def at(self, count: int) -> list[LiveSegment]:
        counting = self.at_count.get(count)
        return self.always + counting if counting else self.always

    def all(self) -> set[LiveSegment]:
        return {*self.always, *(segment for counting in self.at_count.values() for segment in counting)}


class Nobody:
    """What is known of a customer of whom nothing is known."""

    def happened(self, event: str) -> None:
        return None

    def occurrences(self, event: str) -> tuple[()]:
        return ()

    def attribute(self, attribute: str) -> None:
        return None

    def is_member(self, segment: str) -> bool:
        return False


class Index:
    """All segments that change their members by themselves, by what changes them."""

    def __init__(self, version: object, segments: Iterable[LiveSegment], public_ids: dict[str, int]) -> None:
        self.version = version
        self.segments = {segment.id: segment for segment in segments}
        # Static segments are never judged, but others may refer to them.
        self.ids = public_ids
        self.by_event: dict[str, Listeners] = defaultdict(Listeners)
        self.by_attribute: dict[str, list[LiveSegment]] = defaultdict(list)
        self.by_segment: dict[str, list[LiveSegment]] = defaultdict(list)
        self.on_created: list[LiveSegment] = []
        self._needs: dict[frozenset[str], Needs] = {}
        self.unfilled = [segment for segment in self.segments.values() if not segment.is_filled]
        for segment in self.segments.values():
            self._file(segment)

    def touched_by(self, event: Event, count: int) -> list[LiveSegment]:
        """Return the segments to judge when an event has happened to its customer ``count`` times."""
        listeners = self.by_event.get(event.name)
        touched = listeners.at(count) if listeners else []
        if event.name == CREATED:
            return touched + self.on_created
        if event.name == UPDATED:
            return touched + self._holding(event.properties.get("changed"))
        return touched

    def hears(self, name: str) -> bool:
        return name in self.by_event or name in (CREATED, UPDATED)

    def needs_of(self, names: set[str]) -> Needs:
        """Return all that may have to be known when events of these names happen."""
        key = frozenset(name for name in names if self.hears(name))
        if key not in self._needs:
            if len(self._needs) >= NEEDS_KEPT:
                self._needs.clear()
            self._needs[key] = needs_of(segment.tree for segment in self._concerned(names))
        return self._needs[key]

    def _concerned(self, names: set[str]) -> set[LiveSegment]:
        concerned = set(self.unfilled)
        for name in names & self.by_event.keys():
            concerned.update(self.by_event[name].all())
        if CREATED in names:
            concerned.update(self.on_created)
        if UPDATED in names:
            concerned.update(segment for listening in self.by_attribute.values() for segment in listening)
        return self.with_dependants(concerned)

    def with_dependants(self, segments: Iterable[LiveSegment]) -> set[LiveSegment]:
        """Return segments together with all that refer to them, directly or through others."""
        found = set(segments)
        if not self.by_segment:
            return found
        waiting = list(found)
        while waiting:
            fresh = set(self.by_segment.get(waiting.pop().public_id, ())) - found
            found |= fresh
            waiting.extend(fresh)
        return found

    def _holding(self, changed: object) -> list[LiveSegment]:
        """Return the segments that ask for a changed attribute; for all, where the event does not say which."""
        paths = changed if isinstance(changed, list) else list(self.by_attribute)
        # The time of the last change is an attribute, too.
        return [segment for path in {*paths, "updated_at"} for segment in self.by_attribute.get(path, ())]

    def _file(self, segment: LiveSegment) -> None:
        counting: dict[str, set[int]] = defaultdict(set)
        otherwise: set[str] = set()
        for _, leaf in leaves(segment.tree):
            match leaf:
                case EventCondition() if is_plain_count(leaf):
                    counting[leaf.event] |= set(counts(leaf.operator, leaf.operands).edges())
                case EventCondition():
                    otherwise.add(leaf.event)
                case AttributeCondition():
                    _append(self.by_attribute[leaf.attribute], segment)
                    otherwise.update(MOVED_BY.get(leaf.attribute, ()))
                case SegmentCondition():
                    _append(self.by_segment[leaf.segment], segment)
        for event in otherwise:
            self.by_event[event].always.append(segment)
        for event, edges in counting.items():
            listeners = self.by_event[event]
            for edge in edges if event not in otherwise else ():
                listeners.at_count[edge].append(segment)
        if _concerns_newcomers(segment):
            self.on_created.append(segment)


def _append(listed: list[LiveSegment], segment: LiveSegment) -> None:
    if segment not in listed:
        listed.append(segment)


def _concerns_newcomers(segment: LiveSegment) -> bool:
    """Say whether merely existing can make a customer a member, or give her a boundary."""
    if segment.needs.attributes or segment.needs.segments:
        return True
    matches, _ = segment.judge(Nobody(), datetime(2000, 1, 1, tzinfo=UTC))
    return matches


_known: Index | None = None


def current() -> Index:
    """Return the index as the table stands."""
    global _known
    with statements.cursor() as cursor:
        cursor.execute(VERSION)
        version = cursor.fetchone()
    if _known is None or _known.version != version:
        _known = _read(version)
    return _known


def _read(version: object) -> Index:
    rows = list(Segment.objects.all())
    trees = {row.public_id: parse(row.filter) for row in rows if row.type != Segment.Type.STATIC}
    ranks: dict[str, int] = {}
    live = [_live(row, trees, ranks) for row in rows if row.public_id in trees]
    live.sort(key=lambda segment: (segment.rank, segment.id))
    return Index(version, live, {row.public_id: row.pk for row in rows})


def _live(row: Segment, trees: dict[str, Group], ranks: dict[str, int]) -> LiveSegment:
    tree = trees[row.public_id]
    return LiveSegment(
        id=row.pk,
        public_id=row.public_id,
        name=row.name,
        revision=row.revision,
        tree=tree,
        judge=judging(tree),
        needs=needs_of([tree]),
        announces=row.type == Segment.Type.AUTO_UPDATE,
        is_filled=row.fill == Segment.Fill.DONE,
        fills_silently=row.fill_silent,
        rank=_rank(row.public_id, trees, ranks),
    )


def _rank(public_id: str, trees: dict[str, Group], ranks: dict[str, int]) -> int:
    """Return 0 for a segment that refers to none, else one more than the highest of those it refers to."""
    if public_id not in trees:
        return -1
    if public_id not in ranks:
        # A ring cannot be stored; should one be there all the same, this keeps the walk finite.
        ranks[public_id] = 0
        referred = needs_of([trees[public_id]]).segments
        ranks[public_id] = 1 + max((_rank(each, trees, ranks) for each in referred), default=-1)
    return ranks[public_id]
