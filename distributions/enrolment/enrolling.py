"""To whom, when: what has happened becomes deliveries, each exactly once.

The pipeline holds the locks of the batch's customers, so looking at a customer's deliveries and then adding one is safe
against every other batch. Against going live and stopping, the standing orders themselves are locked.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from distributions import deliveries
from distributions.deliveries import NewDelivery
from distributions.enrolment.standing import ENTERED, StandingOrder, order_of, waiting_for
from distributions.enrolment.stays import Stays
from distributions.models import Delivery, Distribution
from events.models import Event
from events.pipeline import Batch
from segments.models import Entry

MEMBERS_AT_ONCE = 1_000
# A large audience is let in at this pace, so that nobody who enters meanwhile queues behind all of it.
MEMBERS_PER_SECOND = 1_000


@dataclass(frozen=True)
class Cause:
    """Why a customer is to get something: the event that asked for it, and the stay in a segment where it is one."""

    customer_id: int
    event_id: UUID | None
    entry_id: int | None


# Stores deliveries for a batch, and returns how many of them are new.
Keep = Callable[[Sequence[NewDelivery], Batch], int]


def add(new: Sequence[NewDelivery], _batch: Batch) -> int:
    return deliveries.add(new)


def enrol(batch: Batch, keep: Keep = add) -> int:
    """Make the deliveries that the batch's events ask for; return how many of them are new.

    A fixed number of statements, whatever the batch: the orders, the stays, the cool-downs, the insert.
    """
    events = [event for event in batch.events if event.customer_id is not None]
    orders = waiting_for({event.name for event in events}) if events else []
    if not orders:
        return 0
    stays = Stays(orders, events)
    asked = [(order, cause) for order in orders for cause in _causes(order, events, stays)]
    return keep(_deliveries(asked, batch.now, batch.now), batch)


@transaction.atomic
def enrol_current_members(distribution: Distribution, now: datetime) -> int:
    """Make the deliveries for everybody who is in the segment now. The caller holds the distribution's lock."""
    order, added, after = order_of(distribution), 0, 0
    members = Entry.objects.filter(segment=distribution.segment, left_at=None).order_by("id")
    while chunk := list(members.filter(id__gt=after).values_list("id", "customer_id")[:MEMBERS_AT_ONCE]):
        turn = now + timedelta(seconds=added // MEMBERS_PER_SECOND)
        added += _add([(order, Cause(customer_id, None, entry_id)) for entry_id, customer_id in chunk], now, turn)
        after = chunk[-1][0]
    return added


def _causes(order: StandingOrder, events: Sequence[Event], stays: Stays) -> Iterable[Cause]:
    """Yield what asks for a delivery, in the order in which it happened."""
    for event in events:
        if event.customer_id is None or not order.listens_for(event.name) or _came_too_early(order, event):
            continue
        if event.name == order.trigger_event and order.is_about_moves:
            if event.properties.get("segment_id") == order.segment_id:
                yield Cause(event.customer_id, event.id, event.properties["entry_id"])
        elif order.segment_id is None or stays.covers(order, event, from_the_next=order.is_about_moves):
            yield Cause(event.customer_id, event.id, None)


def _came_too_early(order: StandingOrder, event: Event) -> bool:
    """Tell whether the event was there before the order: only members from before may be meant by it."""
    if event.received_at >= order.live_at:
        return False
    return not (order.include_current_members and event.name == ENTERED)


def _add(asked: Sequence[tuple[StandingOrder, Cause]], now: datetime, turn: datetime) -> int:
    return deliveries.add(_deliveries(asked, now, turn))


def _deliveries(asked: Sequence[tuple[StandingOrder, Cause]], now: datetime, turn: datetime) -> list[NewDelivery]:
    """Return what is asked for, decided ``now`` and sent from its ``turn`` on."""
    cooling = _Cooling(asked, now)
    return [
        _delivery(order, channel_id, cause, reason, now, turn)
        for order, cause in asked
        for reason in (_reason_against(order, cause, cooling),)
        for channel_id in order.channel_ids
    ]


def _delivery(
    order: StandingOrder, channel_id: int, cause: Cause, reason: str, now: datetime, turn: datetime
) -> NewDelivery:
    return NewDelivery(
        distribution_id=order.id,
        channel_id=channel_id,
        customer_id=cause.customer_id,
        cause_event_id=cause.event_id,
        entry_id=cause.entry_id,
        # What was never sent does not use up the one time that a customer may get this.
        once_key=cause.customer_id if order.is_once and not reason else None,
        state=Delivery.State.SUPPRESSED if reason else Delivery.State.NEW,
        reason=reason,
        needs_code=order.needs_code,
        parked=order.is_paused and not reason,
        due_at=turn + timedelta(minutes=order.delay_minutes),
        created_at=now,
    )


def _reason_against(order: StandingOrder, cause: Cause, cooling: "_Cooling") -> str:
    if is_held_out(order.public_id, order.holdout_percent, cause.customer_id):
        return "holdout"
    return "cooldown" if cooling.stops(order, cause) else ""


def is_held_out(distribution_public_id: str, percent: int, customer_id: int) -> bool:
    """Tell whether the customer belongs to the part that gets nothing, for comparison; the same part every time."""
    if not percent:
        return False
    drawn = hashlib.blake2b(f"{distribution_public_id}:{customer_id}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) % 100 < percent


class _Cooling:
    """Who got something so lately that the order's cool-down still holds, this batch included."""

    def __init__(self, asked: Sequence[tuple[StandingOrder, Cause]], now: datetime) -> None:
        self.now = now
        pairs = {(order.id, cause.customer_id) for order, cause in asked if order.cooldown_days}
        self.last = deliveries.latest(pairs) if pairs else {}

    def stops(self, order: StandingOrder, cause: Cause) -> bool:
        if not order.cooldown_days:
            return False
        pair = (order.id, cause.customer_id)
        last = self.last.get(pair)
        if last is not None and last > self.now - timedelta(days=order.cooldown_days):
            return True
        self.last[pair] = self.now
        return False
