"""Whether one customer satisfies a tree at an instant, and when time alone may change that. Knows no database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from segments.conditions import aggregates
from segments.conditions.operators import AGO, COUNT, LAST, RECENCY
from segments.conditions.spans import stretch_of
from segments.conditions.tree import AttributeCondition, Condition, EventCondition, Group, SegmentCondition
from segments.conditions.values import Value, as_moment, compare, passes


@dataclass(frozen=True, slots=True)
class Happened:
    """How often an event happened, first and last when."""

    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time an event happened."""

    id: object
    occurred_at: datetime
    properties: dict[str, Value]


class Facts(Protocol):
    """What a tree may ask about one customer."""

    def happened(self, event: str) -> Happened | None: ...

    def occurrences(self, event: str) -> Sequence[Occurrence]:
        """Return the occurrences, newest first; at least those that ``needs.Need`` asks for."""
        ...

    def attribute(self, attribute: str) -> Value: ...

    def is_member(self, segment: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Clause:
    """The verdict on one condition of the tree, and the occurrences that speak for it."""

    path: str
    matches: bool
    evidence: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the customer matches; before ``next_boundary`` (None: ever) time alone does not change it."""

    matches: bool
    evidence: tuple[Clause, ...]
    next_boundary: datetime | None


Judgement = tuple[bool, datetime | None]


def evaluate(tree: Condition, facts: Facts, at: datetime) -> Verdict:
    """Judge a tree and each condition in it."""
    matches, boundary = judge(tree, facts, at)
    clauses = tuple(
        Clause(path, judge(leaf, facts, at)[0], evidence_for(leaf, facts, at)) for path, leaf in leaves(tree)
    )
    return Verdict(matches, clauses, boundary)


def leaves(node: Condition, path: str = "") -> Iterator[tuple[str, Condition]]:
    """Yield each condition that is no group, with its path such as ``conditions.0``."""
    if not isinstance(node, Group):
        yield path, node
        return
    for place, each in enumerate(node.conditions):
        yield from leaves(each, f"{path}.conditions.{place}".lstrip("."))


def judge(node: Condition, facts: Facts, at: datetime) -> Judgement:
    """Return the verdict and the earliest instant after ``at`` at which it may change by itself."""
    match node:
        case EventCondition():
            return _judge_event(node, facts, at)
        case Group():
            return _judge_group(node, facts, at)
        case AttributeCondition():
            return _judge_attribute(node, facts, at)
        case SegmentCondition():
            return facts.is_member(node.segment) is (node.operator == "in"), None


def _judge_group(group: Group, facts: Facts, at: datetime) -> Judgement:
    """Join the verdicts.

    The members that hold the group where it is (the false ones of a failed *and*, the true ones of a satisfied *or*)
    must all change before it can; otherwise the first change of any member may change it.
    """
    decisive = group.junction == "or"
    judgements = [judge(each, facts, at) for each in group.conditions]
    holders = [boundary for matches, boundary in judgements if matches is decisive]
    if holders:
        known = [boundary for boundary in holders if boundary is not None]
        matches, boundary = decisive, max(known) if len(known) == len(holders) else None
    else:
        matches = not decisive
        boundary = min((boundary for _, boundary in judgements if boundary is not None), default=None)
    return matches is not group.negate, boundary


def _judge_event(condition: EventCondition, facts: Facts, at: datetime) -> Judgement:
    if condition.metric in RECENCY:
        anchor = _anchor(condition, facts)
        if anchor is None:
            return False, None
        return stretch_of(condition.operator, condition.operands, condition.unit).judge(anchor, at)
    if condition.metric == COUNT and not condition.within and not condition.where:
        happened = facts.happened(condition.event)
        return compare(condition.operator, happened.count if happened else 0, condition.operands), None
    return aggregates.judge(condition, _passing(condition, facts), at)


def _anchor(condition: EventCondition, facts: Facts) -> datetime | None:
    if not condition.where:
        happened = facts.happened(condition.event)
        if happened is None:
            return None
        return happened.last_at if condition.metric == LAST else happened.first_at
    choose = max if condition.metric == LAST else min
    return choose((each.occurred_at for each in _passing(condition, facts)), default=None)


def _passing(condition: EventCondition, facts: Facts) -> list[Occurrence]:
    """Return the occurrences that pass the property filters, newest first."""
    return [
        each
        for each in facts.occurrences(condition.event)
        if all(passes(one.test, each.properties.get(one.property)) for one in condition.where)
    ]


def _judge_attribute(condition: AttributeCondition, facts: Facts, at: datetime) -> Judgement:
    value = facts.attribute(condition.attribute)
    test = condition.test
    if test.operator not in AGO:
        return passes(test, value), None
    anchor = as_moment(value)
    if anchor is None:
        return False, None
    return stretch_of(test.operator, test.operands, test.unit).judge(anchor, at)


def evidence_for(leaf: Condition, facts: Facts, at: datetime) -> tuple[Occurrence, ...]:
    """Return the occurrences that an event condition looks at, newest first."""
    if not isinstance(leaf, EventCondition):
        return ()
    since = at - leaf.within.span if leaf.within else None
    return tuple(each for each in _passing(leaf, facts) if since is None or since < each.occurred_at <= at)
