"""Every kind of object that has metadata is held to its schema, whichever way it comes."""

from collections.abc import Callable
from typing import Any

import pytest

from access import project as projects
from schemas.definitions import STANDARD
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

CODE = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}}
COUPONS = {"campaign_type": "DISCOUNT_COUPONS", "voucher": CODE}
IDA = {"customer": {"source_id": "ida"}}
TIER = {"name": "Three", "action": {"discount": {"type": "PERCENT", "percent_off": 3}}}
EARNING = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 5}}
COIN = {"name": "Pay with points", "parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 10}}}
LOYALTY = {"campaign_type": "LOYALTY_PROGRAM", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}}

# These come to be where nobody is asked for metadata, too: by events, pools and distributions.
BY_THEMSELVES = {"customer", "voucher", "publication"}
# What the metadata belongs to, and how such an object comes to be with it.
Make = Callable[[RestClient, dict[str, Any]], Any]


def redeem(api: RestClient, said: dict[str, Any]) -> Any:
    return api.post("/v1/redemptions", {"redeemables": [{"object": "voucher", "id": "BACK"}], **IDA, **said})


def campaign(api: RestClient, said: dict[str, Any]) -> Any:
    return api.post("/v1/campaigns", {"name": "Spring", **COUPONS, **said})


def by_name(api: RestClient, name: str) -> str:
    return str(api.get(f"/v1/campaigns/{name}").json()["id"])


def item(said: dict[str, Any]) -> dict[str, Any]:
    return {"amount": 100, "items": [{"source_id": "tee", "price": 100, "quantity": 1, **said}]}


WAYS: list[tuple[str, str, Make]] = [
    ("customer", "alone", lambda api, said: api.post("/v1/customers", {"source_id": "otto", **said})),
    ("voucher", "alone", lambda api, said: api.post("/v1/vouchers/NEW", {**CODE, **said})),
    ("campaign", "alone", campaign),
    ("publication", "alone", lambda api, said: api.post("/v1/publications", {"voucher": "BACK", **IDA, **said})),
    ("redemption", "stacked", redeem),
    ("redemption", "by its code", lambda api, said: api.post("/v1/vouchers/BACK/redemption", {**IDA, **said})),
    ("order", "alone", lambda api, said: api.post("/v1/orders", {"source_id": "o-1", "amount": 100, **said})),
    ("order", "redeemed", lambda api, said: redeem(api, {"order": {"amount": 1000, **said}})),
    ("order_item", "alone", lambda api, said: api.post("/v1/orders", item(said))),
    ("order_item", "redeemed", lambda api, said: redeem(api, {"order": item(said)})),
    ("product", "alone", lambda api, said: api.post("/v1/products", {"source_id": "shoe", **said})),
    ("sku", "alone", lambda api, said: api.post("/v1/products/tee/skus", {"source_id": "tee-m", **said})),
    (
        "promotion_tier",
        "alone",
        lambda api, said: api.post(f"/v1/promotions/{by_name(api, 'Promo')}/tiers", {**TIER, **said}),
    ),
    (
        "earning_rule",
        "alone",
        lambda api, said: api.post(f"/v1/loyalties/{by_name(api, 'Club')}/earning-rules", [{**EARNING, **said}]),
    ),
    ("reward", "alone", lambda api, said: api.post("/v1/rewards", {**COIN, **said})),
]
HOMES = {
    "reward": "/v1/rewards",
    "earning_rule": "/v1/loyalties/{club}/earning-rules",
    "promotion_tier": "/v1/promotions/tiers",
    "campaign": "/v1/campaigns",
}
EVERY_WAY = pytest.mark.parametrize(
    ("resource", "make"), [pytest.param(kind, make, id=f"{kind} {way}") for kind, way, make in WAYS]
)


@pytest.fixture
def shop(api: RestClient) -> RestClient:
    """What others are made of, from before anything was declared."""
    promotion = {"name": "Promo", "campaign_type": "PROMOTION", "promotion": {"tiers": []}}
    for said in (promotion, {"name": "Club", **LOYALTY}):
        assert api.post("/v1/campaigns", said).status_code == 200
    assert api.post("/v1/vouchers/BACK", CODE).status_code == 200
    assert api.post("/v1/products", {"source_id": "tee"}).status_code == 200
    return api


def declare(api: RestClient, resource: str, **definition: Any) -> None:
    address = f"/management/v1/projects/{projects.current().public_id}/metadata-schemas"
    properties = {"size": {"type": "number", **definition}}
    assert api.post(address, {"related_object": resource, "properties": properties}).status_code == 200


@EVERY_WAY
def test_a_value_of_another_type_is_refused(shop: RestClient, resource: str, make: Make) -> None:
    declare(shop, resource)
    answer = make(shop, {"metadata": {"size": "big"}})
    assert (answer.status_code, answer.json()["key"]) == (400, "metadata_validation_failed")
    assert make(shop, {"metadata": {"size": 42}}).status_code == 200


@EVERY_WAY
def test_what_must_be_said_is_missed(shop: RestClient, resource: str, make: Make) -> None:
    declare(shop, resource, optional=False)
    unsaid: list[dict[str, Any]] = [] if resource in BY_THEMSELVES else [{}]
    for said in (*unsaid, {"metadata": {"color": "red"}}):
        answer = make(shop, said)
        assert (answer.status_code, answer.json()["key"]) == (400, "metadata_validation_failed")
    assert make(shop, {"metadata": {"size": 42}}).status_code == 200


@pytest.mark.parametrize("resource", ["product", "sku"])
def test_of_goods_a_part_may_be_said_anew(shop: RestClient, resource: str) -> None:
    declare(shop, resource, optional=False)
    path = "/v1/products" if resource == "product" else "/v1/products/tee/skus"
    name = {"source_id": "shoe" if resource == "product" else "tee-m"}
    assert shop.post(path, {**name, "metadata": {"size": 42}}).status_code == 200
    assert shop.post(path, {**name, "metadata": {"color": "red"}}).status_code == 200
    assert shop.post(path, {**name, "metadata": {"size": "big"}}).status_code == 400


@pytest.mark.parametrize("resource", ["reward", "earning_rule", "promotion_tier", "campaign"])
def test_a_change_is_held_to_what_was_declared_since(shop: RestClient, resource: str) -> None:
    make = next(make for kind, _, make in WAYS if kind == resource)
    made = make(shop, {}).json()
    name = made[0]["id"] if isinstance(made, list) else made["id"]
    declare(shop, resource, optional=False)
    address = f"{HOMES[resource].format(club=by_name(shop, 'Club'))}/{name}"
    refused = shop.put(address, {"metadata": {"size": "big"}})
    assert (refused.status_code, refused.json()["key"]) == (400, "metadata_validation_failed")
    assert shop.put(address, {"metadata": {"size": 42}}).status_code == 200
    assert shop.get(address).json()["metadata"] == {"size": 42}


def test_an_order_that_is_known_need_not_say_its_metadata_again(shop: RestClient) -> None:
    declare(shop, "order", optional=False)
    order = {"source_id": "o-1", "amount": 100}
    assert shop.post("/v1/orders", {**order, "metadata": {"size": 1}}).status_code == 200
    assert shop.post("/v1/orders", {**order, "status": "PAID"}).status_code == 200


def test_a_rollback_need_not_say_what_its_redemption_said(shop: RestClient) -> None:
    declare(shop, "redemption", optional=False)
    made = redeem(shop, {"metadata": {"size": 1}}).json()["redemptions"][0]["id"]
    refused = shop.post(f"/v1/redemptions/{made}/rollback", {"metadata": {"size": "big"}})
    assert refused.json()["key"] == "metadata_validation_failed"
    assert shop.post(f"/v1/redemptions/{made}/rollback", {"metadata": {"why": "late"}}).status_code == 200


def test_a_bulk_call_names_the_rows_that_break_the_schema(shop: RestClient, drain: Callable[[], int]) -> None:
    declare(shop, "product")
    rows = [{"source_id": "a", "metadata": {"size": 1}}, {"source_id": "b", "metadata": {"size": "big"}}]
    action = shop.post("/v1/products/bulk/async", rows).json()["async_action_id"]
    drain()
    result = shop.get(f"/v1/async-actions/{action}").json()["result"]
    assert "metadata.size" in str(result)
    assert [one["source_id"] for one in shop.get("/v1/products").json()["products"] if one["source_id"] != "tee"] == [
        "a"
    ]


def test_all_standard_kinds_are_named_here() -> None:
    assert set(STANDARD) - {kind for kind, _, _ in WAYS} <= {"loyalty_tier"}
