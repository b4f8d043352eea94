"""A shop's day through the official Python SDK: each step tries methods as a shop would, and looks at the answers."""

import pytest
import voucherify
from voucherify import exceptions

from tests.compatibility.shop import Shop
from tests.compatibility.steps import Story
from tests.journeys.stories import unique

NO_LOYALTY_TIERS = "tiers of loyalty programs are not part of this product"
STORY = Story(
    "Python SDK",
    refused={
        "BinApi": "what is deleted is deleted; there is no bin to restore from",
        "TemplatesApi": "campaigns are copied in the browser, not kept as templates",
        "ManagementApi.create_project": "an installation is one project",
        "ManagementApi.delete_project": "an installation is one project",
        "ManagementApi.update_project": "an installation is one project",
        "ManagementApi.assign_user": "people who sign in are managed in the admin",
        "ManagementApi.unassign_user": "people who sign in are managed in the admin",
        "ManagementApi.get_user": "people who sign in are managed in the admin",
        "ManagementApi.invite_user": "people who sign in are managed in the admin",
        "ManagementApi.list_users": "people who sign in are managed in the admin",
        "ManagementApi.update_user": "people who sign in are managed in the admin",
        "ManagementApi.management_": "campaigns are copied in the browser, not kept as templates",
    },
)


@STORY.tries("CustomersApi.create_customer")
def a_customer_is_made_and_sending_her_again_changes_nothing(shop: Shop) -> None:
    shop.known.source_id = unique("ida")
    said = {
        "source_id": shop.known.source_id,
        "name": "Ida Vos",
        "email": "ida@shop.example",
        "metadata": {"lang": "nl"},
    }
    made = shop.CustomersApi.create_customer(voucherify.CustomersCreateRequestBody.from_dict(said))
    again = shop.CustomersApi.create_customer(voucherify.CustomersCreateRequestBody.from_dict(said))
    assert (made.id, made.name, again.id, again.updated_at) == (again.id, "Ida Vos", made.id, None)
    shop.known.customer_id = made.id


@STORY.tries("CustomersApi.get_customer")
def she_is_found_by_either_id_and_nobody_else_is(shop: Shop) -> None:
    assert shop.CustomersApi.get_customer(shop.known.source_id).id == shop.known.customer_id
    assert shop.CustomersApi.get_customer(shop.known.customer_id).source_id == shop.known.source_id
    with pytest.raises(exceptions.NotFoundException):
        shop.CustomersApi.get_customer("nobody")


@STORY.tries("CustomersApi.update_customer")
def a_null_on_an_update_erases_and_what_is_not_said_stays(shop: Shop) -> None:
    body = voucherify.CustomersUpdateRequestBody(description="Knows her way around")
    changed = shop.CustomersApi.update_customer(shop.known.source_id, body)
    assert (changed.name, changed.description) == ("Ida Vos", "Knows her way around")


@STORY.tries("EventsApi.track_custom_event")
def an_event_with_nulls_for_what_was_not_said_erases_nothing(shop: Shop) -> None:
    said = {
        "event": "cart_abandoned",
        "customer": {"source_id": shop.known.source_id},
        "metadata": {"cart_value": 7450},
    }
    told = shop.EventsApi.track_custom_event(voucherify.EventsCreateRequestBody.from_dict(said))
    assert (told.type, told.customer.id) == ("cart_abandoned", shop.known.customer_id)
    assert shop.CustomersApi.get_customer(shop.known.source_id).name == "Ida Vos"


@STORY.tries("CustomersApi.list_customers")
def customers_are_listed_page_by_page_and_narrowed(shop: Shop) -> None:
    listed = shop.CustomersApi.list_customers(limit=1, email="ida@shop.example")
    assert [customer.email for customer in listed.customers] == ["ida@shop.example"]


@STORY.tries("SegmentsApi.create_segment", "SegmentsApi.get_segment", "SegmentsApi.delete_segment")
def a_segment_is_made_read_and_deleted(shop: Shop) -> None:
    said = {"name": unique("Cart abandoners"), "type": "auto-update",
            "filter": {"junction": "and", "events.cart_abandoned.count": {"conditions": {"$more_than": ["0"]}}}}  # fmt: skip
    made = shop.SegmentsApi.create_segment(voucherify.SegmentsCreateRequestBody.from_dict(said))
    assert shop.SegmentsApi.get_segment(made.id).name == said["name"]
    shop.SegmentsApi.delete_segment(made.id)
    with pytest.raises(exceptions.NotFoundException):
        shop.SegmentsApi.get_segment(made.id)


def _wrong_key(shop: Shop) -> None:
    stranger = voucherify.Configuration(host=shop.product.address, api_key={"X-App-Id": "no", "X-App-Token": "no"})
    with voucherify.ApiClient(stranger) as client, pytest.raises(exceptions.UnauthorizedException):
        voucherify.CustomersApi(client).list_customers()


@STORY.tries()
def a_wrong_key_is_told_so(shop: Shop) -> None:
    _wrong_key(shop)
