"""Why a customer is, or is not, in a segment: each condition's verdict with its evidence, and her history."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customers.models import Customer
from events import pipeline
from events.clock import database_now
from events.models import Event
from segments import conditions
from segments.conditions import Clause, Group, Verdict
from segments.conditions.needs import Need, needs_of
from segments.membership import facts
from segments.models import Entry, Membership, Segment
from segments.telling.representation import instant

EVIDENCE_MOST: Final = 5
STAYS_MOST: Final = 50


def explain(segment: Segment, customer: Customer) -> dict[str, Any]:
    """Return the verdict on a customer as she stands now; everything accepted before the call counts."""
    pipeline.wait_until_applied()
    now = database_now()
    verdict = _verdict(segment, customer, now)
    events = _events(verdict)
    return {
        "object": "explanation",
        "segment": segment.public_id,
        "customer": customer.public_id,
        "matches": verdict.matches,
        "at": instant(now),
        "clauses": [_clause(clause, events) for clause in verdict.evidence],
        "next_boundary": instant(verdict.next_boundary),
        "history": _history(segment, customer),
    }


def _verdict(segment: Segment, customer: Customer, now: datetime) -> Verdict:
    if segment.type == Segment.Type.STATIC:
        inside = Membership.objects.filter(segment=segment, customer=customer, is_member=True).exists()
        return Verdict(inside, (), None)
    tree = conditions.parse(segment.filter)
    return conditions.evaluate(tree, facts_of(customer, tree, now), now)


def facts_of(customer: Customer, tree: Group, now: datetime) -> facts.CustomerFacts:
    """Return what a tree looks at, and a few occurrences of each event besides, for the eye."""
    needs = needs_of([tree])
    for event in needs.tallies - needs.occurrences.keys():
        needs.occurrences[event] = Need(span=None, most=EVIDENCE_MOST, properties=False)
    known = facts.before([customer.pk], needs)
    facts.complete(known, needs, now)
    inside = Membership.objects.filter(customer=customer, is_member=True, segment__public_id__in=needs.segments)
    known[customer.pk].members.update(inside.values_list("segment__public_id", flat=True))
    return known[customer.pk]


def _events(verdict: Verdict) -> dict[object, Event]:
    ids: set[Any] = {each.id for clause in verdict.evidence for each in clause.evidence[:EVIDENCE_MOST]}
    return {event.pk: event for event in Event.objects.filter(pk__in=ids)} if ids else {}


def _clause(clause: Clause, events: dict[object, Event]) -> dict[str, Any]:
    shown = [events[each.id] for each in clause.evidence[:EVIDENCE_MOST] if each.id in events]
    return {"path": clause.path, "matches": clause.matches, "evidence": [_event(event) for event in shown]}


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.public_id,
        "type": event.name,
        "occurred_at": instant(event.occurred_at),
        "metadata": event.properties,
        "object": "event",
    }


def _history(segment: Segment, customer: Customer) -> list[dict[str, Any]]:
    entries = list(Entry.objects.filter(segment=segment, customer=customer).order_by("-epoch")[:STAYS_MOST])
    ids: set[UUID] = {entry.cause_event_id for entry in entries if entry.cause_event_id}
    causes = {event.pk: event for event in Event.objects.filter(pk__in=ids)} if ids else {}
    return [
        {
            "entered_at": instant(entry.entered_at),
            "left_at": instant(entry.left_at),
            "cause": _event(causes[entry.cause_event_id]) if entry.cause_event_id in causes else None,
        }
        for entry in entries
    ]
