"""Qualifications by scenario: what is offered to a person, and what beside the goods of a page."""

from typing import Any

import pytest

from tests.conftest import RestClient
from tests.promotions.conftest import TENTH, promotion, rule

pytestmark = pytest.mark.django_db

ALICE = {"source_id": "alice", "metadata": {"level": "gold"}}
TEE = {"object": "product", "source_id": "tee"}


def offered(api: RestClient, scenario: str, customer: dict[str, Any] | None, **more: Any) -> set[str]:
    asked = {"scenario": scenario, "options": {"limit": 50}, **more, **({"customer": customer} if customer else {})}
    data = api.post("/v1/qualifications", asked).json()["redeemables"]["data"]
    return {each.get("name") or each["id"] for each in data}


def holds(api: RestClient, customer: dict[str, Any], code: str, **more: Any) -> None:
    assert api.post("/v1/vouchers", {"code": code, **more}).status_code == 200
    assert api.post("/v1/publications", {"voucher": code, "customer": customer}).status_code == 200


def only_gold() -> dict[str, Any]:
    return {"2": {"name": "customer.metadata", "property": "level", "conditions": {"$is": ["gold"]}}, "logic": "2"}


def test_an_audience_is_offered_what_she_may_have_whatever_lies_in_her_cart(api: RestClient) -> None:
    large = rule(api, "order.amount", "$more_than", 5000)
    gold = rule(api, "customer.metadata", "$is", "gold", rules=only_gold())
    either = {"1": {"name": "order.amount", "conditions": {"$more_than": [9000]}}, **only_gold(), "logic": "1 and 2"}
    both = rule(api, "customer.metadata", "$is", "gold", rules=either)
    named = {"Large": large, "Gold": gold, "Both": both}
    promotion(api, *({"name": name, "action": TENTH, "validation_rules": [on]} for name, on in named.items()))
    holds(api, ALICE, "CARD", type="GIFT_VOUCHER", gift={"amount": 500})
    small = {"order": {"amount": 1000}}
    assert offered(api, "AUDIENCE_ONLY", ALICE) == {"Large", "Gold", "Both", "CARD"}
    assert offered(api, "AUDIENCE_ONLY", ALICE, **small) == {"Large", "Gold", "Both", "CARD"}
    assert offered(api, "AUDIENCE_ONLY", {"source_id": "bob"}, **small) == {"Large"}
    assert offered(api, "AUDIENCE_ONLY", None, **small) == {"Large"}
    assert offered(api, "ALL", ALICE, **small) == {"Gold", "CARD"}
    assert offered(api, "ALL", ALICE) == {"Gold"}


@pytest.fixture
def shop(api: RestClient) -> None:
    """A tier off the order, one off each item, one for whoever buys a tee, one off tees; and Alice's codes and card."""
    assert api.post("/v1/products", {"source_id": "tee", "name": "Tee", "price": 3000}).status_code == 200
    wanted = rule(api, "order.items.any", "$is", TEE)
    reached = rule(api, "order.amount", "$more_than", 1, applicable_to={"included": [TEE]})
    tenth = {"type": "PERCENT", "percent_off": 10}
    each_item = {"discount": {**tenth, "effect": "APPLY_TO_ITEMS"}}
    promotion(
        api,
        {"name": "Order", "action": TENTH},
        {"name": "Items", "action": each_item},
        {"name": "Tee wanted", "action": TENTH, "validation_rules": [wanted]},
        {"name": "Tee reached", "action": {"discount": tenth}, "validation_rules": [reached]},
    )
    holds(api, ALICE, "ORDER", discount=TENTH["discount"])
    holds(api, ALICE, "TEES", discount=tenth, validation_rules=[reached])
    all_but = rule(api, "order.amount", "$more_than", 1, applicable_to={"excluded": [{**TEE, "source_id": "mug"}]})
    holds(api, ALICE, "CARD", type="GIFT_VOUCHER", gift={"amount": 500}, validation_rules=[all_but])


@pytest.mark.parametrize(
    ("scenario", "tiers", "codes"),
    [
        ("ALL", {"Order", "Items", "Tee wanted", "Tee reached"}, {"ORDER", "TEES", "CARD"}),
        ("PRODUCTS", {"Items", "Tee wanted", "Tee reached"}, {"TEES"}),
        ("PRODUCTS_BY_CUSTOMER", {"Items", "Tee wanted", "Tee reached"}, {"TEES"}),
        ("PRODUCTS_DISCOUNT", {"Tee reached"}, {"TEES"}),
        ("PRODUCTS_DISCOUNT_BY_CUSTOMER", {"Tee reached"}, {"TEES"}),
        ("CUSTOMER_WALLET", set(), {"ORDER", "TEES", "CARD"}),
    ],
)
@pytest.mark.usefixtures("shop")
def test_a_page_of_goods_is_told_what_is_about_these_goods(
    api: RestClient, scenario: str, tiers: set[str], codes: set[str]
) -> None:
    order = {"items": [{**TEE, "related_object": "product", "quantity": 1, "price": 3000}]}
    assert offered(api, scenario, ALICE, order=order) == tiers | codes
    assert offered(api, scenario, None, order=order) == tiers


@pytest.mark.usefixtures("shop")
def test_a_page_of_other_goods_is_told_nothing_about_tees(api: RestClient) -> None:
    order = {"items": [{"source_id": "cap", "related_object": "product", "quantity": 1, "price": 900}]}
    assert offered(api, "PRODUCTS", ALICE, order=order) == {"Items"}
    assert offered(api, "PRODUCTS_DISCOUNT", ALICE, order=order) == set()
