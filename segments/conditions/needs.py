"""What a tree asks for: whose changes can flip it, and which facts must be at hand to judge it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from segments.conditions.operators import AGGREGATES, AGO, COUNT, RECENCY
from segments.conditions.tree import AttributeCondition, Condition, EventCondition, SegmentCondition, leaves


@dataclass(frozen=True, slots=True)
class Need:
    """Which occurrences of an event are looked at: how far back (None: all), how many of the newest (None: all)."""

    span: timedelta | None
    most: int | None
    properties: bool

    def joined(self, other: "Need") -> "Need":
        return Need(
            None if self.span is None or other.span is None else max(self.span, other.span),
            None if self.most is None or other.most is None else max(self.most, other.most),
            self.properties or other.properties,
        )


@dataclass(slots=True)
class Needs:
    """The facts that a set of trees looks at."""

    tallies: set[str] = field(default_factory=set)
    # The events whose first and last time matters, besides their number.
    times: set[str] = field(default_factory=set)
    occurrences: dict[str, Need] = field(default_factory=dict)
    attributes: set[str] = field(default_factory=set)
    segments: set[str] = field(default_factory=set)

    def add(self, tree: Condition) -> "Needs":
        for _, leaf in leaves(tree):
            match leaf:
                case EventCondition():
                    self._add_event(leaf)
                case AttributeCondition():
                    self.attributes.add(leaf.attribute)
                case SegmentCondition():
                    self.segments.add(leaf.segment)
        return self

    def merge(self, other: "Needs") -> None:
        self.tallies |= other.tallies
        self.times |= other.times
        self.attributes |= other.attributes
        self.segments |= other.segments
        for event, need in other.occurrences.items():
            self._add_occurrences(event, need)

    def _add_event(self, leaf: EventCondition) -> None:
        if not is_tallied(leaf):
            self._add_occurrences(leaf.event, _need(leaf))
            return
        self.tallies.add(leaf.event)
        if leaf.metric in RECENCY:
            self.times.add(leaf.event)

    def _add_occurrences(self, event: str, need: Need) -> None:
        known = self.occurrences.get(event)
        self.occurrences[event] = known.joined(need) if known else need


def needs_of(trees: Iterable[Condition]) -> Needs:
    needs = Needs()
    for tree in trees:
        needs.add(tree)
    return needs


def is_tallied(leaf: EventCondition) -> bool:
    """Say whether the tally alone answers: no window, no property is looked at."""
    return leaf.metric not in AGGREGATES and not leaf.within and not leaf.where


def is_plain_count(leaf: Condition) -> bool:
    return isinstance(leaf, EventCondition) and leaf.metric == COUNT and is_tallied(leaf)


def is_timeless(tree: Condition) -> bool:
    """Say whether time alone can never change the verdict."""
    return not any(_runs_with_time(leaf) for _, leaf in leaves(tree))


def _runs_with_time(leaf: Condition) -> bool:
    if isinstance(leaf, EventCondition):
        return leaf.metric in RECENCY or leaf.within is not None
    return isinstance(leaf, AttributeCondition) and leaf.test.operator in AGO


def _need(leaf: EventCondition) -> Need:
    properties = bool(leaf.where) or leaf.metric in AGGREGATES
    # Beyond the largest count asked for, one more occurrence changes neither the verdict nor its boundary.
    most = None if properties else math.floor(max(leaf.operands)) + 1
    return Need(leaf.within.span if leaf.within else None, most, properties)


def listens_to(tree: Condition) -> list[str]:
    """Return the keys of what can change the verdict: ``event:NAME``, ``attribute:PATH``, ``segment:ID``."""
    keys = set()
    for _, leaf in leaves(tree):
        match leaf:
            case EventCondition():
                keys.add(f"event:{leaf.event}")
            case AttributeCondition():
                keys.add(f"attribute:{leaf.attribute}")
            case SegmentCondition():
                keys.add(f"segment:{leaf.segment}")
    return sorted(keys)


def timed_events(tree: Condition) -> set[str] | None:
    """Return the events whose age matters to a tree, or None where the age of an attribute does."""
    timed = [leaf for _, leaf in leaves(tree) if _runs_with_time(leaf)]
    events = {leaf.event for leaf in timed if isinstance(leaf, EventCondition)}
    return events if all(isinstance(leaf, EventCondition) for leaf in timed) else None
