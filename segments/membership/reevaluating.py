"""The live path: a batch of events changes who is in which segment, edge by edge, in the order the events came."""

from collections import defaultdict

from events.models import Event
from events.pipeline import Batch
from segments.membership import affected
from segments.membership import facts as reading
from segments.membership.affected import Index
from segments.membership.facts import CustomerFacts
from segments.membership.settling import Visit, settle

INDEX = "segments.index"


def reevaluate(batch: Batch) -> None:
    """Judge the customers of a batch, whose rows the caller holds locked, by the segments their events can change.

    1. The index tells which segments hear the events at all; their tallies are read as they stood before.
    2. Counting each customer's events up from there tells which of those segments an event can really change.
    3. Only these are judged, after each event, and what changed is written once at the end.
    """
    if INDEX not in batch.kept:
        batch.kept[INDEX] = affected.current()
    index: Index = batch.kept[INDEX]
    events = _events_by_customer(batch, index)
    if not events:
        return
    needs = index.needs_of({event.name for one in events.values() for event in one})
    later = [event for one in events.values() for event in one]
    facts = reading.before(events, needs, later)
    visits = [_visit(customer_id, one, index, facts[customer_id]) for customer_id, one in events.items()]
    visits = [visit for visit in visits if visit.first or any(touched for _, touched in visit.steps)]
    settle(visits, index, batch.now, {visit.customer_id: facts[visit.customer_id] for visit in visits})


def _events_by_customer(batch: Batch, index: Index) -> dict[int, list[Event]]:
    """Return the events of each customer of whom anything is heard; of all while a segment is being filled."""
    events: dict[int, list[Event]] = defaultdict(list)
    heard: set[int] = set()
    for event in batch.events:
        if event.customer_id is not None:
            events[event.customer_id].append(event)
            if index.unfilled or index.hears(event.name):
                heard.add(event.customer_id)
    return {customer_id: one for customer_id, one in events.items() if customer_id in heard}


def _visit(customer_id: int, events: list[Event], index: Index, facts: CustomerFacts) -> Visit:
    counts: dict[str, int] = {}
    visit = Visit(customer_id, list(index.unfilled))
    for event in events:
        name = event.name
        if name not in counts:
            before = facts.happened(name)
            counts[name] = before.count if before else 0
        counts[name] += 1
        visit.steps.append((event, index.touched_by(event, counts[name])))
    return visit
