"""Customers, what they do, and the segments that follow from it."""

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import ORIGIN, Shop, unique
from tests.product import eventually


@tries("CustomersApi.create_customer")
def a_customer_is_made_and_sending_her_again_changes_nothing(shop: Shop) -> None:
    shop.known.source_id = unique("ida")
    said = {
        "source_id": shop.known.source_id,
        "name": "Ida Vos",
        "email": "ida@shop.example",
        "metadata": {"lang": "nl"},
    }
    made = shop.CustomersApi.create_customer(body=said)
    again = shop.CustomersApi.create_customer(body=said)
    assert (made.name, again.id, again.updated_at) == ("Ida Vos", made.id, None)
    shop.known.customer_id = made.id


@tries("CustomersApi.get_customer")
def she_is_found_by_either_id_and_nobody_else_is(shop: Shop) -> None:
    assert shop.CustomersApi.get_customer(shop.known.source_id).id == shop.known.customer_id
    assert shop.CustomersApi.get_customer(shop.known.customer_id).source_id == shop.known.source_id
    with pytest.raises(exceptions.NotFoundException):
        shop.CustomersApi.get_customer("nobody")


@tries("CustomersApi.update_customer")
def what_is_not_said_in_an_update_stays(shop: Shop) -> None:
    from_constructor = {"description": "Knows her way around", "name": "Ida Vos"}
    changed = shop.CustomersApi.update_customer(shop.known.source_id, body=from_constructor)
    assert (changed.name, changed.description) == ("Ida Vos", "Knows her way around")


@tries("EventsApi.track_custom_event")
def an_event_with_nulls_for_what_was_not_said_erases_nothing(shop: Shop) -> None:
    shop.CustomersApi.create_customer(body={"source_id": shop.known.source_id, "email": "ida@shop.example"})
    said = {
        "event": "cart_abandoned",
        "customer": {"source_id": shop.known.source_id},
        "metadata": {"cart_value": 7450},
    }
    told = shop.EventsApi.track_custom_event(body=said)
    assert (told.type, told.customer.id) == ("cart_abandoned", shop.known.customer_id)
    assert shop.CustomersApi.get_customer(shop.known.source_id).email == "ida@shop.example"


@tries()
def an_event_of_somebody_without_a_name_is_refused(shop: Shop) -> None:
    said = {"event": "cart_abandoned", "customer": {"id": "cust_nobody"}}
    with pytest.raises(exceptions.NotFoundException):
        shop.EventsApi.track_custom_event(body=said)


@tries("ClientSideApi.track_custom_event_client_side")
def a_page_of_the_shop_tracks_what_its_visitor_does(shop: Shop) -> None:
    said = {"event": "cart_abandoned", "customer": {"source_id": shop.known.source_id}, "metadata": {"cart_value": 1}}
    told = shop.browser().track_custom_event_client_side(ORIGIN, body=said)
    assert told.customer.id == shop.known.customer_id


@tries("CustomersApi.list_customers")
def customers_are_listed_page_by_page_and_narrowed(shop: Shop) -> None:
    for number in range(3):
        shop.CustomersApi.create_customer(body={"source_id": unique(f"other{number}"), "name": "Otto Other"})
    first = shop.CustomersApi.list_customers(limit=2, page=1, name="Otto Other")
    second = shop.CustomersApi.list_customers(limit=2, page=2, name="Otto Other")
    assert first.total >= 3
    assert not {customer.id for customer in first.customers} & {customer.id for customer in second.customers}
    assert [c.id for c in shop.CustomersApi.list_customers(email="ida@shop.example").customers] == [
        shop.known.customer_id
    ]


@tries("SegmentsApi.create_segment", "SegmentsApi.get_segment")
def a_segment_is_made_and_fills(shop: Shop) -> None:
    said = {"name": unique("Cart abandoners"), "type": "auto-update",
            "filter": {"junction": "and", "events.cart_abandoned.count": {"conditions": {"$more_than": ["0"]}}}}  # fmt: skip
    shop.known.segment_id = shop.SegmentsApi.create_segment(body=said).id
    assert shop.SegmentsApi.get_segment(shop.known.segment_id).name == said["name"]
    listed = shop.CustomersApi.list_customers
    eventually(lambda: shop.known.customer_id in [c.id for c in listed(segment_id=shop.known.segment_id).customers])


@tries("CustomersApi.list_customer_segments")
def her_segments_are_listed(shop: Shop) -> None:
    assert shop.known.segment_id in [
        one.id for one in shop.CustomersApi.list_customer_segments(shop.known.source_id).data
    ]


@tries("CustomersApi.list_customer_activity")
def her_activity_tells_what_she_did_page_by_page(shop: Shop) -> None:
    newest = shop.CustomersApi.list_customer_activity(shop.known.source_id, limit=2)
    assert (len(newest.data), newest.has_more) == (2, True)
    earlier = shop.CustomersApi.list_customer_activity(
        shop.known.source_id, starting_after_id=newest.more_starting_after
    )
    assert "customer.created" in [one.type for one in earlier.data]
    did = shop.CustomersApi.list_customer_activity(
        shop.known.source_id, category="ACTION", type="customer.custom_event"
    )
    assert {one.type for one in did.data} == {"customer.custom_event"}


@tries(
    "CustomersApi.update_customers_in_bulk", "AsyncActionsApi.get_async_action", "AsyncActionsApi.list_async_actions"
)
def many_customers_are_changed_at_once(shop: Shop) -> None:
    said = [{"source_id": unique("bulk"), "name": "Bulk"}, {"source_id": unique("bulk"), "name": "Bulk"}]
    order = shop.CustomersApi.update_customers_in_bulk(body=said)
    assert shop.finished(order).status == "DONE"
    assert shop.CustomersApi.get_customer(said[1]["source_id"]).name == "Bulk"
    assert order.async_action_id in [one.id for one in shop.AsyncActionsApi.list_async_actions(limit=10).async_actions]


@tries("CustomersApi.update_customers_metadata_in_bulk")
def the_same_metadata_is_given_to_many(shop: Shop) -> None:
    said = {"source_ids": [shop.known.source_id], "metadata": {"tier": "gold"}}
    assert shop.finished(shop.CustomersApi.update_customers_metadata_in_bulk(body=said)).status == "DONE"
    assert shop.CustomersApi.get_customer(shop.known.source_id).metadata["tier"] == "gold"


@tries("CustomersApi.import_customers_using_csv")
def customers_come_from_a_file(shop: Shop) -> None:
    source_id = unique("csv")
    content = f"Name,Source_id,Email,shoe_size\nCarl,{source_id},carl@shop.example,42\n".encode()
    assert shop.finished(shop.CustomersApi.import_customers_using_csv(file=content)).status == "DONE"
    assert shop.CustomersApi.get_customer(source_id).name == "Carl"


@tries()
def a_wrong_key_is_told_so(shop: Shop) -> None:
    with pytest.raises(exceptions.UnauthorizedException):
        shop.stranger("CustomersApi").list_customers()
