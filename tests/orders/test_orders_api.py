"""Orders over REST: placed once, changed, listed, and refused where they cannot be meant."""

from typing import Any

import pytest

from events.models import Event
from orders.models import Order, OrderItem
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def an_order(**more: Any) -> dict[str, Any]:
    items = [{"product_id": "", "source_id": "tee", "related_object": "product", "quantity": 2, "price": 3000}]
    return {"source_id": "o-1", "customer": {"source_id": "ida", "name": "Ida"}, "items": items, **more}


def told() -> list[str]:
    return list(Event.objects.filter(name__contains="order.").order_by("id").values_list("name", flat=True))


def test_an_order_is_answered_with_its_sums_and_its_customer(api: RestClient) -> None:
    answer = api.post("/v1/orders", an_order()).json()
    assert (answer["amount"], answer["total_amount"], answer["status"]) == (6000, 6000, "CREATED")
    assert answer["items"][0] | {"id": ""} == {
        "id": "", "object": "order_item", "source_id": "tee", "related_object": "product", "product_id": None,
        "sku_id": None, "quantity": 2, "price": 3000, "amount": 6000, "discount_amount": 0, "discount_quantity": 0,
        "applied_discount_amount": 0, "applied_discount_quantity": 0, "applied_quantity": 0,
        "applied_quantity_amount": 0, "initial_quantity": 2, "initial_amount": 6000, "subtotal_amount": 6000,
        "product": None, "sku": None, "metadata": {},
    }  # fmt: skip
    assert answer["customer"] == {"id": answer["customer_id"], "object": "customer"}


def test_the_same_order_sent_again_changes_and_tells_nothing(api: RestClient) -> None:
    first = api.post("/v1/orders", an_order()).json()
    again = api.post("/v1/orders", an_order()).json()
    assert again == first
    assert told() == ["order.created"]


def test_an_order_of_the_past_is_not_her_last(api: RestClient) -> None:
    for name, amount, month in (("o-1", 300, "05"), ("o-2", 200, "02"), ("o-3", 100, "07")):
        placed = {"source_id": name, "status": "PAID", "amount": amount, "created_at": f"2025-{month}-01T10:00:00Z"}
        api.post("/v1/orders", {**placed, "customer": {"source_id": "ida"}})
        summary = api.get("/v1/customers/ida").json()["summary"]["orders"]
        last = {"o-1": (300, 1, 300), "o-2": (500, 2, 300), "o-3": (600, 3, 100)}[name]
        assert (summary["total_amount"], summary["total_count"], summary["last_order_amount"]) == last


@pytest.mark.parametrize(
    ("steps", "names"),
    [
        pytest.param([{}], ["order.created"], id="placed"),
        pytest.param([{"status": "PAID"}], ["order.created", "order.paid"], id="placed as paid"),
        pytest.param([{}, {"status": "PAID"}], ["order.created", "order.updated", "order.paid"], id="paid later"),
        pytest.param([{"status": "PAID"}, {"status": "FULFILLED"}], ["order.created", "order.paid", "order.updated", "customer.order.fulfilled"], id="fulfilled"),
        pytest.param([{"status": "FULFILLED"}, {"status": "PAID"}], ["order.created", "customer.order.fulfilled", "order.updated", "order.paid"], id="paid after all"),
        pytest.param([{"status": "CANCELED"}], ["order.created", "order.canceled"], id="placed as canceled"),
        pytest.param([{}, {"status": "FULFILLED"}], ["order.created", "order.updated", "customer.order.fulfilled"], id="fulfilled without being paid"),
        pytest.param([{}, {"status": "CANCELED"}], ["order.created", "order.updated", "order.canceled"], id="canceled"),
        pytest.param([{}, {"metadata": {"gift": True}}], ["order.created", "order.updated"], id="changed"),
        pytest.param(
            [{"status": "PAID"}, {"status": "CANCELED"}, {"status": "PAID"}],
            ["order.created", "order.paid", "order.updated", "order.canceled", "order.updated"],
            id="paid again is not paid for the first time",
        ),
    ],
)  # fmt: skip
def test_each_real_change_of_an_order_is_told_once(api: RestClient, steps: list[Any], names: list[str]) -> None:
    for step in steps:
        assert api.post("/v1/orders", an_order(**step)).status_code == 200
    assert told() == names


def test_an_event_of_an_order_carries_the_order_and_counts_for_its_customer(api: RestClient) -> None:
    answer = api.post("/v1/orders", an_order(status="PAID")).json()
    paid = Event.objects.get(name="order.paid")
    assert paid.entity_id == answer["id"]
    assert paid.properties["order"]["total_amount"] == 6000
    assert paid.properties["customer"]["source_id"] == "ida"
    assert set(paid.properties) == {"customer", "referrer", "order", "redemption"}
    assert paid.group_id == Event.objects.get(name="order.created").group_id != ""


def test_prices_and_names_come_from_the_goods_where_the_order_does_not_tell_them(api: RestClient) -> None:
    product = api.post("/v1/products", {"source_id": "mug", "name": "Mug", "price": 1250}).json()
    sku = api.post("/v1/products/mug/skus", {"source_id": "mug-blue", "sku": "Blue", "price": 1300}).json()
    items = [{"source_id": "mug", "related_object": "product", "quantity": 1}, {"sku_id": sku["id"], "quantity": 2}]
    answer = api.post("/v1/orders", {"items": items}).json()
    assert answer["amount"] == 1250 + 2 * 1300
    assert (answer["items"][0]["product_id"], answer["items"][1]["sku_id"]) == (product["id"], sku["id"])
    assert answer["items"][1]["product"]["name"] == "Mug"


def test_a_line_may_ask_for_its_goods_to_be_stored(api: RestClient) -> None:
    product = {"source_id": "mug", "name": "Mug", "price": 1250, "override": True}
    sku = {"source_id": "mug-blue", "sku": "Blue", "price": 1300, "override": True}
    order = an_order(
        items=[{"quantity": 1, "product": product, "sku": sku}, {"product": {"source_id": "hat", "price": 5}}]
    )
    placed = api.post("/v1/orders", order).json()
    assert api.post("/v1/orders", order).json() == placed
    known = api.get("/v1/skus/mug-blue").json()
    assert (placed["items"][0]["sku_id"], placed["items"][0]["product_id"]) == (known["id"], known["product_id"])
    assert placed["amount"] == 1305
    assert api.get("/v1/products/hat").status_code == 404
    changes = ["product.created", "sku.created"]
    assert list(Event.objects.filter(name__in=changes).order_by("id").values_list("name", flat=True)) == changes


def test_only_what_is_given_is_changed(api: RestClient) -> None:
    api.post("/v1/orders", an_order(metadata={"gift": True}))
    changed = api.put("/v1/orders/o-1", {"metadata": {"note": "late"}, "status": "PAID", "items": None}).json()
    assert (changed["amount"], changed["metadata"]) == (6000, {"gift": True, "note": "late"})
    assert OrderItem.objects.count() == 1


def test_an_amount_told_alone_leaves_the_lines(api: RestClient) -> None:
    api.post("/v1/orders", an_order())
    changed = api.put("/v1/orders/o-1", {"amount": 6500}).json()
    assert (changed["amount"], changed["initial_amount"], len(changed["items"])) == (6500, 6500, 1)
    assert api.put("/v1/orders/o-1", {"discount_amount": 500}).json()["total_amount"] == 6000


def test_an_order_given_to_another_customer_counts_for_her(api: RestClient) -> None:
    api.post("/v1/orders", an_order(status="PAID"))
    api.post("/v1/orders", an_order(status="PAID", customer={"source_id": "bob"}))
    counts = [api.get(f"/v1/customers/{name}").json()["summary"]["orders"]["total_count"] for name in ("ida", "bob")]
    assert counts == [0, 1]


def test_new_lines_take_the_place_of_the_old_ones(api: RestClient) -> None:
    first = api.post("/v1/orders", an_order()).json()
    changed = api.put(
        f"/v1/orders/{first['id']}", {"items": [{"source_id": "hat", "quantity": 1, "price": 500}]}
    ).json()
    assert (changed["amount"], [item["source_id"] for item in changed["items"]]) == (500, ["hat"])


def test_a_customers_bought_orders_are_summed_up(api: RestClient) -> None:
    api.post("/v1/orders", an_order(status="PAID"))
    api.post("/v1/orders", an_order(source_id="o-2", status="PAID", items=None, amount=1000, discount_amount=200))
    api.post("/v1/orders", an_order(source_id="o-3"))
    summary = api.get("/v1/customers/ida").json()["summary"]["orders"]
    assert (summary["total_amount"], summary["total_count"], summary["average_amount"]) == (6800, 2, 3400)
    assert summary["last_order_amount"] == 800
    api.put("/v1/orders/o-2", {"status": "CANCELED"})
    summary = api.get("/v1/customers/ida").json()["summary"]["orders"]
    assert (summary["total_amount"], summary["total_count"], summary["last_order_amount"]) == (6000, 1, 6000)


@pytest.mark.parametrize(
    ("body", "status", "key"),
    [
        pytest.param([], 400, "invalid_payload", id="a list"),
        pytest.param({"status": "SHIPPED"}, 400, "invalid_payload", id="a status that nobody knows"),
        pytest.param({"amount": "12"}, 400, "invalid_payload", id="an amount as a text"),
        pytest.param({"amount": -1}, 400, "invalid_payload", id="an amount below nothing"),
        pytest.param({"amount": 1.5}, 400, "invalid_payload", id="half a cent"),
        pytest.param({"amount": 10**15}, 400, "invalid_payload", id="an amount beyond measure"),
        pytest.param({"items": "tee"}, 400, "invalid_order", id="items as a text"),
        pytest.param({"items": [{}] * 501}, 400, "invalid_order", id="too many items"),
        pytest.param({"items": [{"quantity": -1}]}, 400, "invalid_payload", id="a quantity below nothing"),
        pytest.param({"amount": 100, "discount_amount": 200}, 400, "invalid_order", id="more off than there is"),
        pytest.param({"items": [{"price": 10**12, "quantity": 2}]}, 400, "invalid_order", id="items beyond measure"),
        pytest.param({"referrer_id": "nobody"}, 404, "not_found", id="a referrer whom nobody knows"),
        pytest.param({"id": "ord_none"}, 404, "not_found", id="an id that nobody has"),
        pytest.param(
            {"customer": {"email": "no address"}}, 400, "invalid_payload", id="a customer with a wrong address"
        ),
        pytest.param({"source_id": "a\0b"}, 400, "invalid_payload", id="an id with a zero byte"),
        pytest.param({"metadata": []}, 400, "invalid_payload", id="metadata as a list"),
        pytest.param({"created_at": "yesterday"}, 400, "invalid_payload", id="a time that is none"),
    ],
)
def test_an_order_that_cannot_be_meant_is_refused_and_stores_nothing(
    api: RestClient, body: object, status: int, key: str
) -> None:
    answer = api.post("/v1/orders", body)
    assert (answer.status_code, answer.json()["key"]) == (status, key)
    assert not Order.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("named", ["nothing", "ord_none", "a%00b", "x" * 300])
def test_an_order_that_is_not_there_is_not_found(api: RestClient, named: str) -> None:
    assert api.get(f"/v1/orders/{named}").status_code == 404


def test_orders_are_listed_in_pages_and_narrowed(api: RestClient, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        api.post(
            "/v1/orders", {"source_id": f"o-{number}", "amount": number, "status": "PAID" if number % 2 else "CREATED"}
        )
    # The key, the page, its items, how many there are, and two for its redemptions.
    with django_assert_max_num_queries(6):
        listed = api.get("/v1/orders", limit=5).json()
    assert (listed["total"], [order["source_id"] for order in listed["orders"]][:2]) == (12, ["o-11", "o-10"])
    paid = api.get("/v1/orders", **{"filters[status][conditions][$is]": "PAID"}).json()
    assert paid["total"] == 6
    assert api.get("/v1/orders", page=1001).json()["key"] == "page_over_limit"
