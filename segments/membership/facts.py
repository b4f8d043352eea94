"""What is known of the customers at hand, read set-wise: a fixed number of queries whatever their number or history.

Facts stand as of a moment in the order of applied events: an event that is still pending, or comes later in the batch,
has not happened yet. ``CustomerFacts.apply`` moves one customer on by one event.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from access import statements
from events.models import Event
from segments.compiler.fragments import FALSE, Fragment, array, build, joined, value
from segments.conditions import Happened, Occurrence
from segments.conditions.needs import Need, Needs
from segments.conditions.values import Value
from segments.membership.attributes import decoded, read_attributes

# Tallies count what is pending, too; reading both in one statement, they agree. The array keeps the planner on what is
# pending of these customers, which is little, whatever it knows of the tables.
TALLIES = """
    SELECT customer_id, event_name, count, first_at, last_at, FALSE
    FROM events_tally WHERE customer_id = ANY(%(customers)s) AND event_name = ANY(%(names)s)
    UNION ALL
    SELECT e.customer_id, e.name, count(*), min(e.occurred_at), max(e.occurred_at), TRUE
    FROM events_event e
    WHERE e.id = ANY(ARRAY(SELECT event_id FROM events_pendingevent WHERE customer_id = ANY(%(customers)s)))
        AND e.name = ANY(%(names)s)
    GROUP BY e.customer_id, e.name
"""
# The first and last time of what was applied before, where the tally's is that of an event still to come.
TIMES = """
    SELECT wanted.customer_id, wanted.name,
           (SELECT e.occurred_at FROM events_event e
            WHERE e.customer_id = wanted.customer_id AND e.name = wanted.name AND e.id <> ALL(%(later)s::uuid[])
                AND NOT EXISTS (SELECT 1 FROM events_pendingevent p WHERE p.event_id = e.id)
            ORDER BY e.occurred_at LIMIT 1),
           (SELECT e.occurred_at FROM events_event e
            WHERE e.customer_id = wanted.customer_id AND e.name = wanted.name AND e.id <> ALL(%(later)s::uuid[])
                AND NOT EXISTS (SELECT 1 FROM events_pendingevent p WHERE p.event_id = e.id)
            ORDER BY e.occurred_at DESC LIMIT 1)
    FROM unnest(%(customers)s::bigint[], %(names)s::text[]) AS wanted (customer_id, name)
"""
# The newest occurrences of one event within its window. The index is read no further than the conditions look,
# however many there are.
OCCURRENCES = """
    SELECT known.id, {}::text, e.id, e.occurred_at, e.properties
    FROM unnest({}::bigint[]) AS known (id) CROSS JOIN LATERAL (
        SELECT id, occurred_at, CASE WHEN {} THEN properties::text END AS properties FROM events_event
        WHERE customer_id = known.id AND name = {} AND occurred_at > {}
            AND NOT EXISTS (SELECT 1 FROM events_pendingevent p WHERE p.event_id = events_event.id)
        ORDER BY occurred_at DESC LIMIT {}
    ) AS e
"""
# Shared by all of whom nothing more has to be known: a batch has thousands of them.
NOTHING: Mapping[str, Any] = MappingProxyType({})
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)

Key = tuple[int, str]


class CustomerFacts:
    """What is known of one customer after the events applied so far; answers as ``conditions.Facts``."""

    __slots__ = ("_attributes", "_hidden", "_occurrences", "_tallies", "members")

    def __init__(self, tallies: dict[str, Happened], hidden: set[UUID]) -> None:
        self._tallies = tallies
        self._hidden = hidden
        self._occurrences: Mapping[str, list[Occurrence]] = NOTHING
        self._attributes: Mapping[str, Value] = NOTHING
        self.members: set[str] = set()

    def happened(self, event: str) -> Happened | None:
        return self._tallies.get(event)

    def occurrences(self, event: str) -> Sequence[Occurrence]:
        known = self._occurrences.get(event, [])
        return [each for each in known if each.id not in self._hidden] if self._hidden else known

    def attribute(self, attribute: str) -> Value:
        head, _, key = attribute.partition(".")
        value = self._attributes.get(head)
        if not key:
            return value
        return value.get(key) if isinstance(value, dict) else None

    def is_member(self, segment: str) -> bool:
        return segment in self.members

    def apply(self, event: Event) -> None:
        """Let an event of the batch have happened."""
        self._hidden.discard(event.id)
        before, at = self._tallies.get(event.name), event.occurred_at
        if before is None:
            self._tallies[event.name] = Happened(1, at, at)
        else:
            first, last = min(before.first_at, at), max(before.last_at, at)
            self._tallies[event.name] = Happened(before.count + 1, first, last)

    def learn(self, occurrences: dict[str, list[Occurrence]], attributes: dict[str, Value]) -> None:
        self._occurrences = occurrences
        self._attributes = attributes


def before(customer_ids: Iterable[int], needs: Needs, later: Sequence[Event] = ()) -> dict[int, CustomerFacts]:
    """Return the tallies of customers as they stood before the ``later`` events and whatever is pending."""
    customers = list(customer_ids)
    hidden: dict[int, set[UUID]] = defaultdict(set)
    excluded = _Excluded()
    for event in later:
        if event.customer_id is not None:
            hidden[event.customer_id].add(event.id)
            excluded.add((event.customer_id, event.name), 1, event.occurred_at, event.occurred_at)
    tallies: dict[int, dict[str, Happened]] = {each: {} for each in customers}
    if needs.tallies:
        totals = _read_tallies(customers, needs.tallies, excluded)
        moved = {}
        for key, total in totals.items():
            rest = excluded.taken_from(key, total)
            if rest is None:
                continue
            tallies[key[0]][key[1]] = rest
            if key[1] in needs.times and excluded.holds_an_end(key, total):
                moved[key] = rest
        _restore_times(tallies, moved, later)
    return {each: CustomerFacts(tallies[each], hidden[each]) for each in customers}


class _Excluded:
    """How often, and between when, the events happened that are still to come."""

    def __init__(self) -> None:
        self.known: dict[Key, Happened] = {}

    def add(self, key: Key, count: int, first: datetime, last: datetime) -> None:
        known = self.known.get(key)
        if known is None:
            self.known[key] = Happened(count, first, last)
        else:
            self.known[key] = Happened(known.count + count, min(known.first_at, first), max(known.last_at, last))

    def taken_from(self, key: Key, total: Happened) -> Happened | None:
        known = self.known.get(key)
        if known is None:
            return total
        left = total.count - known.count
        return Happened(left, total.first_at, total.last_at) if left > 0 else None

    def holds_an_end(self, key: Key, total: Happened) -> bool:
        known = self.known.get(key)
        return known is not None and (known.first_at <= total.first_at or known.last_at >= total.last_at)


def _read_tallies(customers: list[int], names: set[str], excluded: _Excluded) -> dict[Key, Happened]:
    totals: dict[Key, Happened] = {}
    with statements.cursor() as cursor:
        cursor.execute(TALLIES, {"customers": customers, "names": sorted(names)})
        for customer_id, name, count, first_at, last_at, is_pending in cursor.fetchall():
            if is_pending:
                excluded.add((customer_id, name), count, first_at, last_at)
            else:
                totals[customer_id, name] = Happened(count, first_at, last_at)
    return totals


def _restore_times(tallies: dict[int, dict[str, Happened]], moved: dict[Key, Happened], later: Sequence[Event]) -> None:
    if not moved:
        return
    wanted: dict[str, Any] = {"customers": [key[0] for key in moved], "names": [key[1] for key in moved]}
    with statements.cursor() as cursor:
        cursor.execute(TIMES, wanted | {"later": [event.id for event in later]})
        for customer_id, name, first_at, last_at in cursor.fetchall():
            count = moved[customer_id, name].count
            tallies[customer_id][name] = Happened(count, first_at, last_at)


def complete(facts: dict[int, CustomerFacts], needs: Needs, now: datetime, later: int = 0) -> None:
    """Add what trees look at besides tallies: attributes and occurrences, ``later`` of which may be still to come."""
    if not needs.attributes and not needs.occurrences:
        return
    attributes = read_attributes(list(facts)) if needs.attributes else {}
    occurrences = _read_occurrences(list(facts), needs.occurrences, now, later)
    for customer_id, known in facts.items():
        known.learn(occurrences.get(customer_id, {}), attributes.get(customer_id, {}))


def _read_occurrences(
    customers: list[int], wanted: dict[str, Need], now: datetime, later: int
) -> dict[int, dict[str, list[Occurrence]]]:
    found: dict[int, dict[str, list[Occurrence]]] = defaultdict(lambda: defaultdict(list))
    if not wanted:
        return found
    parts = [_occurrences(customers, name, need, now, later) for name, need in wanted.items()]
    query = joined("UNION ALL", parts, empty=FALSE)
    with statements.cursor() as cursor:
        cursor.execute(f"{query.text} ORDER BY 4 DESC", query.params)
        for customer_id, name, pk, occurred_at, properties in cursor.fetchall():
            found[customer_id][name].append(Occurrence(pk, occurred_at, decoded(properties)))
    return found


def _occurrences(customers: list[int], name: str, need: Need, now: datetime, later: int) -> Fragment:
    since = _LONG_AGO if need.span is None else now - need.span
    return build(
        OCCURRENCES,
        value(name),
        value(array(customers)),
        value(need.properties),
        value(name),
        value(since),
        value(None if need.most is None else need.most + later),
    )
