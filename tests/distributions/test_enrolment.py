"""To whom, and how often: each cause asks once, and the brakes are written down."""

from datetime import timedelta
from typing import Any

import pytest

from distributions.enrolment import enrolling, standing
from distributions.models import Delivery, Distribution
from distributions.planning import lifecycle
from events import pipeline
from events.clock import database_now
from events.models import Event
from events.pipeline import Batch
from tests.distributions.conftest import Shop

pytestmark = pytest.mark.django_db


def test_every_entry_means_each_time_she_enters(shop: Shop) -> None:
    shop.live(shop.segment(operator="exactly", value=1), policy={"frequency": "every_entry"})
    shop.happens("alice", times=3)
    assert len(shop.deliveries("alice")) == 1


def test_once_means_once_however_often_she_enters(shop: Shop) -> None:
    segment = shop.segment(event="visited", operator="less_than", value=1)
    distribution = shop.live(segment, policy={"frequency": "once"})
    shop.customer("alice")
    pipeline.drain()
    assert len(shop.deliveries("alice")) == 1
    order = standing.order_of(distribution)
    now = database_now()
    stranger = enrolling.Cause(shop.deliveries("alice")[0].customer_id, None, 999_999)
    again = enrolling._add([(order, stranger)], now, now)
    assert again == 0


@pytest.mark.parametrize(
    ("threshold", "batches", "messages"),
    [
        pytest.param(0, [1], 1, id="the entering event alone"),
        pytest.param(0, [3], 3, id="all in one batch: the entry, and two later events"),
        pytest.param(0, [1, 1, 1], 3, id="one by one"),
        pytest.param(2, [5], 3, id="the third of five enters, two follow"),
        pytest.param(2, [2, 1, 2], 3, id="the same in three batches"),
    ],
)
def test_every_event_counts_the_entry_and_each_later_event(
    shop: Shop, threshold: int, batches: list[int], messages: int
) -> None:
    shop.live(shop.segment(value=threshold), policy={"frequency": "every_event"})
    for times in batches:
        shop.happens("alice", times=times)
    assert len(shop.deliveries("alice")) == messages


def test_every_event_ends_with_the_event_that_ends_the_stay(shop: Shop) -> None:
    shop.live(shop.segment(operator="between", value=[1, 2]), policy={"frequency": "every_event"})
    shop.happens("alice", times=5)
    assert len(shop.deliveries("alice")) == 2


def test_every_event_does_not_count_an_event_that_is_only_named_in_a_negation(shop: Shop) -> None:
    segment = shop.segment()
    bought = {"event": "bought", "metric": "count", "operator": "more_than", "value": 5}
    tree = {"junction": "and", "conditions": [*segment.filter["conditions"],
            {"junction": "and", "negate": True, "conditions": [bought]}]}  # fmt: skip
    segment.filter = tree
    segment.listens_to = [*segment.listens_to, "event:bought"]
    segment.save()
    shop.live(segment, policy={"frequency": "every_event"})
    shop.happens("alice")
    shop.happens("alice", "bought")
    assert len(shop.deliveries("alice")) == 1


def test_a_custom_event_as_trigger_asks_each_time(shop: Shop) -> None:
    shop.live(trigger={"event": "wishlist_shared"}, policy={"frequency": "every_event"})
    shop.happens("alice", "wishlist_shared", times=2)
    shop.happens("bob", "cart_abandoned")
    assert (len(shop.deliveries("alice")), len(shop.deliveries("bob"))) == (2, 0)


def test_a_trigger_with_a_segment_asks_only_while_she_is_inside(shop: Shop) -> None:
    segment = shop.segment(event="joined_club")
    shop.live(
        trigger={"event": "wishlist_shared", "segment_id": segment.public_id}, policy={"frequency": "every_event"}
    )
    shop.happens("alice", "wishlist_shared")
    shop.happens("alice", "joined_club")
    shop.happens("alice", "wishlist_shared")
    shop.happens("bob", "wishlist_shared")
    assert (len(shop.deliveries("alice")), len(shop.deliveries("bob"))) == (1, 0)


def test_leaving_a_segment_can_be_a_trigger(shop: Shop) -> None:
    segment = shop.segment(operator="exactly", value=1)
    shop.live(trigger={"event": "customer.segment.left", "segment_id": segment.public_id})
    shop.happens("alice")
    assert shop.deliveries("alice") == []
    shop.happens("alice")
    assert len(shop.deliveries("alice")) == 1


def test_an_alias_of_an_internal_event_is_the_same_trigger(shop: Shop) -> None:
    live = shop.live(trigger={"event": "customer.order.paid"}, policy={"frequency": "every_event"})
    assert live.trigger_event == "order.paid"
    shop.happens("alice", "order.paid")
    assert len(shop.deliveries("alice")) == 1


def test_a_cool_down_is_written_down_as_not_sent(shop: Shop) -> None:
    shop.live(trigger={"event": "wishlist_shared"}, policy={"frequency": "every_event", "cooldown_days": 3})
    shop.happens("alice", "wishlist_shared", times=2)
    shop.happens("alice", "wishlist_shared")
    assert shop.reasons("alice") == ["", "cooldown", "cooldown"]
    Delivery.objects.update(created_at=database_now() - timedelta(days=4))
    shop.happens("alice", "wishlist_shared")
    assert shop.states("alice")[-1] == "NEW"


def test_a_holdout_takes_the_same_customers_every_time(shop: Shop) -> None:
    shop.live(trigger={"event": "wishlist_shared"}, policy={"frequency": "every_event", "holdout_percent": 50})
    for number in range(40):
        shop.happens(f"customer{number}", "wishlist_shared", times=2)
    states = {name: set(shop.reasons(name)) for name in (f"customer{number}" for number in range(40))}
    assert all(len(reasons) == 1 for reasons in states.values())
    assert 5 < sum(reasons == {"holdout"} for reasons in states.values()) < 35


def test_who_was_a_member_before_gets_nothing_unless_asked_for(shop: Shop) -> None:
    segment = shop.segment()
    shop.happens("alice")
    shop.live(segment)
    assert shop.deliveries("alice") == []


def test_current_members_are_enrolled_in_going_live(shop: Shop) -> None:
    segment = shop.segment()
    shop.happens("alice")
    shop.live(segment, policy={"include_current_members": True})
    assert len(shop.deliveries("alice")) == 1
    shop.happens("alice")
    assert len(shop.deliveries("alice")) == 1


def test_a_large_audience_is_let_in_at_a_pace(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrolling, "MEMBERS_AT_ONCE", 2)
    monkeypatch.setattr(enrolling, "MEMBERS_PER_SECOND", 2)
    segment = shop.segment()
    for number in range(5):
        shop.happens(f"customer{number}")
    shop.live(segment, policy={"include_current_members": True})
    begin = shop.deliveries()[0].due_at
    assert [(delivery.due_at - begin).seconds for delivery in shop.deliveries()] == [0, 0, 1, 1, 2]


def test_an_entry_on_its_way_during_going_live_is_not_lost(shop: Shop) -> None:
    """The entry is recorded before, its event is applied after: exactly one message."""
    segment = shop.segment()
    draft = shop.draft(segment, policy={"include_current_members": True})
    shop.happens("bob")
    assert pipeline.apply_batch() == 0
    alice = shop.customer("alice")
    pipeline.drain()
    shop_event = Event.objects.filter(customer=alice).latest("id")
    pipeline_batch = Batch(database_now(), [shop_event], [alice.pk])
    assert enrolling.enrol(pipeline_batch) == 0
    lifecycle.set_live(draft)
    shop.happens("alice")
    assert (len(shop.deliveries("alice")), len(shop.deliveries("bob"))) == (1, 1)


def test_the_same_batch_twice_makes_nothing_twice(shop: Shop) -> None:
    shop.live(policy={"frequency": "every_event"})
    shop.happens("alice", times=3)
    events = list(Event.objects.filter(customer__source_id="alice").order_by("id"))
    before = len(shop.deliveries())
    assert enrolling.enrol(Batch(database_now(), events, [events[0].customer_id])) == 0
    assert len(shop.deliveries()) == before


def test_a_delay_puts_the_message_off(shop: Shop) -> None:
    shop.live(policy={"delay_minutes": 30})
    shop.happens("alice")
    [delivery] = shop.deliveries("alice")
    assert timedelta(minutes=29) < delivery.due_at - delivery.created_at < timedelta(minutes=31)
    shop.send()
    assert shop.states("alice") == ["NEW"]


def test_a_paused_distribution_enrols_and_a_stopped_one_does_not(shop: Shop) -> None:
    distribution = shop.live()
    lifecycle.pause(distribution)
    shop.happens("alice")
    lifecycle.stop(distribution)
    shop.happens("bob")
    assert (shop.states("alice"), shop.states("bob")) == (["CANCELLED"], [])


def test_enrolling_costs_a_fixed_number_of_queries(shop: Shop, counted: Any) -> None:
    segment = shop.segment(event="joined_club")
    for policy in ({"frequency": "every_event"}, {"frequency": "every_event", "cooldown_days": 1}):
        shop.live(trigger={"event": "wishlist_shared", "segment_id": segment.public_id}, policy=policy)
    events = [event for number in range(30) for event in shop.happens(f"customer{number}", "wishlist_shared", times=3)]
    batch = Batch(database_now(), events, [])
    # The orders, the stays, the cool-downs, the insert; nobody is inside, so that the last two are not needed.
    with counted(2):
        enrolling.enrol(batch)
    shop.happens("customer1", "joined_club")
    with counted(4):
        enrolling.enrol(batch)


def test_an_event_nobody_waits_for_costs_one_query(shop: Shop, counted: Any) -> None:
    shop.live()
    batch = Batch(database_now(), shop.happens("alice", "looked_around", times=50), [])
    with counted(1):
        assert enrolling.enrol(batch) == 0


def test_every_channel_gets_a_delivery_of_its_own(shop: Shop) -> None:
    distribution = shop.live(channels=[shop.letter(), shop.webhook("https://shop.example/hook")])
    shop.happens("alice")
    assert Distribution.objects.get(pk=distribution.pk).channels.count() == 2
    assert len({delivery.channel_id for delivery in shop.deliveries("alice")}) == 2
