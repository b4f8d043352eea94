"""Products, variants and collections over REST."""

from collections.abc import Callable
from typing import Any

import pytest

from backlog.models import AsyncAction
from events.models import Event
from orders import collecting, lines, saying
from orders.models import Product, Sku
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


@pytest.fixture
def tee(api: RestClient) -> Any:
    return api.post("/v1/products", {"source_id": "tee", "name": "Tee", "price": 3000, "metadata": {"a": 1}}).json()


def test_a_product_is_made_changed_and_told_once_each(api: RestClient, tee: Any) -> None:
    assert api.post("/v1/products", {"source_id": "tee", "name": "Tee", "price": 3000}).json()["id"] == tee["id"]
    changed = api.put("/v1/products/tee", {"price": 2500, "metadata": {"b": 2}}).json()
    assert (changed["price"], changed["metadata"], changed["name"]) == (2500, {"a": 1, "b": 2}, "Tee")
    assert told() == ["product.created", "product.updated"]
    assert Event.objects.last().properties["product"]["id"] == tee["id"]


def test_a_variant_belongs_to_its_product(api: RestClient, tee: Any) -> None:
    sku = api.post("/v1/products/tee/skus", {"source_id": "tee-m", "sku": "M", "price": 3100, "currency": "eur"}).json()
    assert (sku["product_id"], sku["currency"]) == (tee["id"], "EUR")
    assert api.put("/v1/products/tee/skus/tee-m", {"price": 3200}).json()["price"] == 3200
    assert api.get("/v1/skus/tee-m").json()["id"] == sku["id"]
    assert api.get("/v1/products/tee/skus").json()["skus"][0]["id"] == sku["id"]
    assert told() == ["product.created", "sku.created", "sku.updated"]
    assert api.get("/v1/products/tee").json()["skus"]["data"][0]["source_id"] == "tee-m"


def test_a_product_goes_with_its_variants_and_each_is_told(api: RestClient, tee: Any) -> None:
    api.post("/v1/products/tee/skus", {"source_id": "tee-m"})
    assert api.delete("/v1/products/tee").status_code == 204
    assert not Product.objects.exists()
    assert not Sku.objects.exists()
    assert told()[-2:] == ["sku.deleted", "product.deleted"]
    assert api.delete("/v1/products/tee").json()["resource_type"] == "product"
    assert len(told()) == 4


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        pytest.param("/v1/products", {"price": -1}, "invalid_payload", id="a price below nothing"),
        pytest.param("/v1/products", {"price": "3"}, "invalid_payload", id="a price as a text"),
        pytest.param(
            "/v1/products", {"image_url": "javascript:alert(1)"}, "invalid_payload", id="a script as a picture"
        ),
        pytest.param("/v1/products", {"attributes": "color"}, "invalid_payload", id="attributes as a text"),
        pytest.param("/v1/products/tee/skus", {"currency": "euro"}, "invalid_payload", id="a currency of four letters"),
        pytest.param("/v1/products", [], "invalid_payload", id="a list"),
        pytest.param("/v1/products", {"name": "a\0b"}, "invalid_payload", id="a name with a zero byte"),
        pytest.param("/v1/products", {"attributes": ["a\0b"]}, "invalid_payload", id="an attribute with a zero byte"),
        pytest.param("/v1/products/tee/skus", {"sku": "a\0b"}, "invalid_payload", id="a variant with a zero byte"),
        pytest.param("/v1/products", {"metadata": {"a\0": 1}}, "invalid_payload", id="metadata with a zero byte"),
        pytest.param(
            "/v1/product-collections", {"name": "x", "type": "STATIC"}, "invalid_payload", id="a list of nothing"
        ),
        *(
            pytest.param(
                "/v1/product-collections",
                {"name": "x", "type": "AUTO_UPDATE", "filter": said},
                "invalid_payload",
                id=f"a filter that says nothing: {said}",
            )
            for said in ({}, {"junction": "and"}, {"name": {"conditions": {"$is": None}}})
        ),
        pytest.param(
            "/v1/product-collections",
            {"name": "x", "type": "AUTO_UPDATE", "filter": {"id; DROP": {"conditions": {"$is": 1}}}},
            "invalid_query_params",
            id="a filter by what is no field",
        ),
        pytest.param(
            "/v1/product-collections",
            {"name": "x", "type": "STATIC", "products": [{"id": "prod_none"}]},
            "invalid_product",
            id="a product that nobody knows",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(api: RestClient, tee: Any, path: str, body: object, key: str) -> None:
    answer = api.post(path, body)
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert told() == ["product.created"]


def test_products_come_from_a_list_and_from_files(
    api: RestClient, drain: Callable[[], int], upload: Callable[..., Any]
) -> None:
    api.post("/v1/products/bulk/async", [{"source_id": "hat", "name": "Hat"}, {"name": "nameless"}])
    upload("/v1/products/importCSV", "name,source_id,price,season\nMug,mug,12.50,spring\nBad,bad,cheap,\n")
    drain()
    upload("/v1/skus/importCSV", "product_id,sku,source_id,price\nmug,Blue,mug-blue,13\nnone,Red,red,1\n")
    api.post("/v1/products/metadata/async", {"source_ids": ["hat"], "metadata": {"season": "winter"}})
    drain()
    mug = Product.objects.get(source_id="mug")
    assert (mug.price, mug.metadata, mug.skus.get().price) == (1250, {"season": "spring"}, 1300)
    assert Product.objects.get(source_id="hat").metadata == {"season": "winter"}
    assert sorted(AsyncAction.objects.values_list("result__failed_count", flat=True)) == [0, 1, 1, 1]


def test_collections_tell_which_goods_a_line_belongs_to(api: RestClient, tee: Any) -> None:
    listed = api.post(
        "/v1/product-collections", {"name": "L", "type": "STATIC", "products": [{"id": tee["id"]}]}
    ).json()
    cheap = {"price": {"conditions": {"$less_than": ["5000"]}}}
    found = api.post("/v1/product-collections", {"name": "F", "type": "AUTO_UPDATE", "filter": cheap}).json()
    cart = lines.cart_of(saying.parse({"items": [{"source_id": "tee"}, {"source_id": "other", "price": 1}]}))
    assert cart.lines[0].collections == {listed["id"], found["id"]}
    assert cart.lines[1].collections == frozenset()
    assert api.get(f"/v1/product-collections/{found['id']}/products").json()["total"] == 1


def test_a_collection_changes_what_is_given_and_keeps_its_type(api: RestClient, tee: Any) -> None:
    mug = api.post("/v1/products", {"source_id": "mug"}).json()
    listed = {"name": "L", "type": "STATIC", "products": [{"id": tee["id"]}]}
    path = f"/v1/product-collections/{api.post('/v1/product-collections', listed).json()['id']}"
    assert api.put(path, {"name": "M", "products": None}).json()["products"][0]["id"] == tee["id"]
    changed = api.put(path, {"products": [{"id": mug["id"], "object": "product"}]}).json()
    assert (changed["name"], [each["id"] for each in changed["products"]]) == ("M", [mug["id"]])
    assert api.put(path, {"type": "AUTO_UPDATE"}).status_code == 400
    assert api.delete(path).status_code == 204
    assert api.get(path).json()["key"] == "not_found"


def test_looking_up_collections_costs_a_fixed_number_of_queries(
    api: RestClient, tee: Any, django_assert_num_queries: Any
) -> None:
    cart = lines.cart_of(saying.parse({"items": [{"source_id": "tee"}] * 50}))
    for number in range(3):
        cheap = {"price": {"conditions": {"$less_than": [str(number * 5000)]}}}
        api.post("/v1/product-collections", {"name": str(number), "type": "AUTO_UPDATE", "filter": cheap})
    # What is listed, which collections filter, and what their filters find.
    with django_assert_num_queries(3):
        collecting.collections_of(cart.lines)
