"""What followed from an event, step by step with its time: counted, entered, given a code, written, handed over.

Read from the rows that the steps left behind, so it tells what was, not what should have been.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from distributions.models import Attempt, Delivery
from distributions.telling.reasons import in_words
from events.clock import database_now
from events.models import Event, PendingEvent, Tally
from segments.models import Entry

State = Delivery.State
# A delivery in one of these is being worked on by nobody: it waits for something that may take long.
RESTING = {State.HELD, State.WAITING_CODE, State.UNCERTAIN, State.SENT, State.FAILED, State.SUPPRESSED, State.CANCELLED}
OUTCOMES = {
    Attempt.Outcome.ACCEPTED: "Handed over",
    Attempt.Outcome.NOT_ACCEPTED: "Not accepted, to be tried again",
    Attempt.Outcome.REJECTED: "Rejected",
    Attempt.Outcome.UNKNOWN: "The answer was lost",
}


@dataclass(frozen=True)
class Step:
    """One thing that happened because of the event, so many milliseconds after it arrived."""

    kind: str
    label: str
    at: datetime
    milliseconds: int
    url: str = ""


@dataclass(frozen=True)
class Trace:
    """The steps so far, and whether any more are to be expected soon."""

    event: Event
    steps: list[Step]
    is_settled: bool


def trace(event: Event) -> list[Step]:
    """Return what followed from this event, in order of time."""
    return follow(event).steps


def follow(event: Event, only: Delivery | None = None) -> Trace:
    """Return the story of an event; with ``only``, of all its messages just this one."""
    now = database_now()
    effects = list(Event.objects.filter(caused_by_id=event.id))
    messages = [only] if only is not None else _messages(event, effects)
    steps = [
        *_told(event, _accepted(event)),
        *_told(event, _moves(event)),
        *[step for message in messages for step in _told(event, _of(message, now))],
    ]
    steps.sort(key=lambda step: step.at)
    return Trace(event, steps, _is_settled(event, effects, messages, now))


def root_of(event: Event) -> Event:
    """Return what the customer did in the end: a move between segments is only the echo of it."""
    if event.caused_by_id is None:
        return event
    return Event.objects.filter(pk=event.caused_by_id).first() or event


Told = tuple[str, str, datetime, str]


def _told(event: Event, found: Iterable[Told]) -> list[Step]:
    return [
        Step(kind, label, at, max(round((at - event.received_at).total_seconds() * 1000), 0), url)
        for kind, label, at, url in found
    ]


def _accepted(event: Event) -> Iterable[Told]:
    yield "event", f"{event.name} accepted", event.received_at, reverse("admin:events_event_change", args=[event.pk])
    if event.customer_id is None:
        return
    tally = Tally.objects.filter(customer_id=event.customer_id, event_name=event.name).first()
    if tally is not None:
        customer = reverse("admin:customers_customer_change", args=[event.customer_id])
        times = "once" if tally.count == 1 else f"{tally.count:,} times"
        yield "tally", f"Counted: {event.customer} has done this {times}", event.received_at, customer


def _moves(event: Event) -> Iterable[Told]:
    if event.customer_id is None:
        return
    by_this = Q(cause_event_id=event.id) | Q(left_cause_event_id=event.id)
    for entry in Entry.objects.filter(by_this, customer_id=event.customer_id).select_related("segment"):
        url = reverse("admin:segments_segment_change", args=[entry.segment_id])
        if entry.cause_event_id == event.id:
            yield "entered", f"Entered the segment “{entry.segment}”", entry.entered_at, url
        if entry.left_cause_event_id == event.id and entry.left_at is not None:
            yield "left", f"Left the segment “{entry.segment}”", entry.left_at, url


def _messages(event: Event, effects: Sequence[Event]) -> list[Delivery]:
    if event.customer_id is None:
        return []
    causes = [event.id, *(effect.id for effect in effects)]
    made = Delivery.objects.filter(customer_id=event.customer_id, cause_event_id__in=causes, is_test=False)
    related = made.select_related("distribution", "message", "voucher", "publication")
    return list(related.prefetch_related("attempts").order_by("id"))


def _of(delivery: Delivery, now: datetime) -> Iterable[Told]:
    """Tell one message's own story: decided, its code, its words, each attempt."""
    url = reverse("admin:distributions_delivery_change", args=[delivery.pk])
    overview = reverse("admin:distributions_distribution_overview", args=[delivery.distribution_id])
    yield "delivery", f"“{delivery.distribution}” answers", delivery.created_at, overview
    if delivery.publication is not None and delivery.voucher is not None:
        campaign = reverse("admin:campaigns_campaign_change", args=[delivery.voucher.campaign_id])
        yield "code", f"Code {delivery.voucher.code} claimed", delivery.publication.created_at, campaign
    message = getattr(delivery, "message", None)
    if message is not None:
        yield "message", f"Message written: {message.subject}".removesuffix(": "), message.created_at, url
    for attempt in delivery.attempts.all():
        if attempt.ended_at is not None:
            kind = "handed-over" if attempt.outcome == Attempt.Outcome.ACCEPTED else "failed"
            label = OUTCOMES.get(Attempt.Outcome(attempt.outcome), "")
            yield kind, label + (f" to {message.address}" if message and message.address else ""), attempt.ended_at, url
    if delivery.state not in RESTING and _is_waiting(delivery, now):
        until = "it is resumed" if delivery.parked else f"{delivery.due_at:%d %b, %H:%M:%S} UTC"
        yield "waiting", f"Waits until {until}", delivery.created_at, url
    if delivery.state in (State.SUPPRESSED, State.CANCELLED, State.HELD, State.WAITING_CODE, State.FAILED):
        kind = "failed" if delivery.state == State.FAILED else "stopped"
        yield kind, f"{delivery.get_state_display()}: {in_words(delivery.reason).lower()}", delivery.created_at, url


def _is_waiting(delivery: Delivery, now: datetime) -> bool:
    """Tell whether its turn comes later. What is being sent has a time, too: that at which its sender is given up."""
    return delivery.state != State.SENDING and (delivery.parked or delivery.due_at > now)


def _is_settled(event: Event, effects: Sequence[Event], messages: Sequence[Delivery], now: datetime) -> bool:
    """Tell whether nothing more is to be expected soon: no work is queued, and each message rests."""
    ids = [event.id, *(effect.id for effect in effects)]
    if PendingEvent.objects.filter(event_id__in=ids, quarantined_at=None).exists():
        return False
    return all(message.state in RESTING or _is_waiting(message, now) for message in messages)
