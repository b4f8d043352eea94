"""Which standing orders wait for what has just happened."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from access import statements
from distributions.models import Distribution
from segments import conditions

ENTERED = "customer.segment.entered"
LEFT = "customer.segment.left"
MOVES = frozenset({ENTERED, LEFT})

# A draft is locked too, though it waits for nothing: where it is going live at this moment, this statement waits for
# that and then reads it as live. So no customer falls between "not live yet" and "member before it went live".
WAITING = """
SELECT d.id, d.public_id, d.status, d.trigger_event, d.segment_id, d.frequency, d.cooldown_days, d.holdout_percent,
       d.delay_minutes, d.action, d.include_current_members, d.live_at,
       CASE WHEN d.frequency = 'every_event' THEN s.filter END,
       ARRAY(SELECT c.id FROM distributions_distributionchannel c WHERE c.distribution_id = d.id ORDER BY c.position)
FROM distributions_distribution d LEFT JOIN segments_segment s ON s.id = d.segment_id
WHERE d.status IN ('DRAFT', 'LIVE', 'PAUSED')
  AND (d.trigger_event = ANY(%s)
       OR (d.frequency = 'every_event' AND d.trigger_event = 'customer.segment.entered' AND s.listens_to && %s))
ORDER BY d.id FOR KEY SHARE OF d
"""


@dataclass(frozen=True)
class StandingOrder:
    """A distribution that is live or paused, as far as enrolling needs it."""

    id: int
    public_id: str
    trigger_event: str
    segment_id: int | None
    frequency: str
    cooldown_days: int | None
    holdout_percent: int
    delay_minutes: int
    needs_code: bool
    include_current_members: bool
    live_at: datetime
    is_paused: bool
    repeats_on: frozenset[str]
    channel_ids: tuple[int, ...]

    @property
    def is_about_moves(self) -> bool:
        return self.trigger_event in MOVES

    @property
    def is_once(self) -> bool:
        return self.frequency == Distribution.Frequency.ONCE

    def listens_for(self, name: str) -> bool:
        return name == self.trigger_event or name in self.repeats_on


def waiting_for(names: Iterable[str]) -> list[StandingOrder]:
    """Return the orders that wait for events of these names, protected from stopping until the transaction ends."""
    wanted = sorted(set(names))
    with statements.cursor() as cursor:
        cursor.execute(WAITING, [wanted, [f"event:{name}" for name in wanted]])
        rows = cursor.fetchall()
    orders = [_order(row) for row in rows if row[2] != Distribution.Status.DRAFT]
    return [order for order in orders if any(order.listens_for(name) for name in wanted)]


def order_of(distribution: Distribution) -> StandingOrder:
    """Return a distribution as a standing order; its channels are read."""
    assert distribution.live_at is not None
    return StandingOrder(
        distribution.pk, distribution.public_id, distribution.trigger_event, distribution.segment_id,
        distribution.frequency, distribution.cooldown_days, distribution.holdout_percent, distribution.delay_minutes,
        distribution.gives_codes, distribution.include_current_members,
        distribution.live_at, distribution.status == Distribution.Status.PAUSED, frozenset(),
        tuple(channel.pk for channel in distribution.channels.all()),
    )  # fmt: skip


def _order(row: Sequence[Any]) -> StandingOrder:
    (key, public_id, status, event, segment_id, frequency, cooldown, holdout, delay, action, current, live_at, filter_,
     channels) = row  # fmt: skip
    repeats = _affirmed_names(filter_) if filter_ and event == ENTERED else frozenset()
    return StandingOrder(
        key, public_id, event, segment_id, frequency, cooldown, holdout, delay,
        action == Distribution.Action.PUBLISH_CODE, current, live_at, status == Distribution.Status.PAUSED, repeats,
        tuple(channels),
    )  # fmt: skip


@lru_cache(maxsize=256)
def _affirmed_names(filter_: str) -> frozenset[str]:
    return frozenset(affirmed(conditions.parse(orjson.loads(filter_))))


def affirmed(node: conditions.Condition) -> Iterable[str]:
    """Yield the events that a segment's conditions name without a negation around them."""
    if isinstance(node, conditions.Group):
        if not node.negate:
            for inner in node.conditions:
                yield from affirmed(inner)
    elif event := getattr(node, "event", None):
        yield event
