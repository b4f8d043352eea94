"""Events change memberships: edge by edge, in their order, each edge told once with its cause."""

from datetime import timedelta

import pytest

from customers.models import Customer
from events import pipeline, tracking
from events.models import Event
from events.tracking import Fact
from segments import definition
from segments.membership.reevaluating import reevaluate
from segments.models import Entry, Membership

HOURS = {"within": {"last": 1, "unit": "hours"}}


def test_the_first_abandoned_cart_enters_and_names_its_cause(shop, abandoned):
    segment = shop.segment(abandoned())
    cause = shop.happens("alice")
    (entry,) = shop.stays(segment)
    entered = Event.objects.get(name="customer.segment.entered")
    assert shop.members(segment) == {"alice"}
    assert (entry.cause_event_id, entered.caused_by_id) == (cause.id, cause.id)
    assert entered.properties == {
        "segment": {"id": segment.public_id, "name": "Segment", "object": "segment"},
        "segment_id": segment.pk,
        "entry_id": entry.pk,
    }


def test_a_second_cart_does_not_enter_again(shop, abandoned):
    segment = shop.segment(abandoned())
    shop.happens("alice")
    shop.happens("alice")
    assert shop.told(segment) == [("alice", "entered")]


def test_the_third_of_five_carts_in_one_batch_enters(shop, abandoned):
    segment = shop.segment(abandoned("at_least", 3))
    carts = [shop.track("alice") for _ in range(5)]
    pipeline.drain()
    assert [entry.cause_event_id for entry in shop.stays(segment)] == [carts[2].id]


def test_up_and_down_within_one_batch_tells_both(shop, abandoned):
    segment = shop.segment(abandoned("exactly", 2))
    carts = [shop.track("alice") for _ in range(4)]
    pipeline.drain()
    (entry,) = shop.stays(segment)
    assert shop.told(segment) == [("alice", "entered"), ("alice", "left")]
    assert (entry.cause_event_id, entry.left_cause_event_id) == (carts[1].id, carts[2].id)
    assert shop.members(segment) == set()


def test_coming_back_begins_a_new_stay(shop, abandoned):
    segment = shop.segment(
        abandoned("at_least", 1), {"attribute": "metadata.vip", "operator": "exactly", "value": True}
    )
    shop.customer("alice", metadata={"vip": True})
    shop.happens("alice")
    for vip in (False, True):
        shop.customer("alice", metadata={"vip": vip})
        pipeline.drain()
    assert shop.told(segment) == [("alice", "entered"), ("alice", "left"), ("alice", "entered")]
    assert [(entry.epoch, entry.left_at is None) for entry in shop.stays(segment)] == [(1, False), (2, True)]


def test_a_newcomer_who_never_bought_belongs_to_those_who_never_bought(shop):
    segment = shop.segment({"event": "customer.order.paid", "operator": "less_than", "value": 1})
    shop.customer("bob")
    pipeline.drain()
    assert shop.members(segment) == {"bob"}
    shop.happens("bob", "order.paid")
    assert shop.told(segment) == [("bob", "entered"), ("bob", "left")]


def test_events_of_others_change_nothing(shop, abandoned):
    segment = shop.segment(abandoned("at_least", 2))
    shop.happens("alice")
    shop.happens("bob")
    assert shop.told(segment) == []


def test_property_filters_count_only_what_passes(shop, abandoned):
    dear = {"where": [{"property": "cart_value", "operator": "more_than", "value": 5000}]}
    segment = shop.segment(abandoned("at_least", 2, **dear))
    for value in (9000, 10, "9000", None):
        shop.happens("alice", cart_value=value)
    assert shop.members(segment) == set()
    shop.happens("alice", cart_value=5000.01)
    assert shop.members(segment) == {"alice"}


def test_a_window_forgets_what_is_older(shop, abandoned):
    segment = shop.segment(abandoned("at_least", 2, **HOURS))
    shop.happens("alice", ago=timedelta(hours=2))
    shop.happens("alice")
    assert shop.members(segment) == set()
    shop.happens("alice", ago=timedelta(minutes=30))
    assert shop.members(segment) == {"alice"}


def test_a_late_event_is_counted_and_does_not_count_as_the_last(shop):
    recent = {"event": "cart_abandoned", "metric": "last_occurred", "operator": "less_than", "value": 1, "unit": "days"}
    segment = shop.segment(recent)
    shop.happens("alice", ago=timedelta(days=2))
    assert shop.members(segment) == set()
    shop.happens("alice")
    shop.happens("alice", ago=timedelta(days=3))
    assert shop.told(segment) == [("alice", "entered")]


def test_last_occurred_is_known_event_by_event_within_a_batch(shop):
    long_ago = {
        "event": "cart_abandoned",
        "metric": "last_occurred",
        "operator": "more_than",
        "value": 1,
        "unit": "days",
    }
    segment = shop.segment(long_ago)
    shop.happens("alice", ago=timedelta(days=3))
    assert shop.told(segment) == [("alice", "entered")]
    shop.track("alice", ago=timedelta(days=2))
    shop.track("alice")
    pipeline.drain()
    assert shop.told(segment) == [("alice", "entered"), ("alice", "left")]


def test_passive_segments_change_in_silence(shop, abandoned):
    segment = shop.segment(abandoned(), type="passive")
    shop.happens("alice")
    assert (shop.members(segment), shop.told(segment)) == ({"alice"}, [])
    assert definition.activate(segment)
    shop.happens("bob")
    assert shop.told(segment) == [("bob", "entered")]


def test_a_segment_of_segments_follows_them_in_the_same_pass(shop, abandoned):
    carts = shop.segment(abandoned(), type="passive")
    rescued = shop.segment(
        {"segment": carts.public_id, "operator": "in"}, {"event": "order.paid", "operator": "less_than", "value": 1}
    )
    outside = shop.segment({"segment": rescued.public_id, "operator": "not_in"})
    cart = shop.happens("alice")
    assert shop.members(rescued) == {"alice"}
    assert [entry.cause_event_id for entry in shop.stays(rescued)] == [cart.id]
    assert shop.members(outside) == set()
    shop.happens("alice", "order.paid")
    assert shop.told(rescued) == [("alice", "entered"), ("alice", "left")]
    assert shop.members(outside) == {"alice"}


def test_a_customer_not_yet_filled_in_who_matched_before_enters_in_silence(shop, abandoned):
    shop.happens("alice")
    segment = shop.segment(abandoned(), fill=False)
    shop.happens("alice")
    shop.happens("bob")
    assert shop.told(segment) == [("bob", "entered")]
    assert shop.members(segment) == {"alice", "bob"}
    shop.fill()
    assert shop.told(segment) == [("bob", "entered")]
    assert [entry.epoch for entry in shop.stays(segment)] == [1, 1]


def test_a_segment_deleted_meanwhile_is_left_alone(shop, abandoned):
    segment = shop.segment(abandoned())
    shop.track("alice")
    definition.delete(segment)
    pipeline.drain()
    assert not Membership.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("segments", [1, 20], ids=["one segment", "twenty segments"])
@pytest.mark.parametrize("customers", [2, 40], ids=["two customers", "forty customers"])
def test_a_batch_costs_a_fixed_number_of_queries(
    shop, abandoned, django_assert_num_queries, monkeypatch, segments, customers
):
    for number in range(segments):
        shop.segment(abandoned("at_least", 1), {"event": "page_viewed", "operator": "less_than", "value": number + 1})
        shop.segment(abandoned("at_least", 99))
    shop.fill()
    people = [shop.customer(f"customer {number}") for number in range(customers)]
    pipeline.drain()
    tracking.track_many([Fact("cart_abandoned", person.pk) for person in people])
    batches = []
    monkeypatch.setattr("django.conf.settings.EVENT_PIPELINE", ["tests.segments.conftest.catch"])
    monkeypatch.setattr("tests.segments.conftest.caught", batches)
    pipeline.apply_batch()
    # The index's version, tallies, memberships; segments held, memberships, entries; the events told: the clock, the
    # events.
    with django_assert_num_queries(8):
        reevaluate(batches[0])
    assert Entry.objects.count() == segments * customers
    assert Customer.objects.count() == customers
