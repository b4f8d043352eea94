"""What a distribution would have done: its trigger, counted over the days gone by, under its frequency and cool-down.

Stays in the segment are counted as they were recorded. So the answer reaches back as far as the segment itself has
been kept up to date, and says from when on.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from access.strict_json import moment
from distributions.enrolment.enrolling import is_held_out
from distributions.enrolment.standing import ENTERED, LEFT
from distributions.models import Distribution
from events.models import Event
from segments.models import Entry, Membership

DAYS_MOST = 90
ROWS_MOST = 200_000

Moment = tuple[datetime, int]


def backtest(distribution: Distribution, days: int, now: datetime) -> dict[str, Any]:
    """Return how many messages the last days would have brought, day by day, and how many were held back."""
    since = now - timedelta(days=days)
    moments = list(_moments(distribution, since))
    sent, held_back = _played(distribution, moments)
    per_day: dict[str, int] = {}
    for at, _customer in sent:
        per_day[at.date().isoformat()] = per_day.get(at.date().isoformat(), 0) + 1
    return {
        "object": "backtest",
        "days": days,
        "from": moment(max(since, _known_since(distribution, since))),
        "to": moment(now),
        "triggered": len(moments),
        "messages": len(sent) * max(distribution.channels.count(), 1),
        "customers": len({customer for _at, customer in sent}),
        "held_back": held_back,
        "per_day": [{"date": day, "count": count} for day, count in sorted(per_day.items())],
        "is_complete": len(moments) < ROWS_MOST,
    }


def _moments(distribution: Distribution, since: datetime) -> Iterable[Moment]:
    """Return when the trigger went off, and for whom, oldest first."""
    if distribution.trigger_event in {ENTERED, LEFT}:
        field = "entered_at" if distribution.trigger_event == ENTERED else "left_at"
        stays = Entry.objects.filter(segment=distribution.segment, **{f"{field}__gte": since})
        return stays.order_by(field).values_list(field, "customer_id")[:ROWS_MOST]
    events = Event.objects.filter(name=distribution.trigger_event, received_at__gte=since, customer__isnull=False)
    if distribution.segment_id is not None:
        members = Membership.objects.filter(segment=distribution.segment_id, is_member=True)
        events = events.filter(customer__in=members.values("customer"))
    return events.order_by("id").values_list("received_at", "customer_id")[:ROWS_MOST]


def _played(distribution: Distribution, moments: Iterable[Moment]) -> tuple[list[Moment], dict[str, int]]:
    """Let the moments pass the distribution's brakes, as enrolment would."""
    sent: list[Moment] = []
    last: dict[int, datetime] = {}
    held_back = {"holdout": 0, "cooldown": 0, "once": 0}
    cooldown = timedelta(days=distribution.cooldown_days or 0)
    for at, customer in moments:
        if is_held_out(distribution.public_id, distribution.holdout_percent, customer):
            held_back["holdout"] += 1
        elif customer in last and distribution.frequency == Distribution.Frequency.ONCE:
            held_back["once"] += 1
        elif customer in last and at - last[customer] < cooldown:
            held_back["cooldown"] += 1
        else:
            last[customer] = at
            sent.append((at, customer))
    return sent, held_back


def _known_since(distribution: Distribution, since: datetime) -> datetime:
    segment = distribution.segment
    return segment.created_at if segment is not None else since
