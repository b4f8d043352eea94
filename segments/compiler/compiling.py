"""A tree as one SQL condition over every customer: the same verdicts as ``conditions.judge``, for all at once.

Previews, first fills and edits use it; a property test holds the two equal for any tree, history and instant.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from segments.compiler.comparing import passes
from segments.compiler.fragments import FALSE, TRUE, Fragment, build, joined, value
from segments.compiler.occurring import happened
from segments.conditions.operators import BOUGHT, METADATA
from segments.conditions.tree import AttributeCondition, Condition, EventCondition, Group, SegmentCondition


def members_sql(tree: Condition, now: datetime) -> tuple[str, tuple[Any, ...]]:
    """Return a query, with its bound values, of the ids of all customers that match at an instant."""
    return build("SELECT c.id FROM customers_customer c WHERE {}", predicate(tree, now))


def predicate(tree: Condition, now: datetime) -> Fragment:
    """Return the condition on ``customers_customer c``. It is never NULL, so that it can be negated.

    Who was deleted matches nothing, not even a condition that is negated.
    """
    return build("(c.deleted_at IS NULL AND ({}))", combine(tree, lambda leaf: leaf_predicate(leaf, now)))


def combine(tree: Condition, leaf: Callable[[Condition], Fragment]) -> Fragment:
    """Join what stands for the leaves, asked for in the order of ``conditions.leaves``, as the groups say."""
    if not isinstance(tree, Group):
        return leaf(tree)
    parts = [combine(each, leaf) for each in tree.conditions]
    held = joined("AND", parts, TRUE) if tree.junction == "and" else joined("OR", parts, FALSE)
    return build("NOT ({})", held) if tree.negate else held


def leaf_predicate(leaf: Condition, now: datetime) -> Fragment:
    match leaf:
        case EventCondition():
            return happened(leaf, now)
        case AttributeCondition():
            return build("COALESCE({}, FALSE)", _attribute(leaf, now))
        case SegmentCondition():
            return _segment(leaf)
    raise ValueError("a group is no leaf")


def _segment(condition: SegmentCondition) -> Fragment:
    found = build(
        "EXISTS (SELECT 1 FROM segments_membership m WHERE m.customer_id = c.id AND m.is_member "
        "AND m.segment_id = (SELECT s.id FROM segments_segment s WHERE s.public_id = {}))",
        value(condition.segment, "text"),
    )
    return found if condition.operator == "in" else build("NOT {}", found)


def _attribute(condition: AttributeCondition, now: datetime) -> Fragment:
    name = condition.attribute
    if name.startswith(METADATA):
        subject = build("(c.metadata -> {})", value(name.removeprefix(METADATA), "text"))
        return passes(condition.test, subject, now)
    if name.startswith("address."):
        subject = build("(c.address -> {})", value(name.removeprefix("address."), "text"))
        return passes(condition.test, subject, now)
    if name.startswith(BOUGHT):
        return _bought(condition, now)
    column = _COLUMNS[name]
    moment = Fragment(f"c.{column}") if column.endswith("_at") else None
    return passes(condition.test, Fragment(f"to_jsonb(c.{column})"), now, moment)


def _bought(condition: AttributeCondition, now: datetime) -> Fragment:
    """Ask for what her orders come to; who never ordered has no row, and numbers of hers are 0."""
    column = _SUMMED[condition.attribute.removeprefix(BOUGHT)]
    known = build("(SELECT s.{} FROM orders_ordersummary s WHERE s.customer_id = c.id)", Fragment(column))
    if column.endswith("_date"):
        return passes(condition.test, build("to_jsonb({})", known), now, known)
    return passes(condition.test, build("to_jsonb(COALESCE({}, 0))", known), now)


# The columns a filter may name; nothing else of a filter ever becomes SQL text.
_COLUMNS = {
    name: name
    for name in ("name", "email", "phone", "source_id", "description", "birthdate", "created_at", "updated_at")
}
_SUMMED = {
    name: name for name in ("total_amount", "total_count", "average_amount", "last_order_amount", "last_order_date")
}
