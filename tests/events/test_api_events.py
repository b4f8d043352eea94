import json
from typing import Any

import pytest

from customers.models import Customer
from events import catalogue
from events.models import Event, EventDefinition, PendingEvent, SeenMessage, Tally

pytestmark = pytest.mark.django_db

CART = {"event": "cart_abandoned", "customer": {"source_id": "alice"}, "metadata": {"cart_value": 7450}}


def test_an_event_is_answered_as_voucherify_does(api: Any) -> None:
    said = {**CART, "customer": {"source_id": "alice", "email": "alice@shop.example", "metadata": {"lang": "nl"}}}
    answer = api.post("/v1/events", said)
    assert answer.status_code == 200
    body = answer.json()
    alice = Customer.objects.get()
    assert body == {
        "object": "event",
        "id": Event.objects.get(name="cart_abandoned").public_id,
        "type": "cart_abandoned",
        "customer": {
            "id": alice.public_id,
            "object": "customer",
            "source_id": "alice",
            "name": None,
            "email": "alice@shop.example",
            "metadata": {"lang": "nl"},
        },
        "referral": None,
        "loyalty": None,
        "metadata": {"cart_value": 7450},
        "duplicate": False,
    }


def test_an_event_is_stored_tallied_and_queued(api: Any) -> None:
    api.post("/v1/events", CART)
    api.post("/v1/events", CART)
    assert Tally.objects.get(event_name="cart_abandoned").count == 2
    assert PendingEvent.objects.count() == 3
    assert EventDefinition.objects.get().is_declared is False


def test_the_profile_is_told_before_the_event(api: Any) -> None:
    api.post("/v1/events", CART)
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["customer.created", "cart_abandoned"]


def test_a_second_request_with_the_same_id_is_a_duplicate(api: Any) -> None:
    first = api.post("/v1/events", {**CART, "message_id": "m-1"}).json()
    again = api.post("/v1/events", {**CART, "message_id": "m-1"})
    assert again.status_code == 200
    assert (again.json()["duplicate"], again.json()["id"]) == (True, first["id"])
    assert Tally.objects.get(event_name="cart_abandoned").count == 1


def test_the_header_names_a_message_too(api: Any) -> None:
    first = api.post("/v1/events", CART, **{"Idempotency-Key": "m-1"}).json()
    again = api.post("/v1/events", {**CART, "message_id": "m-1"}).json()
    assert (again["duplicate"], again["id"]) == (True, first["id"])


def test_a_known_id_with_another_body_changes_nothing(api: Any) -> None:
    api.post("/v1/events", {**CART, "message_id": "m-1"})
    said = {**CART, "message_id": "m-1", "customer": {"source_id": "alice", "name": "Alice"}}
    answer = api.post("/v1/events", said)
    assert (answer.status_code, answer.json()["key"]) == (409, "duplicate_key")
    assert Customer.objects.get().name is None


def test_a_message_may_be_sent_again_later_with_another_sent_at(api: Any) -> None:
    api.post("/v1/events", {**CART, "message_id": "m-1", "sent_at": "2026-01-01T10:00:00Z"})
    again = api.post("/v1/events", {**CART, "message_id": "m-1", "sent_at": "2026-01-01T10:05:00Z"})
    assert again.json()["duplicate"] is True


def test_our_id_goes_before_the_shops(api: Any) -> None:
    alice = api.post("/v1/events", CART).json()["customer"]["id"]
    said = {"event": "cart_abandoned", "customer": {"id": alice, "source_id": "bob"}}
    assert api.post("/v1/events", said).json()["customer"]["source_id"] == "alice"


def test_an_unknown_id_of_ours_is_not_found(api: Any) -> None:
    answer = api.post("/v1/events", {"event": "cart_abandoned", "customer": {"id": "cust_x"}, "message_id": "m-1"})
    body = answer.json()
    assert (answer.status_code, body["key"], body["resource_type"], body["resource_id"]) == (
        404,
        "not_found",
        "customer",
        "cust_x",
    )
    assert not SeenMessage.objects.exists()


def test_an_alias_is_stored_under_the_one_name(api: Any) -> None:
    assert api.post("/v1/events", {**CART, "event": "customer.order.paid"}).json()["type"] == "customer.order.paid"
    assert Tally.objects.filter(event_name="order.paid").exists()


@pytest.mark.parametrize(
    "name",
    [name for event in catalogue.KNOWN.values() if not event.is_reported
     for name in (event.name, *event.aliases, *event.shared_aliases)],
)  # fmt: skip
def test_what_this_installation_does_cannot_be_claimed(api: Any, name: str) -> None:
    answer = api.post("/v1/events", {**CART, "event": name})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert not Event.objects.exists()
    [result] = api.post("/v1/events/batch", {"events": [{**CART, "event": name}]}).json()["results"]
    assert (result["status"], result["error"]["key"]) == ("rejected", "invalid_payload")


def test_only_orders_can_be_told_of_from_elsewhere() -> None:
    reported = {event.name for event in catalogue.KNOWN.values() if event.is_reported}
    assert reported == {"order.created", "order.updated", "order.paid", "order.canceled", "customer.order.fulfilled"}


def test_an_unknown_name_is_refused_where_the_project_is_strict(api: Any) -> None:
    api.put("/v1/settings", {"events": {"unknown": "reject"}})
    answer = api.post("/v1/events", CART)
    assert (answer.status_code, answer.json()["resource_type"]) == (404, "event_schema")
    assert not Customer.objects.exists()


def test_a_null_in_an_embedded_customer_means_not_given(api: Any) -> None:
    api.post("/v1/events", {**CART, "customer": {"source_id": "alice", "name": "Alice"}})
    api.post("/v1/events", {**CART, "customer": {"source_id": "alice", "name": None, "metadata": None}})
    assert Customer.objects.get().name == "Alice"


def test_a_batch_answers_each_item_in_order(api: Any) -> None:
    items = [
        {**CART, "message_id": "m-1"},
        {"event": "cart_abandoned"},
        {**CART, "message_id": "m-1"},
        {**CART, "message_id": "m-1", "metadata": {"cart_value": 1}},
        {"event": "cart_abandoned", "customer": {"id": "cust_x"}},
        {**CART, "customer": {"source_id": "bob"}},
    ]
    body = api.post("/v1/events/batch", {"events": items}).json()
    statuses = [result["status"] for result in body["results"]]
    assert statuses == ["accepted", "rejected", "duplicate", "rejected", "rejected", "accepted"]
    assert (body["object"], body["data_ref"], body["total"]) == ("list", "results", 6)
    assert body["results"][2]["id"] == body["results"][0]["id"]
    assert [body["results"][n]["error"]["key"] for n in (1, 3, 4)] == ["invalid_payload", "duplicate_key", "not_found"]
    assert Event.objects.filter(name="cart_abandoned").count() == 2


@pytest.mark.parametrize(
    "metadata",
    [
        '{"a": "\\u0000"}',
        '{"a": "\\ud800"}',
        '{"a": 1e400}',
        '{"a": 1, "a": 2}',
        '{"a":' * 40 + "1" + "}" * 40,
        '{"a": 99999999999999999999}',
        '{"a": ' + "9" * 5000 + "}",
    ],
    ids=["nul", "surrogate", "overflow", "key twice", "deep", "large", "larger"],
)
def test_an_item_that_cannot_be_stored_does_not_spoil_its_neighbours(api: Any, metadata: str) -> None:
    good = json.dumps(CART)
    body = f'{{ "events" : [{good}, {{"event": "x", "customer": {{"source_id": "bob"}}, "metadata": {metadata}}} ,{good}] }}'
    answer = api.post("/v1/events/batch", body)
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == ["accepted", "rejected", "accepted"]
    assert answer.json()["results"][1]["error"]["key"] == "invalid_payload"
    assert not Customer.objects.filter(source_id="bob").exists()


@pytest.mark.parametrize(
    "body",
    [
        '{"events": [1e400}',
        '{"events": [1e400, ]}',
        '{"events": [NaN]}',
        '{"events": [1e400 1]}',
        '{"events": [1e400], "more": 1}',
        '{"events": [' + "[" * 5000 + "]" * 5000 + "]}",
        "[1e400]",
    ],
)
def test_a_batch_that_is_not_json_is_refused_whole(api: Any, body: str) -> None:
    assert api.post("/v1/events/batch", body).status_code == 400


def test_a_profile_that_changes_twice_in_a_batch_ends_as_last_said(api: Any) -> None:
    items = [{**CART, "customer": {"source_id": "alice", "name": name}} for name in ("Alice", "Alicia", "Alicia")]
    api.post("/v1/events/batch", {"events": items})
    assert Customer.objects.get().name == "Alicia"
    told = Event.objects.order_by("id").values_list("name", flat=True)
    assert [name for name in told if name.startswith("customer.")] == ["customer.created", "customer.updated"]


def test_a_batch_costs_as_many_queries_as_its_size_does_not(api: Any, django_assert_num_queries: Any) -> None:
    api.post("/v1/events", {**CART, "customer": {"source_id": "carol"}})
    for size in (2, 200):
        items = [
            {**CART, "message_id": f"{size}-{n}", "customer": {"source_id": f"{size}-{n}"}} for n in range(size - 1)
        ]
        items.append({**CART, "customer": {"source_id": "carol", "name": f"Carol {size}"}})
        # Savepoint twice, rules, customers, message ids, new customers, lock, changed customers, events.
        with django_assert_num_queries(9):
            api.post("/v1/events/batch", {"events": items})


@pytest.mark.parametrize("events", [None, [], {}, "x"], ids=["null", "none", "object", "text"])
def test_a_batch_needs_a_list_of_items(api: Any, events: object) -> None:
    assert api.post("/v1/events/batch", {"events": events}).status_code == 400


def test_a_batch_of_more_than_a_thousand_is_too_large(api: Any) -> None:
    answer = api.post("/v1/events/batch", {"events": [1] * 1001})
    assert (answer.status_code, answer.json()["key"]) == (413, "payload_too_large")
