from typing import Any

import pytest

from events import catalogue, timeline

pytestmark = pytest.mark.django_db

# What clients with a strict list of types accept.
KNOWN = {
    f"customer.{name}"
    for name in [
        "confirmed",
        "created",
        "updated",
        "deleted",
        "referred",
        "custom_event",
        "segment.entered",
        "segment.left",
        "sms.sent",
        "sms.failed",
        "email.sent",
        "email.failed",
        "rewarded",
        "voucher.gift.balance_added",
        "voucher.deleted",
        "publication.succeeded",
        "publication.failed",
        "validation.succeeded",
        "validation.failed",
        "redemption.failed",
        "redemption.succeeded",
        "redemption.rollback.failed",
        "redemption.rollback.succeeded",
        "order.canceled",
        "order.created",
        "order.fulfilled",
        "order.paid",
        "order.processing",
        "order.updated",
    ]
}
ACTIONS = {
    "customer.created",
    "customer.updated",
    "voucher.validation.succeeded",
    "voucher.validation.failed",
    "redemption.succeeded",
    "redemption.failed",
    "order.created",
    "order.updated",
    "order.paid",
    "order.canceled",
}


@pytest.mark.parametrize("name", [name for name, event in catalogue.INTERNAL.items() if event.has_customer])
def test_each_event_of_a_customer_is_told_under_a_type_that_clients_know(name: str) -> None:
    assert timeline.told_type(name) in KNOWN


def test_what_she_did_is_told_apart_from_what_was_done_in_return() -> None:
    assert timeline.ACTIONS & {name for name, event in catalogue.INTERNAL.items() if event.has_customer} == ACTIONS


def test_each_line_says_by_which_key_it_was_reported(
    api: Any, api_key: Any, django_assert_max_num_queries: Any
) -> None:
    api.post("/v1/events", {"event": "seen", "customer": {"source_id": "ada"}})
    with django_assert_max_num_queries(5):
        told = api.get("/v1/customers/ada/activity").json()["data"]
    sources = [line["data"]["event_source"] for line in told]
    key = {"name": "Shop backend", "app_id": api_key.key.app_id}
    assert sources == [{"channel": "API", "api_key": key}] * 2
    schema = told[0]["data"]["data"]["event_schema"]
    assert schema["name"] == "seen"
    assert schema["id"].startswith("ms_")


def test_the_earlier_name_of_the_timeline_counts_too(api: Any) -> None:
    api.post("/v1/customers", {"source_id": "ada"})
    assert api.get("/v1/customers/ada/activities").json()["total"] == 1
    assert "total" not in api.get("/v1/customers/ada/activity").json()
    assert api.get("/v1/customers/ada%00/activity").status_code == 404
