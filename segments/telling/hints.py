"""Advice about a filter: what its author may not expect of it. Never an error."""

from collections.abc import Iterator

from events.models import Tally
from segments.conditions import Condition, Group, leaves
from segments.conditions.needs import is_plain_count
from segments.conditions.ranges import counts
from segments.conditions.tree import EventCondition


def hints(tree: Group, matching: int, total: int) -> list[str]:
    """Return sentences about events never seen, customers who never leave, and filters that divide nobody."""
    return [*_never_seen(tree), *_never_left(tree), *_undivided(matching, total)]


def _never_seen(tree: Group) -> Iterator[str]:
    names = sorted({leaf.event for leaf in _event_leaves(tree)})
    for name in names:
        if not Tally.objects.filter(event_name=name).exists():
            yield f"No customer has had the event {name} yet. Is it spelled as the shop sends it?"


def _never_left(tree: Group) -> Iterator[str]:
    if tree.junction == "and" and not tree.negate and all(map(_only_grows, tree.conditions)):
        yield (
            "A count only grows, so a customer enters once and never leaves. "
            "Add a window, such as in the last 7 days, to let her leave and enter again."
        )


def _only_grows(leaf: Condition) -> bool:
    if not isinstance(leaf, EventCondition) or not is_plain_count(leaf):
        return False
    return counts(leaf.operator, leaf.operands).high is None


def _undivided(matching: int, total: int) -> Iterator[str]:
    if total and matching == total:
        yield "All customers match."


def _event_leaves(tree: Group) -> Iterator[EventCondition]:
    return (leaf for _, leaf in leaves(tree) if isinstance(leaf, EventCondition))
