"""Making, changing and deleting segments, apart from REST."""

import pytest

from access.problems import Problem
from segments import definition
from segments.membership import filling
from segments.models import Segment


def test_a_static_segment_has_its_members_at_once_and_tells_nobody(shop):
    shop.customer("alice")
    shop.customer("bob")
    segment = definition.create("Two", "static", customers=["alice", "bob"])
    assert shop.members(segment) == {"alice", "bob"}
    assert shop.told(segment) == []
    assert not filling.has_work()


def test_an_unchanged_filter_decides_nobody_anew(shop, abandoned):
    segment = shop.segment(abandoned())
    changed = definition.change(segment, name="Carts", filter=abandoned())
    assert (changed.name, changed.revision, filling.has_work()) == ("Carts", 1, False)


def test_a_failed_fill_is_tried_again_by_saving(shop, abandoned):
    shop.happens("alice")
    segment = shop.segment(abandoned(), fill=False)
    Segment.objects.update(fill=Segment.Fill.FAILED)
    assert not filling.has_work()
    definition.change(segment, filter=abandoned())
    shop.fill()
    assert (shop.members(segment), shop.told(segment)) == ({"alice"}, [])


def test_a_fill_that_the_database_refuses_is_marked_and_others_go_on(shop, abandoned, monkeypatch):
    shop.happens("alice")
    broken = shop.segment(abandoned(), fill=False)
    monkeypatch.setattr(filling, "FIRST_MEMBERS", "SELECT 1 / 0 WHERE {} {} {} {} {} {} {} {}")
    filling.fill_some()
    broken.refresh_from_db()
    assert broken.fill == Segment.Fill.FAILED


def test_an_edit_of_a_new_segment_is_as_silent_as_its_first_fill(shop, abandoned):
    shop.happens("alice")
    segment = shop.segment(abandoned("at_least", 2), fill=False)
    definition.change(segment, filter=abandoned())
    shop.fill()
    assert (shop.members(segment), shop.told(segment)) == ({"alice"}, [])


@pytest.mark.parametrize("address", [{"city": "Ghent"}, {"city": "Ghent", "country": "Belgium"}], ids=["city", "both"])
def test_a_part_of_the_address_is_heard(shop, address):
    segment = shop.segment({"attribute": "address.city", "operator": "exactly", "value": "Ghent"})
    shop.customer("alice")
    shop.fill()
    shop.customer("alice", address=address)
    shop.fill()
    assert shop.told(segment) == [("alice", "entered")]


def test_a_segment_cannot_refer_to_itself(shop, abandoned):
    segment = shop.segment(abandoned())
    with pytest.raises(Problem):
        definition.change(segment, filter={"segment": segment.public_id, "operator": "in"})
