"""What the calendar does to points: those that wait come onto their cards, those that were not used in time lapse."""

import time
from datetime import datetime

from django.db import transaction

from access import statements
from campaigns import expiring, lapsing, moving
from campaigns.facts import INSIDE, named
from campaigns.models import Transaction, Voucher
from campaigns.moving import Movement
from campaigns.statements import transaction_json
from customers import profiles
from events.tracking import Fact, track_many
from rewards import pending

AT_ONCE = 500
EXPIRED = "voucher.loyalty_card.points_expired"
DUE = """
WITH calendar AS (
    SELECT (%s::timestamptz
            AT TIME ZONE coalesce((SELECT time_zone FROM access_project WHERE id = 1), 'UTC'))::date AS day
)
SELECT EXISTS (SELECT FROM campaigns_voucher, calendar WHERE lapses_on < day)
    OR EXISTS (SELECT FROM rewards_pendingpoints, calendar WHERE state = 'PENDING' AND activates_on <= day)
"""


def has_due(now: datetime) -> bool:
    with statements.cursor(planned_once=False) as cursor:
        cursor.execute(DUE, [now])
        return cursor.fetchone()[0]


def settle_for(seconds: float) -> None:
    """Settle what is due, part by part, until nothing is or the time is over."""
    until = time.monotonic() + seconds
    while pending.activate_some(expiring.today()) + expire_some() and time.monotonic() < until:
        continue


@transaction.atomic
def expire_some() -> int:
    """Let the points of some cards lapse; return how many cards were looked at. Safe to run twice at once."""
    today = expiring.today()
    due = Voucher.everything.filter(lapses_on__lt=today).order_by("pk").select_related("campaign", "holder")
    cards = list(due.select_for_update(no_key=True, of=("self",), skip_locked=True)[:AT_ONCE])
    owed = {card.pk: lapsing.due(card.lapses, card.left_it, today) for card in cards}
    movements = [
        Movement(card, -owed[card.pk], Transaction.Type.POINTS_EXPIRATION, source="EXPIRATION")
        for card in cards
        if owed[card.pk]
    ]
    moved = moving.move_many(movements, close_before=today, cards=cards)
    track_many([_fact(each) for each in moved if each is not None])
    return len(cards)


def _fact(moved: Transaction) -> Fact:
    card = moved.voucher
    told = {
        "customer": profiles.simple(card.holder) if card.holder else None,
        **named(card),
        "points": -moved.amount,
        "buckets": [{"total_points": -moved.amount}],
        "transaction": transaction_json(moved),
    }
    return INSIDE.fact(EXPIRED, card.public_id, told, card.holder_id)
