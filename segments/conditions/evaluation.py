"""Whether one customer satisfies a tree at an instant, and when time alone may change that. Knows no database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from segments.conditions import aggregates
from segments.conditions.needs import is_tallied, is_timeless
from segments.conditions.operators import AGO, LAST, RECENCY
from segments.conditions.ranges import counts
from segments.conditions.spans import stretch_of
from segments.conditions.tree import AttributeCondition, Condition, EventCondition, Group, SegmentCondition, leaves
from segments.conditions.values import Value, as_moment, passes


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
Judge = Callable[[Facts, datetime], Judgement]
YES: Final[Judgement] = (True, None)
NO: Final[Judgement] = (False, None)


def evaluate(tree: Condition, facts: Facts, at: datetime) -> Verdict:
    """Judge a tree and each condition in it."""
    matches, boundary = judge(tree, facts, at)
    clauses = tuple(
        Clause(path, judge(leaf, facts, at)[0], evidence_for(leaf, facts, at)) for path, leaf in leaves(tree)
    )
    return Verdict(matches, clauses, boundary)


def judge(node: Condition, facts: Facts, at: datetime) -> Judgement:
    """Return the verdict and the earliest instant after ``at`` at which it may change by itself."""
    return judging(node)(facts, at)


def judging(node: Condition) -> Judge:
    """Return the function that judges by a tree. Prepared once, it judges many customers quickly."""
    match node:
        case EventCondition():
            return _judging_event(node)
        case Group():
            return _judging_timeless_group(node) if is_timeless(node) else _judging_group(node)
        case AttributeCondition():
            return _judging_attribute(node)
        case SegmentCondition():
            wanted, segment = node.operator == "in", node.segment
            return lambda facts, at: YES if facts.is_member(segment) is wanted else NO


def _judging_timeless_group(group: Group) -> Judge:
    """Judge until the first member decides; no boundary can be missed, as there is none."""
    members = [judging(each) for each in group.conditions]
    decisive = group.junction == "or"
    decided, undecided = (YES, NO) if decisive is not group.negate else (NO, YES)

    def judge_group(facts: Facts, at: datetime) -> Judgement:
        for member in members:
            if member(facts, at)[0] is decisive:
                return decided
        return undecided

    return judge_group


def _judging_group(group: Group) -> Judge:
    """Join the verdicts.

    The members that hold the group where it is (the false ones of a failed *and*, the true ones of a satisfied *or*)
    must all change before it can; otherwise the first change of any member may change it. A timeless member that holds
    it holds it for good: those are asked first.
    """
    first = [judging(each) for each in group.conditions if is_timeless(each)]
    then = [judging(each) for each in group.conditions if not is_timeless(each)]
    decisive = group.junction == "or"
    decided = decisive is not group.negate
    for_good = YES if decided else NO

    def judge_group(facts: Facts, at: datetime) -> Judgement:
        for member in first:
            if member(facts, at)[0] is decisive:
                return for_good
        judgements = [member(facts, at) for member in then]
        holders = [boundary for matches, boundary in judgements if matches is decisive]
        if holders:
            known = [boundary for boundary in holders if boundary is not None]
            return decided, max(known) if len(known) == len(holders) else None
        return not decided, min((boundary for _, boundary in judgements if boundary is not None), default=None)

    return judge_group


def _judging_event(condition: EventCondition) -> Judge:
    if condition.metric in RECENCY:
        return _judging_recency(condition)
    if is_tallied(condition):
        return _judging_count(condition)
    where = _filtering(condition)
    aggregate = aggregates.judging(condition)
    return lambda facts, at: aggregate(where(facts), at)


def _judging_count(condition: EventCondition) -> Judge:
    event, wanted = condition.event, counts(condition.operator, condition.operands)

    def judge_count(facts: Facts, at: datetime) -> Judgement:
        happened = facts.happened(event)
        return YES if (happened.count if happened else 0) in wanted else NO

    return judge_count


def _judging_recency(condition: EventCondition) -> Judge:
    stretch = stretch_of(condition.operator, condition.operands, condition.unit)
    anchor_of = _anchor_among_some(condition) if condition.where else _anchor_among_all(condition)

    def judge_recency(facts: Facts, at: datetime) -> Judgement:
        anchor = anchor_of(facts)
        return NO if anchor is None else stretch.judge(anchor, at)

    return judge_recency


def _anchor_among_all(condition: EventCondition) -> Callable[[Facts], datetime | None]:
    event, is_last = condition.event, condition.metric == LAST

    def anchor(facts: Facts) -> datetime | None:
        happened = facts.happened(event)
        if happened is None:
            return None
        return happened.last_at if is_last else happened.first_at

    return anchor


def _anchor_among_some(condition: EventCondition) -> Callable[[Facts], datetime | None]:
    where, choose = _filtering(condition), max if condition.metric == LAST else min
    return lambda facts: choose((each.occurred_at for each in where(facts)), default=None)


def _filtering(condition: EventCondition) -> Callable[[Facts], Sequence[Occurrence]]:
    """Return the function that gives the occurrences that pass the property filters, newest first."""
    event, tests = condition.event, [(each.property, each.test) for each in condition.where]
    if not tests:
        return lambda facts: facts.occurrences(event)

    def passing(facts: Facts) -> Sequence[Occurrence]:
        return [
            each
            for each in facts.occurrences(event)
            if all(passes(test, each.properties.get(name)) for name, test in tests)
        ]

    return passing


def _judging_attribute(condition: AttributeCondition) -> Judge:
    attribute, test = condition.attribute, condition.test
    if test.operator not in AGO:
        return lambda facts, at: YES if passes(test, facts.attribute(attribute)) else NO
    stretch = stretch_of(test.operator, test.operands, test.unit)

    def judge_age(facts: Facts, at: datetime) -> Judgement:
        anchor = as_moment(facts.attribute(attribute))
        return NO if anchor is None else stretch.judge(anchor, at)

    return judge_age


def evidence_for(leaf: Condition, facts: Facts, at: datetime) -> tuple[Occurrence, ...]:
    """Return the occurrences that an event condition looks at, newest first."""
    if not isinstance(leaf, EventCondition):
        return ()
    since = at - leaf.within.span if leaf.within else None
    return tuple(each for each in _filtering(leaf)(facts) if since is None or since < each.occurred_at <= at)
