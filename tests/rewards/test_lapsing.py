"""Points that are not used in time lapse, soonest first; what is used is taken from those."""

from datetime import date
from typing import Any

import pytest

from campaigns import balances, lapsing
from campaigns.models import Campaign, Transaction, Voucher
from tests.rewards.conftest import told_events

MONTHS = {"period_type": "MONTH", "period_value": 3}


@pytest.mark.parametrize(
    ("rules", "day"),
    [
        (None, None),
        (MONTHS, date(2026, 4, 30)),
        ({**MONTHS, "period_value": 1}, date(2026, 2, 28)),
        ({**MONTHS, "rounding_type": "END_OF_MONTH"}, date(2026, 4, 30)),
        ({**MONTHS, "rounding_type": "END_OF_QUARTER"}, date(2026, 6, 30)),
        ({**MONTHS, "rounding_type": "END_OF_HALF_YEAR"}, date(2026, 6, 30)),
        ({**MONTHS, "rounding_type": "END_OF_YEAR"}, date(2026, 12, 31)),
        ({**MONTHS, "rounding_type": "PARTICULAR_MONTH", "rounding_value": 2}, date(2027, 2, 28)),
        ({"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 1, "fixed_day": 31}, date(2026, 1, 31)),
        ({"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 1, "fixed_day": 15}, date(2027, 1, 15)),
        ({"period_type": "FIXED_DAY_OF_YEAR", "fixed_month": 2, "fixed_day": 31}, date(2026, 2, 28)),
    ],
    ids=[
        "never",
        "months",
        "short month",
        "month",
        "quarter",
        "half year",
        "year",
        "particular",
        "today",
        "past",
        "short",
    ],
)
def test_the_last_day_of_points_that_come_on_the_last_of_january(rules: Any, day: date | None) -> None:
    assert lapsing.day_of(rules, date(2026, 1, 31)) == day


def test_what_is_used_is_taken_from_the_points_that_lapse_first() -> None:
    lapses = {"2026-01-31": 100, "2026-02-28": 50}
    assert lapsing.remaining(lapses, 120) == [(date(2026, 2, 28), 30)]
    assert lapsing.due(lapses, 60, date(2026, 2, 1)) == 40
    assert lapsing.due(lapses, 120, date(2026, 2, 1)) == 0
    closed = lapsing.closed(lapses, date(2026, 2, 1))
    assert closed == {"past": 100, "2026-02-28": 50}
    assert lapsing.remaining(closed, 100) == [(date(2026, 2, 28), 50)]


@pytest.mark.django_db
def test_points_lapse_on_their_day_and_it_is_told(
    make_program: Any, alice: Any, join: Any, api: Any, drain: Any
) -> None:
    card = join(make_program(loyalty_card={"points": 100, "expiration_rules": MONTHS}), alice)
    drain()
    told = api.get(f"/v1/vouchers/{card.code}").json()["loyalty_card"]
    assert (told["next_expiration_points"], told["next_expiration_date"] is not None) == (100, True)
    card.refresh_from_db()
    balances.change(card, -30, kind=Transaction.Type.POINTS_REDEMPTION)
    Voucher.objects.filter(pk=card.pk).update(lapses={"2020-01-01": 100}, lapses_on=date(2020, 1, 1))
    drain()
    told = api.get(f"/v1/vouchers/{card.code}").json()["loyalty_card"]
    assert (told["balance"], told["expired_points"], told["next_expiration_points"]) == (0, 70, None)
    (expired,) = told_events("voucher.loyalty_card.points_expired")
    assert (expired.properties["points"], expired.customer_id) == (70, alice.pk)
    assert Transaction.objects.get(type="POINTS_EXPIRATION").amount == -70


@pytest.mark.django_db
def test_a_card_with_nothing_left_to_lapse_is_looked_at_once(card: Voucher, drain: Any) -> None:
    Voucher.objects.filter(pk=card.pk).update(lapses={"2020-01-01": 100}, loaded=100, lapses_on=date(2020, 1, 1))
    drain()
    card.refresh_from_db()
    assert (card.lapses, card.lapses_on, card.expired or 0) == ({"past": 100}, None, 0)


@pytest.mark.django_db
def test_points_added_by_hand_lapse_by_the_rules_of_the_program(
    make_program: Any, alice: Any, join: Any, api: Any, program: Campaign
) -> None:
    card = join(make_program("Short", loyalty_card={"expiration_rules": MONTHS}), alice)
    api.post(f"/v1/vouchers/{card.code}/balance", {"amount": 10})
    api.post(f"/v1/vouchers/{card.code}/balance", {"amount": 15})
    told = api.get(f"/v1/vouchers/{card.code}").json()["loyalty_card"]
    assert told["next_expiration_points"] == 25
