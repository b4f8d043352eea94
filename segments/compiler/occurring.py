"""Event conditions in SQL: from the tallies where they suffice, else from the customer's events of that name."""

from datetime import datetime

from segments.compiler.comparing import number_holds, passes, within_stretch
from segments.compiler.fragments import FALSE, TRUE, Fragment, all_of, build, value
from segments.conditions.needs import is_tallied
from segments.conditions.operators import COUNT, LAST, RECENCY
from segments.conditions.ranges import counts
from segments.conditions.spans import stretch_of
from segments.conditions.tree import EventCondition
from segments.conditions.values import compare


def happened(condition: EventCondition, now: datetime) -> Fragment:
    """Return the condition on the customer ``c`` that her events satisfy an event condition."""
    if condition.metric in RECENCY:
        return _recency(condition, now)
    if is_tallied(condition):
        return _counted(condition)
    return _aggregated(condition, now)


def _tally(condition: EventCondition, *more: Fragment) -> Fragment:
    row = build("t.customer_id = c.id AND t.event_name = {}", value(condition.event, "text"))
    return build("EXISTS (SELECT 1 FROM events_tally t WHERE {})", all_of(row, *more))


def _counted(condition: EventCondition) -> Fragment:
    wanted = counts(condition.operator, condition.operands)
    if wanted.high is not None and wanted.high < wanted.low:
        return FALSE
    above = build("t.count > {}", value(wanted.high, "bigint"))
    if wanted.low == 0:
        return TRUE if wanted.high is None else build("NOT {}", _tally(condition, above))
    enough = build("t.count >= {}", value(wanted.low, "bigint"))
    return _tally(condition, enough) if wanted.high is None else _tally(condition, enough, build("NOT {}", above))


def _recency(condition: EventCondition, now: datetime) -> Fragment:
    stretch = stretch_of(condition.operator, condition.operands, condition.unit)
    if not condition.where:
        column = Fragment("t.last_at" if condition.metric == LAST else "t.first_at")
        return _tally(condition, within_stretch(stretch, column, now))
    chosen = Fragment("max(e.occurred_at)" if condition.metric == LAST else "min(e.occurred_at)")
    anchors = build("SELECT {} AS at FROM events_event e WHERE {}", chosen, _events(condition, now))
    # Without any such event the anchor is NULL, which no stretch holds; the comparison below says so as FALSE.
    held = within_stretch(stretch, Fragment("anchor.at"), now)
    return build("EXISTS (SELECT 1 FROM ({}) anchor WHERE anchor.at IS NOT NULL AND {})", anchors, held)


def _aggregated(condition: EventCondition, now: datetime) -> Fragment:
    """Ask the tally first: it spares the events of all who have none that could count."""
    total = build("(SELECT {} FROM events_event e WHERE {})", _aggregate(condition), _events(condition, now))
    held = number_holds(condition.operator, condition.operands, total)
    possible = _tally(condition, *_overlap(condition, now))
    nothing: int | None = None if condition.metric in ("min", "max") else 0
    if nothing is not None and compare(condition.operator, nothing, condition.operands):
        return build("(NOT {} OR {})", possible, held)
    return build("({} AND COALESCE({}, FALSE))", possible, held)


def _overlap(condition: EventCondition, now: datetime) -> list[Fragment]:
    if condition.within is None:
        return []
    return [
        build("t.last_at > {}", value(now - condition.within.span, "timestamptz")),
        build("t.first_at <= {}", value(now, "timestamptz")),
    ]


def _events(condition: EventCondition, now: datetime) -> Fragment:
    parts = [build("e.customer_id = c.id AND e.name = {}", value(condition.event, "text"))]
    if condition.within is not None:
        since, until = value(now - condition.within.span, "timestamptz"), value(now, "timestamptz")
        parts.append(build("e.occurred_at > {} AND e.occurred_at <= {}", since, until))
    for one in condition.where:
        parts.append(passes(one.test, _property(one.property), now))
    return all_of(*parts)


def _property(name: str) -> Fragment:
    return build("(e.properties -> {})", value(name, "text"))


def _aggregate(condition: EventCondition) -> Fragment:
    if condition.metric == COUNT:
        return Fragment("count(*)")
    named = _property(condition.property or "")
    if condition.metric == "distinct":
        return build("count(DISTINCT NULLIF({}, 'null'::jsonb))", named)
    number = build("CASE WHEN jsonb_typeof({}) = 'number' THEN ({})::numeric END", named, named)
    function = Fragment({"sum": "COALESCE(sum({}), 0)", "min": "min({})", "max": "max({})"}[condition.metric])
    return build(function.text, number)
