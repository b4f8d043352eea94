"""A discount whose effect nobody said is of the order, or of the items alone that its rules name."""

from typing import Any

import pytest

from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

# The worked example: four products, of which D is left out.
LINES = [("A", 1000, 2), ("B", 1500, 3), ("C", 2000, 3), ("D", 2500, 2)]
ITEMS = [{"source_id": name, "price": price, "quantity": quantity} for name, price, quantity in LINES]
ALL_BUT_D = {"included_all": True, "excluded": [{"object": "product", "source_id": "D"}]}
A_ALONE = {"included": [{"object": "product", "source_id": "A"}]}
EVERYTHING = {"included_all": True}

AMOUNT = {"type": "AMOUNT", "amount_off": 1000}
PERCENT = {"type": "PERCENT", "percent_off": 10, "amount_limit": 500}
FIXED = {"type": "FIXED", "fixed_amount": 500}


def validated(api: RestClient, discount: dict[str, Any], applicable_to: dict[str, Any] | None) -> dict[str, Any]:
    for name, price, _ in LINES:
        assert api.post("/v1/products", {"source_id": name, "name": name, "price": price}).status_code == 200
    assert api.post("/v1/vouchers/ONE", {"type": "DISCOUNT_VOUCHER", "discount": discount}).status_code == 200
    if applicable_to is not None:
        rule = api.post("/v1/validation-rules", {"name": "Goods", "applicable_to": applicable_to}).json()
        put = {"related_object_type": "voucher", "related_object_id": "ONE"}
        assert api.post(f"/v1/validation-rules/{rule['id']}/assignments", put).status_code == 200
    wish = {"redeemables": [{"object": "voucher", "id": "ONE"}], "order": {"items": ITEMS}}
    return dict(api.post("/v1/validations", wish).json()["redeemables"][0])


@pytest.mark.parametrize(
    ("discount", "applicable_to", "of_lines", "of_order"),
    [
        pytest.param(AMOUNT, None, [0, 0, 0, 0], 1000, id="an amount without a rule"),
        pytest.param(AMOUNT, EVERYTHING, [0, 0, 0, 0], 1000, id="an amount for everything"),
        pytest.param(AMOUNT, ALL_BUT_D, [1000, 1000, 1000, 0], 0, id="an amount for all but one product"),
        pytest.param(AMOUNT, A_ALONE, [1000, 0, 0, 0], 0, id="an amount for one product"),
        pytest.param(PERCENT, None, [0, 0, 0, 0], 500, id="a percentage without a rule"),
        pytest.param(PERCENT, ALL_BUT_D, [200, 450, 500, 0], 0, id="a percentage for all but one product"),
        pytest.param(FIXED, A_ALONE, [1000, 0, 0, 0], 0, id="a new price for one product"),
        pytest.param({**AMOUNT, "effect": "APPLY_TO_ORDER"}, A_ALONE, [0, 0, 0, 0], 1000, id="said to be of the order"),
    ],
)
def test_a_discount_takes_off_what_its_rules_name(
    api: RestClient, discount: dict[str, Any], applicable_to: Any, of_lines: list[int], of_order: int
) -> None:
    told = validated(api, discount, applicable_to)
    assert [line["applied_discount_amount"] for line in told["order"]["items"]] == of_lines
    assert told["order"]["applied_discount_amount"] == of_order
    effect = "APPLY_TO_ORDER" if of_order else "APPLY_TO_ITEMS"
    assert told["result"]["discount"] == {**discount, "effect": effect, "is_dynamic": False}


def test_every_answer_shows_an_effect(api: RestClient) -> None:
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": AMOUNT}
    body = {"name": "Goods", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher}
    shown = [api.post("/v1/campaigns", body).json()["voucher"], api.post("/v1/campaigns/Goods/vouchers/ONE").json()]
    assert [each["discount"] for each in shown] == [{**AMOUNT, "effect": "APPLY_TO_ORDER"}] * 2


def test_a_narrowed_discount_takes_no_more_when_it_is_redeemed(api: RestClient) -> None:
    validated(api, AMOUNT, A_ALONE)
    wish = {"redeemables": [{"object": "voucher", "id": "ONE"}], "order": {"items": ITEMS}}
    order = api.post("/v1/redemptions", wish).json()["order"]
    assert (order["items_discount_amount"], order["discount_amount"], order["total_amount"]) == (1000, 0, 16500)
