"""Promotions at the till: judged, redeemed and taken back as codes are, alone and stacked."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import PromotionTier, PromotionTierCounter, Redemption, RedemptionCounter, StackingSetting
from events.models import Event
from orders.models import Order
from tests.conftest import RestClient
from tests.promotions.conftest import FIVE, TENTH, promotion, rule

pytestmark = pytest.mark.django_db

VALIDATE, REDEEM = "/v1/validations", "/v1/redemptions"


def test_a_tier_is_validated_like_a_code(tiers: list[str], ask: Callable[..., Any]) -> None:
    answer = ask(VALIDATE, "promotion_tier", tiers[0]).json()
    part = answer["redeemables"][0]
    assert (part["status"], part["object"], part["id"]) == ("APPLICABLE", "promotion_tier", tiers[0])
    assert part["result"]["discount"] == {**TENTH["discount"], "is_dynamic": False}
    assert (part["name"], part["banner"], part["campaign_name"]) == ("A tenth", "10% off", "Summer")
    assert answer["order"]["total_amount"] == 9000


def test_a_tier_that_is_redeemed_discounts_the_order_and_is_counted(
    api: RestClient, tiers: list[str], ask: Callable[..., Any]
) -> None:
    answer = ask(REDEEM, "promotion_tier", tiers[0], customer={"source_id": "ida"}).json()
    made = answer["redemptions"][0]
    assert (made["related_object_type"], made["related_object_id"]) == ("promotion_tier", tiers[0])
    assert made["promotion_tier"]["summary"]["redemptions"] == {"total_redeemed": 1}
    assert made["promotion_tier"]["summary"]["orders"] == {"total_amount": 10000, "total_discount_amount": 1000}
    assert (answer["order"]["total_amount"], answer["order"]["status"]) == (9000, "PAID")
    event = Event.objects.get(name="redemption.succeeded")
    assert event.properties["promotion_tier"]["id"] == tiers[0]
    assert (event.properties["voucher"], event.properties["campaign"]["name"]) == (None, "Summer")
    listed = api.get(REDEEM).json()["redemptions"][0]
    assert (
        listed["promotion_tier"]["id"] == api.get(f"{REDEEM}/{made['id']}").json()["promotion_tier"]["id"] == tiers[0]
    )
    assert api.get("/v1/campaigns/Summer/summary").json()["redemptions_succeeded"] == 1


def test_a_redeemed_tier_is_taken_back_with_its_counts(
    api: RestClient, tiers: list[str], ask: Callable[..., Any]
) -> None:
    made = ask(REDEEM, "promotion_tier", tiers[0]).json()["redemptions"][0]["id"]
    back = api.post(f"{REDEEM}/{made}/rollback").json()
    assert (back["result"], back["promotion_tier"]["id"]) == ("SUCCESS", tiers[0])
    assert back["promotion_tier"]["summary"]["redemptions"] == {"total_redeemed": 0}
    assert Order.objects.get().status == "CANCELED"
    assert sum(part.redemptions for part in RedemptionCounter.objects.all()) == 0
    assert sum(part.orders_amount for part in PromotionTierCounter.objects.all()) == 0
    assert Event.objects.get(name="redemption.rollback.succeeded").properties["promotion_tier"]["id"] == tiers[0]
    assert api.post(f"{REDEEM}/{made}/rollback").json()["key"] == "already_rolled_back"


def test_a_stack_is_redeemed_tier_by_tier_in_its_order(
    api: RestClient, tiers: list[str], stack: str, ask: Callable[..., Any]
) -> None:
    checked = ask(VALIDATE, "promotion_stack", stack).json()
    assert [(part["object"], part["id"]) for part in checked["redeemables"]] == [
        ("promotion_tier", each) for each in tiers[::-1]
    ]
    answer = ask(REDEEM, "promotion_stack", stack).json()
    # Five dollars first, then a tenth of what is left.
    assert answer["order"]["total_amount"] == 10000 - 500 - 950
    assert [part["related_object_id"] for part in answer["redemptions"]] == tiers[::-1]
    assert answer["parent_redemption"]["related_object_type"] == "redemption"
    stacks = [event.properties["promotion_stack"]["id"] for event in Event.objects.filter(name="redemption.succeeded")]
    assert stacks == [stack, stack]
    back = api.post(f"{REDEEM}/{answer['parent_redemption']['id']}/rollbacks").json()
    assert [part["promotion_tier"]["id"] for part in back["rollbacks"]] == tiers[::-1]


def test_a_stack_must_be_alone_and_known(tiers: list[str], stack: str, ask: Callable[..., Any]) -> None:
    assert ask(REDEEM, "promotion_stack", stack, "stack_other").json()["key"] == "invalid_redeemables"
    unknown = ask(REDEEM, "promotion_stack", "stack_none")
    assert (unknown.status_code, unknown.json()["resource_type"]) == (404, "promotion_stack")


def test_a_code_and_a_tier_go_together(api: RestClient, tiers: list[str]) -> None:
    api.post("/v1/vouchers/ONE", {"type": "DISCOUNT_VOUCHER", **FIVE})
    both = [{"object": "promotion_tier", "id": tiers[0]}, {"object": "voucher", "id": "ONE"}]
    answer = api.post(REDEEM, {"redeemables": both, "order": {"amount": 10000}}).json()
    assert answer["order"]["total_amount"] == 8500
    assert [bool(part.get("promotion_tier")) for part in answer["redemptions"]] == [True, False]


@pytest.mark.parametrize(
    ("tier", "campaign", "key"),
    [
        pytest.param({"active": False}, {}, "promotion_inactive", id="disabled"),
        pytest.param({"expiration_date": "2020-01-01"}, {}, "promotion_inactive", id="over"),
        pytest.param({"start_date": "2090-01-01"}, {}, "promotion_inactive", id="not begun"),
        pytest.param({}, {"expiration_date": "2020-01-01"}, "promotion_inactive", id="its campaign is over"),
        pytest.param({}, {"active": False}, "promotion_inactive", id="its campaign is disabled"),
        pytest.param(
            {"start_date": "2020-01-01", "validity_timeframe": {"interval": "P365D", "duration": "PT1S"}},
            {},
            "promotion_not_active_now",
            id="not at this time",
        ),
    ],
)
def test_a_promotion_that_does_not_count_now_is_refused_and_kept(
    api: RestClient, ask: Callable[..., Any], tier: dict[str, Any], campaign: dict[str, Any], key: str
) -> None:
    made = promotion(api, {"name": "T", "action": TENTH, **tier}, **campaign)["promotion"]["tiers"][0]["id"]
    answer = ask(REDEEM, "promotion_tier", made)
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    failed = Redemption.objects.get()
    assert (failed.failure_code, failed.promotion_tier.public_id) == (key, made)
    assert ask(VALIDATE, "promotion_tier", made).json()["inapplicable_redeemables"][0]["result"]["error"]["key"] == key


def test_the_rules_on_a_tier_and_on_its_campaign_are_judged(api: RestClient, ask: Callable[..., Any]) -> None:
    large, small = rule(api, "order.amount", "$more_than", 5000), rule(api, "order.amount", "$less_than", 20000)
    tier = {"name": "T", "action": TENTH, "validation_rules": [large]}
    made = promotion(api, tier, validation_rules=[small])["promotion"]["tiers"][0]["id"]
    keys = [
        ask(REDEEM, "promotion_tier", made, order={"amount": amount}).json().get("key")
        for amount in (4000, 6000, 30000)
    ]
    assert keys == ["order_rules_violated", None, "order_rules_violated"]


def test_a_tier_without_an_effect_narrows_to_the_products_of_its_rule(api: RestClient, ask: Callable[..., Any]) -> None:
    api.post("/v1/products", {"source_id": "tea", "name": "Tea", "price": 1000})
    of_tea = {"included": [{"object": "product", "source_id": "tea"}]}
    only = api.post("/v1/validation-rules", {"name": "Tea", "applicable_to": of_tea}).json()["id"]
    tier = {"name": "T", "action": {"discount": {"type": "PERCENT", "percent_off": 50}}, "validation_rules": [only]}
    made = promotion(api, tier)["promotion"]["tiers"][0]["id"]
    items = [{"source_id": "tea", "price": 1000, "quantity": 1}, {"source_id": "mug", "price": 3000, "quantity": 1}]
    assert ask(VALIDATE, "promotion_tier", made, order={"items": items}).json()["order"]["total_amount"] == 3500


@pytest.mark.parametrize("name", ["redemption.count.per_customer", "campaign.redemptions.count"])
def test_a_limit_on_a_tier_counts_what_was_redeemed_before(api: RestClient, ask: Callable[..., Any], name: str) -> None:
    once = rule(api, name, "$less_than_or_equal", 1)
    made = promotion(api, {"name": "T", "action": TENTH, "validation_rules": [once]})["promotion"]["tiers"][0]["id"]
    answers = [ask(REDEEM, "promotion_tier", made, customer={"source_id": "ida"}).status_code for _ in range(2)]
    assert answers == [200, 400]


def test_a_shop_asks_which_promotions_a_cart_may_have(api: RestClient, tiers: list[str]) -> None:
    large = rule(api, "order.amount", "$more_than", 50000)
    api.post("/v1/promotions/Summer/tiers", {"name": "Large", "action": TENTH, "validation_rules": [large]})
    told = api.post("/v1/promotions/validation", {"order": {"amount": 10000}, "customer": {"source_id": "ida"}}).json()
    assert (told["valid"], [each["id"] for each in told["promotions"]]) == (True, tiers)
    first = told["promotions"][0]
    assert (first["name"], first["discount_amount"], first["order"]["total_amount"]) == ("A tenth", 1000, 9000)
    assert not Redemption.objects.exists()


def test_no_promotion_is_no_mistake(api: RestClient) -> None:
    assert api.post("/v1/promotions/validation", {"order": {"amount": 10}}).json()["valid"] is False


def test_the_older_calls_name_one_tier(api: RestClient, tiers: list[str]) -> None:
    body = {"order": {"amount": 10000}, "customer": {"source_id": "ida"}}
    checked = api.post(f"/v1/promotions/tiers/{tiers[0]}/validation", body).json()
    assert (checked["valid"], checked["id"], checked["order"]["total_amount"]) == (True, tiers[0], 9000)
    made = api.post(f"/v1/promotions/tiers/{tiers[0]}/redemption", body).json()
    assert (made["result"], made["promotion_tier"]["id"], made["order"]["total_amount"]) == ("SUCCESS", tiers[0], 9000)
    assert api.post("/v1/promotions/tiers/promo_none/redemption", body).status_code == 404


def test_qualifications_offer_promotions_and_stacks(api: RestClient, tiers: list[str], stack: str) -> None:
    def told(scenario: str, **options: Any) -> list[tuple[str, str]]:
        body = {"scenario": scenario, "order": {"amount": 10000}, "options": {"limit": 10, **options}}
        return [
            (each["object"], each["id"]) for each in api.post("/v1/qualifications", body).json()["redeemables"]["data"]
        ]

    both = [("promotion_tier", tier) for tier in tiers]
    assert told("ALL") == [*both, ("promotion_stack", stack)]
    assert told("ALL", sorting_rule="BEST_DEAL")[0] == ("promotion_stack", stack)
    assert (told("PROMOTION_STACKS"), told("CUSTOMER_WALLET")) == ([("promotion_stack", stack)], [])
    body = {"scenario": "PROMOTION_STACKS", "order": {"amount": 10000}}
    stacked = api.post("/v1/qualifications", body).json()["redeemables"]["data"][0]
    assert ([part["id"] for part in stacked["redeemables"]], stacked["order"]["total_amount"]) == (tiers[::-1], 8550)


def qualified(api: RestClient, **options: Any) -> Any:
    body = {"order": {"amount": 10000}, "customer": {"source_id": "ida"}, "options": {"limit": 10, **options}}
    answer = api.post("/v1/qualifications", body)
    return answer.json()["redeemables"] if answer.status_code == 200 else answer.json()


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({"resource_type": {"conditions": {"$is": ["voucher"]}}}, ["voucher"]),
        ({"resource_type": {"conditions": {"$is_not": ["voucher"]}}}, ["promotion_tier"] * 2 + ["promotion_stack"]),
        ({"campaign_type": {"conditions": {"$in": ["PROMOTION", "GIFT_VOUCHERS"]}}},
         ["promotion_tier"] * 2 + ["promotion_stack"]),
        ({"code": {"conditions": {"$starts_with": ["HER"]}}}, ["voucher"]),
        ({"code": {"conditions": {"$has_value": []}}}, ["voucher"]),
        ({"voucher_type": {"conditions": {"$is_unknown": []}}, "code": None}, ["promotion_tier"] * 2 + ["promotion_stack"]),
        ({"holder_role": {"conditions": {"$is": ["OWNER"]}}, "code": {"conditions": {"$contains": ["NOT"]}}}, []),
        ({"junction": "or", "holder_role": {"conditions": {"$is": ["OWNER"]}},
          "resource_type": {"conditions": {"$is": ["promotion_stack"]}}}, ["promotion_stack", "voucher"]),
        ({"campaign_id": {"conditions": {"$not_in": ["camp_x"]}}, "category_id": {"conditions": {"$is": ["cat_x"]}}}, []),
    ],
)  # fmt: skip
def test_qualifications_tell_what_passes_their_filters(
    api: RestClient, tiers: list[str], stack: str, filters: dict[str, Any], kinds: list[str]
) -> None:
    api.post("/v1/vouchers/HERS", {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 100}})
    api.post("/v1/publications", {"voucher": "HERS", "customer": {"source_id": "ida"}})
    assert [each["object"] for each in qualified(api, filters=filters)["data"]] == kinds


@pytest.mark.parametrize(
    "options",
    [
        {"filters": []},
        {"filters": {"junction": "nor"}},
        {"filters": {"colour": {"conditions": {"$is": ["red"]}}}},
        {"filters": {"code": {"conditions": {"$like": ["x"]}}}},
        {"filters": {"code": {"conditions": {"$is": [1]}}}},
        {"filters": {"code": {"conditions": {"$is": []}}}},
        {"filters": {"code": ["x"]}},
        {"starting_after": "yesterday"},
        {"starting_after": 5},
    ],
)
def test_a_qualification_that_cannot_be_narrowed_so_is_refused(api: RestClient, options: dict[str, Any]) -> None:
    assert qualified(api, **options)["key"] == "invalid_payload"


def test_a_qualification_goes_on_where_the_last_one_ended_also_among_tiers_of_one_moment(
    api: RestClient, tiers: list[str], stack: str
) -> None:
    PromotionTier.objects.update(created_at=PromotionTier.objects.earliest("id").created_at)
    seen, after = [], None
    while True:
        page = qualified(api, limit=1, starting_after=after)
        seen += [each["id"] for each in page["data"]]
        after = page["more_starting_after"]
        if not page["has_more"]:
            break
    assert (seen, after) == ([*tiers, stack], None)
    assert qualified(api, starting_after="2000-01-01T00:00:00Z")["data"] == []


def test_where_parts_may_fail_a_stack_takes_the_tiers_that_apply(
    api: RestClient, tiers: list[str], stack: str, ask: Callable[..., Any]
) -> None:
    StackingSetting.objects.create(rules={"redeemables_application_mode": "PARTIAL"})
    api.post(f"/v1/promotions/tiers/{tiers[0]}/disable")
    answer = ask(REDEEM, "promotion_stack", stack).json()
    assert answer["order"]["total_amount"] == 9500
    assert [part["id"] for part in answer["inapplicable_redeemables"]] == [tiers[0]]
