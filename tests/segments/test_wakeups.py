"""Time alone changes memberships, at their instant, and only theirs."""

from datetime import timedelta

import pytest

from events.clock import database_now
from segments.membership import wakeups
from segments.models import Membership


def recency(operator, value, unit="days"):
    return {"event": "cart_abandoned", "metric": "last_occurred", "operator": operator, "value": value, "unit": unit}


@pytest.mark.parametrize(
    ("condition", "moves"),
    [
        pytest.param(recency("more_than", 3), [(3, "entered")], id="more than 3 days ago"),
        pytest.param(recency("less_than", 3), [(0, "entered"), (3, "left")], id="less than 3 days ago"),
        pytest.param(recency("exactly", 3), [(3, "entered"), (4, "left")], id="exactly 3 days ago"),
        pytest.param(
            {"event": "cart_abandoned", "operator": "more_than", "value": 0, "within": {"last": 2, "unit": "days"}},
            [(0, "entered"), (2, "left")],
            id="within 2 days",
        ),
    ],
)
def test_the_clock_moves_a_customer_at_her_boundary(shop, condition, moves):
    segment = shop.segment(condition)
    at = shop.happens("alice").occurred_at
    seen = [(0, told) for _, told in shop.told(segment)]
    for days in (1, 2, 3, 4, 5):
        before = len(shop.told(segment))
        shop.wake(at + timedelta(days=days, microseconds=-1))
        assert len(shop.told(segment)) == before
        shop.wake(at + timedelta(days=days, microseconds=1))
        seen += [(days, told) for _, told in shop.told(segment)[before:]]
    assert seen == moves


def test_a_newer_event_puts_the_boundary_off_without_a_move(shop):
    segment = shop.segment(recency("less_than", 3))
    shop.happens("alice", ago=timedelta(days=2))
    at = shop.happens("alice").occurred_at
    assert shop.wake(at + timedelta(days=1, seconds=1)) == 1
    assert shop.told(segment) == [("alice", "entered")]
    shop.wake(at + timedelta(days=3))
    assert shop.told(segment) == [("alice", "entered"), ("alice", "left")]


def test_a_late_event_brings_the_boundary_nearer(shop):
    segment = shop.segment(recency("less_than", 3) | {"metric": "first_occurred"})
    at = shop.happens("alice").occurred_at
    shop.happens("alice", ago=timedelta(days=2))
    shop.wake(at + timedelta(days=1, seconds=1))
    assert shop.told(segment) == [("alice", "entered"), ("alice", "left")]


def test_time_has_no_cause(shop):
    segment = shop.segment(recency("more_than", 3))
    at = shop.happens("alice").occurred_at
    shop.wake(at + timedelta(days=4))
    (entry,) = shop.stays(segment)
    assert entry.cause_event_id is None


def test_only_what_can_change_by_time_is_remembered(shop):
    both = shop.segment(recency("more_than", 3), {"attribute": "metadata.vip", "operator": "exactly", "value": True})
    shop.happens("alice")
    assert not Membership.objects.filter(segment=both).exists()
    assert not wakeups.has_due(database_now() + timedelta(days=30))


def test_what_is_due_when_an_event_comes_is_settled_first(shop):
    segment = shop.segment(recency("less_than", 3))
    shop.happens("alice", ago=timedelta(days=2))
    Membership.objects.update(next_check_at=database_now() - timedelta(hours=1))
    # As if three days had passed since: the tally says so.
    customer = shop.stays(segment)[0].customer
    customer.events.filter(name="cart_abandoned").update(occurred_at=database_now() - timedelta(days=4))
    customer.tallies.filter(event_name="cart_abandoned").update(
        first_at=database_now() - timedelta(days=4), last_at=customer.events.get(name="cart_abandoned").occurred_at
    )
    cause = shop.happens("alice")
    assert shop.told(segment) == [("alice", "entered"), ("alice", "left"), ("alice", "entered")]
    assert [entry.left_cause_event_id for entry in shop.stays(segment)] == [None, None]
    assert shop.stays(segment)[1].cause_event_id == cause.id


def test_waking_costs_a_fixed_number_of_queries(shop, django_assert_num_queries):
    shop.segment(recency("more_than", 3))
    at = [shop.happens(f"customer {number}").occurred_at for number in range(30)][-1]
    # Twice round the loop, each in a savepoint: the first claims the customers, reads the version, what is due, tallies
    # and memberships, holds the segment, writes memberships, entries and events (after the clock); the second finds nobody.
    with django_assert_num_queries(15):
        assert wakeups.wake_due(at + timedelta(days=4)) == 30
