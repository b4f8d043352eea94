"""New and edited segments are filled slice by slice, in silence or aloud, beside the live path."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from events import pipeline
from segments import definition
from segments.membership import filling
from segments.models import Segment

GONE = {"event": "cart_abandoned", "metric": "last_occurred", "operator": "more_than", "value": 3, "unit": "days"}


def test_the_first_fill_takes_in_those_who_match_and_tells_nobody(shop, abandoned):
    for name in ("alice", "alice", "bob"):
        shop.happens(name)
    segment = shop.segment(abandoned("at_least", 2))
    assert shop.members(segment) == {"alice"}
    assert shop.told(segment) == []
    assert [entry.cause_event_id for entry in shop.stays(segment)] == [None]


def test_a_fill_shows_its_progress_and_goes_on_where_it_was(shop, abandoned, monkeypatch):
    for number in range(7):
        shop.happens(f"customer {number}")
    monkeypatch.setattr(filling, "WIDE", 3)
    segment = shop.segment(abandoned(), fill=False)
    filling.fill_some()
    segment.refresh_from_db()
    assert segment.fill == Segment.Fill.RUNNING
    assert 0 < segment.fill_cursor < segment.fill_total
    # As after a crash: the cursor had not moved, and the slice is done again.
    Segment.objects.update(fill_cursor=0)
    shop.fill()
    segment.refresh_from_db()
    assert (segment.fill, len(shop.members(segment)), len(shop.stays(segment))) == (Segment.Fill.DONE, 7, 7)


def test_a_slice_ends_with_the_last_member_that_it_has_room_for(shop, abandoned, monkeypatch):
    customers = [shop.happens(f"customer {number}").customer_id for number in range(5)]
    segment = shop.segment(abandoned("at_least", 1), fill=False)
    # Her turn comes in the second slice, though the first one sees that she has something pending.
    shop.track("customer 3")
    monkeypatch.setattr(filling, "MEMBERS_MOST", 2)
    cursors, sizes = [], []
    while filling.fill_some():
        segment.refresh_from_db()
        cursors.append(segment.fill_cursor)
        sizes.append(len(shop.members(segment)))
    assert (cursors, sizes) == ([customers[1], customers[4]], [2, 5])
    assert (segment.fill, len(shop.stays(segment)), shop.told(segment)) == (Segment.Fill.DONE, 5, [])


def test_a_segment_is_filled_by_as_many_statements_whoever_comes(shop, abandoned, django_assert_num_queries):
    for name in ("alice", "bob", "carol"):
        shop.happens(name)
    for least in (2, 1):
        shop.segment(abandoned("at_least", least), fill=False)
        # The index's version, the segments, which are to be filled; savepoint; the segment held, the last customer, the
        # fill begun; the time, the members, the progress; savepoint released.
        with django_assert_num_queries(11):
            filling.fill_some()


def test_a_segment_with_members_cannot_vanish_from_under_them(shop, abandoned):
    shop.happens("alice")
    segment = shop.segment(abandoned())
    with pytest.raises(IntegrityError, match="still has members"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM segments_segment WHERE id = %s", [segment.pk])


def test_time_moves_those_whom_the_fill_left_outside(shop):
    at = shop.happens("alice").occurred_at
    shop.happens("bob", ago=timedelta(days=5))
    segment = shop.segment(GONE)
    assert shop.members(segment) == {"bob"}
    shop.wake(at + timedelta(days=3, microseconds=1))
    assert shop.told(segment) == [("alice", "entered")]


def test_customers_with_pending_events_are_decided_as_they_stood_before(shop, abandoned):
    shop.happens("alice")
    shop.customer("bob")
    pipeline.drain()
    segment = shop.segment(abandoned("exactly", 1), fill=False)
    shop.track("alice")
    shop.track("bob")
    filling.fill_some()
    assert shop.members(segment) == {"alice"}
    pipeline.drain()
    assert shop.members(segment) == {"bob"}
    assert sorted(shop.told(segment)) == [("alice", "left"), ("bob", "entered")]


@pytest.mark.parametrize("quietly", [False, True], ids=["aloud", "quietly"])
def test_an_edit_moves_those_whom_it_concerns(shop, abandoned, quietly):
    for name in ("alice", "alice", "bob"):
        shop.happens(name)
    segment = shop.segment(abandoned("exactly", 1))
    definition.change(segment, filter=abandoned("exactly", 2), apply_quietly=quietly)
    shop.fill()
    assert shop.members(segment) == {"alice"}
    assert shop.told(segment) == ([] if quietly else [("alice", "entered"), ("bob", "left")])


def test_an_event_during_a_refill_is_judged_by_the_new_filter(shop, abandoned):
    shop.happens("alice")
    segment = shop.segment(abandoned("at_least", 1))
    definition.change(segment, filter=abandoned("at_least", 2))
    cause = shop.happens("alice")
    shop.fill()
    assert shop.told(segment) == [("alice", "left"), ("alice", "entered")]
    assert [entry.cause_event_id for entry in shop.stays(segment)] == [None, cause.id]


def test_an_edit_reaches_the_segments_that_refer_to_it(shop, abandoned):
    shop.happens("alice")
    carts = shop.segment(abandoned())
    others = shop.segment({"segment": carts.public_id, "operator": "not_in"})
    definition.change(carts, filter=abandoned("at_least", 2))
    shop.fill()
    assert shop.members(others) == {"alice"}


def test_a_segment_waits_for_those_it_refers_to(shop, abandoned):
    shop.happens("alice")
    carts = shop.segment(abandoned(), fill=False)
    rescued = shop.segment({"segment": carts.public_id, "operator": "in"}, fill=False)
    shop.fill()
    assert shop.members(rescued) == {"alice"}


def test_an_empty_shop_is_filled_at_once(shop, abandoned):
    segment = shop.segment(abandoned())
    segment.refresh_from_db()
    assert segment.fill == Segment.Fill.DONE
    assert not filling.has_work()
