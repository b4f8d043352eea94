"""Which segments a happening can change: found by an index that is never behind the table."""

import pytest
from django.db import connection

from events.models import Event
from segments import definition
from segments.membership import affected

CART = {"event": "cart_abandoned", "operator": "more_than", "value": 0}


def touched(name, count, **properties):
    index = affected.current()
    return [segment.name for segment in index.touched_by(Event(name=name, properties=properties), count)]


@pytest.mark.django_db
def test_a_change_by_another_process_is_seen_at_once():
    definition.create("Carts", "auto-update", CART)
    assert touched("cart_abandoned", 1) == ["Carts"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE segments_segment SET name = 'Rescued'")
    assert touched("cart_abandoned", 1) == ["Rescued"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        pytest.param(CART, [1], id="more than 0"),
        pytest.param(CART | {"operator": "exactly", "value": 3}, [3, 4], id="exactly 3"),
        pytest.param(CART | {"operator": "between", "value": [2, 4]}, [2, 5], id="between 2 and 4"),
        pytest.param(CART | {"within": {"last": 1, "unit": "hours"}}, [1, 2, 3, 4, 5], id="within an hour"),
        pytest.param(CART | {"metric": "last_occurred"}, [1, 2, 3, 4, 5], id="last occurred"),
    ],
)
def test_a_count_touches_a_segment_only_where_it_can_change_the_verdict(condition, counts):
    definition.create("Carts", "auto-update", condition)
    assert [count for count in range(1, 6) if touched("cart_abandoned", count)] == counts
    assert not touched("page_viewed", 1)


@pytest.mark.django_db
def test_a_changed_attribute_touches_those_who_ask_for_it():
    definition.create("Gold", "auto-update", {"attribute": "metadata.level", "operator": "exactly", "value": "gold"})
    assert touched("customer.updated", 1, changed=["metadata.level"]) == ["Gold"]
    assert touched("customer.updated", 1, changed=["name"]) == []
    assert touched("customer.updated", 1) == ["Gold"]


@pytest.mark.django_db
def test_newcomers_touch_only_what_they_could_belong_to():
    definition.create("Carts", "auto-update", CART)
    definition.create("No carts", "auto-update", CART | {"operator": "exactly", "value": 0})
    assert touched("customer.created", 1) == ["No carts"]
