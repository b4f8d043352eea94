"""The Python SDK says null for every field that its caller left out: on a change that means not given."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import voucherify

from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

DATES = {"start_date": "2030-01-01T00:00:00.000Z", "expiration_date": "2031-01-01T00:00:00.000Z"}
HOURS = {
    "validity_timeframe": {"interval": "P7D", "duration": "P1D"},
    "validity_day_of_week": [1, 2],
    "validity_hours": {"daily": [{"start_time": "08:00", "expiration_time": "10:00"}]},
}
TIMES = {**DATES, **HOURS, "metadata": {"a": 1}}
TENTH = {"discount": {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}}
WEEK = {"activity_duration_after_publishing": "P7D"}
CAMPAIGN = {"name": "All", "campaign_type": "DISCOUNT_COUPONS", "category": "vip", "voucher": TENTH, **TIMES, **WEEK}
CARD = {"loyalty_card": {"points": 5, "expiration_rules": {"period_type": "MONTH", "period_value": 3}}}
PROGRAM = {**CAMPAIGN, "name": "Club", "campaign_type": "LOYALTY_PROGRAM", "voucher": CARD}
REWARD = {
    "name": "Pay",
    "parameters": {"coin": {"exchange_ratio": 0.5, "points_ratio": 10}},
    "stock": 7,
    "metadata": {"a": 1},
}
EARNED = {
    "event": "order.paid", "loyalty": {"type": "FIXED", "points": 50}, "source": {"banner": "Fifty"},
    "pending_points": {"period_type": "DAY", "period_value": 14},
    "expiration_rules": {"period_type": "MONTH", "period_value": 3}, **TIMES,
}  # fmt: skip


def _campaign(api: RestClient, body: dict[str, Any] = CAMPAIGN) -> str:
    answer = api.post("/v1/campaigns", body)
    assert answer.status_code == 200, answer.json()
    return str(answer.json()["id"])


def _made(api: RestClient, path: str, body: dict[str, Any], at: str | None = None) -> str:
    answer = api.post(path, body)
    assert answer.status_code == 200, answer.json()
    return f"{at or path}/{answer.json()['id']}"


def a_campaign(api: RestClient) -> str:
    return f"/v1/campaigns/{_campaign(api)}"


def a_program(api: RestClient) -> str:
    return f"/v1/loyalties/{_campaign(api, PROGRAM)}"


def a_tier(api: RestClient) -> str:
    promotion = _campaign(api, {"name": "Summer", "campaign_type": "PROMOTION"})
    tier = {"name": "One", "banner": "A tenth", "hierarchy": 4, "category": "vip", "action": TENTH, **TIMES}
    return _made(api, f"/v1/promotions/{promotion}/tiers", tier, "/v1/promotions/tiers")


def a_stack(api: RestClient) -> str:
    tier = api.get(a_tier(api)).json()
    stack = {"name": "Both", "tiers": {"ids": [tier["id"]]}, "category_id": tier["category_id"]}
    return _made(api, f"/v1/promotions/{tier['campaign_id']}/stacks", stack)


def a_voucher(api: RestClient) -> str:
    said = {"type": "DISCOUNT_VOUCHER", "code": "ONE", "category": "vip", "additional_info": "Note", **TENTH, **TIMES}
    assert api.post("/v1/vouchers", said).status_code == 200
    return "/v1/vouchers/ONE"


def an_earning_rule(api: RestClient) -> str:
    return _made(api, f"{a_program(api)}/earning-rules", EARNED)


def a_reward(api: RestClient) -> str:
    return _made(api, "/v1/rewards", {**REWARD, "attributes": {"image_url": "https://shop.example/a.png"}})


def a_price(api: RestClient) -> str:
    program, reward = a_program(api).rsplit("/", 1)[1], a_reward(api)
    return _made(api, f"{reward}/assignments", {"campaign": program, "parameters": {"loyalty": {"points": 40}}})


CHANGES = [
    pytest.param(a_campaign, "CampaignsUpdateRequestBody", {"description": "New"}, id="campaign"),
    pytest.param(a_program, "LoyaltiesUpdateCampaignRequestBody", {"description": "New"}, id="program"),
    pytest.param(a_tier, "PromotionsTiersUpdateRequestBody", {"name": "New"}, id="tier"),
    pytest.param(a_stack, "PromotionsStacksUpdateRequestBody", {"name": "New"}, id="stack"),
    pytest.param(a_voucher, "VouchersUpdateRequestBody", {"additional_info": "New"}, id="voucher"),
    pytest.param(an_earning_rule, "LoyaltiesEarningRulesUpdateRequestBody", {"active": False}, id="earning rule"),
    pytest.param(a_reward, "RewardsUpdateRequestBody", {"name": "New"}, id="reward"),
    pytest.param(a_price, "RewardsAssignmentsUpdateRequestBody", {"parameters": {"loyalty": {}}}, id="price"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "model", "change"), CHANGES)
def test_a_change_leaves_what_the_sdk_was_not_told(
    api: RestClient, make: Callable[[RestClient], str], model: str, change: dict[str, Any]
) -> None:
    address = make(api)
    before = api.get(address).json()
    said = getattr(voucherify, model).from_dict(change).to_dict()
    assert "null" in json.dumps(said), "otherwise this shows nothing"
    assert api.put(address, said).status_code == 200
    told = {name: value for name, value in change.items() if name != "parameters"}
    after = api.get(address).json()
    assert {**after, "updated_at": None} == {**before, **told, "updated_at": None}


@pytest.mark.parametrize(("make", "model", "change"), CHANGES[:6])
def test_nulls_in_every_field_change_nothing(
    api: RestClient, make: Callable[[RestClient], str], model: str, change: dict[str, Any]
) -> None:
    address = make(api)
    before = api.get(address).json()
    nothing = dict.fromkeys({*getattr(voucherify, model).model_fields, *before})
    assert api.put(address, nothing).status_code == 200
    assert api.get(address).json() == before
