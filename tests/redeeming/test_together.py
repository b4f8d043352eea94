"""Several codes in one wish: what those before did counts for those after, within one transaction."""

from typing import Any

import pytest

from campaigns.models import Campaign, Redemption, StackingSetting, Voucher
from orders.models import Order
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def rule(api: RestClient, name: str, operator: str, value: int) -> str:
    rules = {"1": {"name": name, "conditions": {operator: [value]}}, "logic": "1"}
    answer = api.post("/v1/validation-rules", {"name": name, "rules": rules})
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["id"])


def campaign(api: RestClient, rule_id: str, *codes: str, kind: str = "DISCOUNT_COUPONS", **block: Any) -> None:
    block = block or {"discount": {"type": "AMOUNT", "amount_off": 100}}
    voucher = {"type": "GIFT_VOUCHER" if "gift" in block else "DISCOUNT_VOUCHER", **block}
    body = {
        "name": "Spring",
        "campaign_type": kind,
        "type": "STATIC",
        "voucher": voucher,
        "validation_rules": [rule_id],
    }
    assert api.post("/v1/campaigns", body).status_code == 200
    for code in codes:
        assert api.post(f"/v1/campaigns/Spring/vouchers/{code}").status_code == 200


def wish(*codes: str, **order: Any) -> dict[str, Any]:
    return {
        "redeemables": [{"object": "voucher", "id": code} for code in codes],
        "customer": {"source_id": "ida"},
        "order": {"amount": 10000, **order},
    }


def refused_with(answer: Any) -> str | None:
    return None if answer.status_code == 200 else answer.json()["key"]


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("campaign.redemptions.customers_count", 1),
        ("campaign.redemptions.count", 1),
        ("campaign.orders.amount", 15000),
        ("campaign.orders.amount_discounted", 150),
    ],
)
def test_a_limit_of_the_campaign_counts_the_codes_of_the_same_wish(api: RestClient, name: str, most: int) -> None:
    campaign(api, rule(api, name, "$less_than_or_equal", most), "A", "B")
    assert refused_with(api.post("/v1/redemptions", wish("A", "B"))) == "redemption_rules_violated"
    assert refused_with(api.post("/v1/redemptions", wish("A"))) is None
    assert refused_with(api.post("/v1/redemptions", wish("B"))) == "redemption_rules_violated"


def test_what_was_taken_back_counts_no_longer(api: RestClient) -> None:
    campaign(api, rule(api, "campaign.orders.amount_discounted", "$less_than_or_equal", 150), "A", "B")
    made = api.post("/v1/redemptions", wish("A")).json()["redemptions"][0]["id"]
    assert api.post(f"/v1/redemptions/{made}/rollback").status_code == 200
    assert refused_with(api.post("/v1/redemptions", wish("B"))) is None


def test_a_budget_of_gift_credits_counts_credits_that_nobody_named(api: RestClient) -> None:
    limit = rule(api, "redemption.gift.amount", "$less_than_or_equal", 700)
    campaign(api, limit, "G", "H", kind="GIFT_VOUCHERS", gift={"amount": 500})
    assert refused_with(api.post("/v1/redemptions", wish("G", "H"))) == "redemption_rules_violated"
    assert refused_with(api.post("/v1/redemptions", wish("G"))) is None


def a_code(api: RestClient, code: str, **terms: Any) -> Voucher:
    body = {"type": "DISCOUNT_VOUCHER", "discount": terms or {"type": "PERCENT", "percent_off": 10}}
    assert api.post(f"/v1/vouchers/{code}", body).status_code == 200
    return Voucher.objects.get(code=code)


def test_the_same_code_by_two_names_is_named_twice(api: RestClient) -> None:
    voucher = a_code(api, "ONE")
    assert refused_with(api.post("/v1/validations", wish("ONE", voucher.public_id))) == "duplicated_redeemables"
    assert refused_with(api.post("/v1/redemptions", wish("ONE", voucher.public_id))) == "duplicated_redeemables"
    assert not Redemption.objects.exists()


def test_a_refused_check_tells_of_every_part_what_became_of_it(api: RestClient) -> None:
    a_code(api, "FIRST"), a_code(api, "LAST")
    answer = api.post("/v1/validations", wish("FIRST", "NOBODYS", "LAST")).json()
    assert [part["status"] for part in answer["redeemables"]] == ["APPLICABLE", "INAPPLICABLE", "SKIPPED"]
    assert [part["id"] for part in answer["inapplicable_redeemables"]] == ["NOBODYS"]
    assert answer["skipped_redeemables"][0]["result"]["details"]["key"] == "preceding_validation_failed"


def test_a_project_may_take_the_parts_that_apply(api: RestClient) -> None:
    StackingSetting.objects.create(rules={"redeemables_application_mode": "PARTIAL"})
    a_code(api, "FIRST")
    answer = api.post("/v1/redemptions", wish("FIRST", "NOBODYS")).json()
    assert [part["result"] for part in answer["redemptions"]] == ["SUCCESS"]
    assert [part["id"] for part in answer["inapplicable_redeemables"]] == ["NOBODYS"]
    assert answer["order"]["total_amount"] == 9000


@pytest.mark.parametrize(("mode", "total"), [("STACK", 8100), ("ONCE", 9000)])
def test_a_project_may_discount_each_product_once(api: RestClient, mode: str, total: int) -> None:
    StackingSetting.objects.create(rules={"redeemables_products_application_mode": mode})
    for code in ("FIRST", "SECOND"):
        a_code(api, code, type="PERCENT", percent_off=10, effect="APPLY_TO_ITEMS")
    items = [{"product_id": "tea", "quantity": 2, "price": 5000}]
    answer = api.post("/v1/validations", wish("FIRST", "SECOND", items=items)).json()
    assert answer["order"]["total_amount"] == total


def test_goods_that_a_code_gives_come_with_their_name_and_price(api: RestClient) -> None:
    assert api.post("/v1/products", {"source_id": "mug", "name": "Mug", "price": 700}).status_code == 200
    a_code(api, "MUG", type="UNIT", unit_off=2, unit_type="mug", effect="ADD_MISSING_ITEMS")
    items = [{"product_id": "tea", "quantity": 2, "price": 5000}]
    answer = api.post("/v1/redemptions", wish("MUG", source_id="o-1", items=items)).json()
    given = answer["order"]["items"][1]
    assert (given["product"]["name"], given["quantity"], given["discount_amount"]) == ("Mug", 2, 1400)
    assert (answer["order"]["amount"], answer["order"]["total_amount"]) == (11400, 10000)
    assert Order.objects.get().items.count() == 2


def test_an_unknown_code_is_kept_as_a_failed_redemption(api: RestClient) -> None:
    answer = api.post("/v1/redemptions", wish("NOBODYS"))
    assert (answer.status_code, answer.json()["key"], answer.json()["resource_id"]) == (404, "not_found", "NOBODYS")
    kept = Redemption.objects.get()
    assert (kept.failure_code, kept.related_object_id, kept.customer.source_id) == (
        "resource_not_found",
        "NOBODYS",
        "ida",
    )


def test_what_no_such_promotion_is_refused_by_its_kind(api: RestClient) -> None:
    body = {"redeemables": [{"object": "promotion_tier", "id": "promo_none"}], "order": {"amount": 1000}}
    answer = api.post("/v1/redemptions", body)
    assert (answer.status_code, answer.json()["resource_type"]) == (404, "promotion_tier")
    assert Redemption.objects.get().related_object_type == "promotion_tier"
    assert not Campaign.objects.exists()


def test_asking_what_she_could_use_costs_the_same_for_many_codes(
    api: RestClient, django_assert_max_num_queries: Any
) -> None:
    campaign(api, rule(api, "campaign.redemptions.count", "$less_than_or_equal", 5), *(f"C{n}" for n in range(12)))
    for _ in range(12):
        body = {"campaign": {"name": "Spring"}, "customer": {"source_id": "ida"}}
        assert api.post("/v1/publications", body).status_code == 200
    question = {"customer": {"source_id": "ida"}, "order": {"amount": 1000}, "options": {"limit": 50}}
    # The key, the customer, the project, the clock, stacking; her codes twice, with their campaign, holder, rules and
    # their assignments; holds. And the key once more, where its two seconds are over.
    with django_assert_max_num_queries(17):
        answer = api.post("/v1/qualifications", question).json()
    assert answer["redeemables"]["total"] == 12


def test_credits_of_a_gift_card_are_redeemed_without_an_order(api: RestClient) -> None:
    card = {"type": "GIFT_VOUCHER", "gift": {"amount": 500}}
    assert api.post("/v1/vouchers/CARD", card).status_code == 200

    def redeemed(**gift: int) -> Any:
        return api.post("/v1/redemptions", {"redeemables": [{"object": "voucher", "id": "CARD", "gift": gift}]})

    assert refused_with(redeemed()) == "missing_order"
    answer = redeemed(credits=300).json()
    assert (answer["redemptions"][0]["gift"], answer["order"]) == ({"amount": 300}, None)
    assert refused_with(redeemed(credits=300)) == "gift_amount_exceeded"
    assert Voucher.objects.get(code="CARD").balance == 200


def test_an_order_of_another_customer_is_refused_and_stays_as_it_is(api: RestClient) -> None:
    a_code(api, "ONE")
    api.post("/v1/orders", {"source_id": "o-1", "amount": 1000, "customer": {"source_id": "bob"}})
    asked = wish("ONE", source_id="o-1")
    checked = api.post("/v1/validations", asked).json()
    assert checked["inapplicable_redeemables"][0]["result"]["error"]["key"] == "invalid_order"
    assert refused_with(api.post("/v1/redemptions", asked)) == "invalid_order"
    assert (Order.objects.get().status, Order.objects.get().customer.source_id) == ("CREATED", "bob")
    assert Redemption.objects.get().failure_code == "invalid_order"


def test_redemptions_and_rollbacks_name_each_other(api: RestClient) -> None:
    a_code(api, "ONE"), a_code(api, "TWO")
    stack = api.post("/v1/redemptions", wish("ONE", "TWO")).json()
    parts = [part["id"] for part in stack["redemptions"]]
    told = stack["parent_redemption"]["related_redemptions"]
    assert (told["rollbacks"], [each["id"] for each in told["redemptions"]]) == ([], parts)
    back = api.post(f"/v1/redemptions/{stack['parent_redemption']['id']}/rollbacks").json()["rollbacks"][0]
    assert [each["id"] for each in back["related_redemptions"]["redemptions"]] == parts[:1]
    known = api.get(f"/v1/redemptions/{parts[0]}").json()["related_redemptions"]
    assert [each["id"] for each in known["rollbacks"]] == [back["id"]]


def test_a_campaign_s_summary_counts_how_often_it_was_asked_for(api: RestClient) -> None:
    campaign(api, rule(api, "order.amount", "$more_than", 5000), "A", "B")
    for amount in (10000, 10000, 100):
        api.post("/v1/validations", wish("A", "B", amount=amount))
    api.post("/v1/redemptions", wish("A"))
    told = api.get("/v1/campaigns/Spring/summary").json()
    counts = {
        name: told[name] for name in ("validations", "validations_succeeded", "validations_failed", "redemptions")
    }
    assert counts == {"validations": 3, "validations_succeeded": 2, "validations_failed": 1, "redemptions": 1}
