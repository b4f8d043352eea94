"""A shop with something of every kind that can be redeemed, at the till."""

from collections.abc import Callable
from typing import Any

from tests.conftest import RestClient

IDA = {"source_id": "ida", "name": "Ida", "email": "ida@shop.example", "metadata": {"club": "gold"}}
TEN_OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10, "amount_limit": 5000}}
ITEMS = [
    {"source_id": "tee", "related_object": "product", "quantity": 2, "price": 3000, "metadata": {"size": "M"},
     "product": {"name": "Tee", "metadata": {"season": "summer"}}},
    {"source_id": "tee-m", "related_object": "sku", "product_id": "tee", "quantity": 1, "price": 4000,
     "sku": {"sku": "M"}},
]  # fmt: skip
DISCOUNTS: dict[str, Any] = {
    "PERCENT": {"type": "PERCENT", "percent_off": 12.5, "amount_limit": 900, "effect": "APPLY_TO_ITEMS"},
    "AMOUNT": {"type": "AMOUNT", "amount_off": 500, "effect": "APPLY_TO_ORDER"},
    "FIXED": {"type": "FIXED", "fixed_amount": 9000, "effect": "APPLY_TO_ORDER"},
    "UNIT": {"type": "UNIT", "unit_off": 1, "unit_type": "tee", "effect": "ADD_NEW_ITEMS"},
    "UNITS": {"type": "UNIT", "effect": "ADD_MANY_ITEMS", "units": [
        {"unit_off": 1, "unit_type": "tee", "effect": "ADD_NEW_ITEMS"}]},
}  # fmt: skip


class Till:
    """A shop with something of every kind that can be redeemed."""

    def __init__(self, api: RestClient, drain: Callable[[], int]) -> None:
        self.api, self.drain = api, drain
        self._goods_and_codes()
        self._cards()
        self._promotion()
        drain()

    def ok(self, answer: Any) -> Any:
        assert answer.status_code == 200, answer.content
        return answer.json()

    def made(self, path: str, body: object) -> Any:
        return self.ok(self.api.post(path, body))

    def _goods_and_codes(self) -> None:
        self.made("/v1/products", {"source_id": "tee", "name": "Tee", "price": 3000, "metadata": {"a": 1}})
        self.made("/v1/products/tee/skus", {"source_id": "tee-m", "sku": "M", "price": 4000})
        for name, discount in DISCOUNTS.items():
            self.made(f"/v1/vouchers/{name}", {"type": "DISCOUNT_VOUCHER", "discount": discount, "metadata": {"a": 1}})
        self.made("/v1/vouchers/ONCE", {**TEN_OFF, "redemption": {"quantity": 1}, "category": "first"})
        self.made("/v1/vouchers/OVER", {**TEN_OFF, "expiration_date": "2020-01-01T00:00:00Z"})
        self.made("/v1/vouchers/REST", TEN_OFF)
        self.made("/v1/vouchers/REST/disable", None)
        ruled = self.made("/v1/vouchers/RULED", TEN_OFF)
        rules = {"1": {"name": "order.amount", "conditions": {"$more_than": [10**6]}}}
        only = {"included": [{"object": "product", "source_id": "tee", "effect": "APPLY_TO_CHEAPEST"}]}
        said = {"name": "Big", "rules": rules, "error": {"message": "Not enough"}, "applicable_to": only}
        self._put_on(self.made("/v1/validation-rules", said)["id"], "voucher", ruled["id"])
        narrow = self.made("/v1/validation-rules", {"name": "Tees", "rules": {}, "applicable_to": only})["id"]
        tees = self.made("/v1/vouchers/TEES", {**TEN_OFF, "validation_rules": [narrow]})
        assert tees["validation_rules_assignments"]["total"] == 1
        self.made("/v1/publications", {"voucher": "TEES", "customer": IDA})

    def _put_on(self, rule: str, kind: str, name: str) -> None:
        put = {"related_object_type": kind, "related_object_id": name}
        self.made(f"/v1/validation-rules/{rule}/assignments", put)

    def _cards(self) -> None:
        self.made("/v1/vouchers/GIFT", {"type": "GIFT_VOUCHER", "gift": {"amount": 5000, "effect": "APPLY_TO_ORDER"}})
        card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 500}}
        club = {"name": "Club", "campaign_type": "LOYALTY_PROGRAM", "voucher": card, "vouchers_count": 1}
        program = self.made("/v1/campaigns", club)["id"]
        self.made("/v1/campaigns", {"name": "Spring", "voucher": TEN_OFF, "vouchers_count": 2, "category": "first",
                                    "campaign_type": "DISCOUNT_COUPONS"})  # fmt: skip
        self.drain()
        given = [self._given(name) for name in ("Club", "Spring")]
        self.card, self.own = given
        coin = {"name": "Pay with points", "parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 10}}}
        mug = {"name": "Tee", "parameters": {"product": {"id": "tee"}}, "stock": 3}
        code = {"name": "Code", "parameters": {"campaign": {"id": self.api.get("/v1/campaigns/Spring").json()["id"]}}}
        self.rewards = [self.made("/v1/rewards", said)["id"] for said in (coin, mug, code)]
        for reward in self.rewards:
            price = {"reward": reward, "parameters": {"loyalty": {"points": 40}}}
            self.made(f"/v1/loyalties/{program}/rewards", [price])

    def _given(self, campaign: str) -> str:
        wish = {"campaign": {"name": campaign}, "customer": IDA}
        return str(self.made("/v1/publications", wish)["voucher"]["code"])

    def _promotion(self) -> None:
        said = [{"name": name, "banner": f"{name} off", "action": {"discount": DISCOUNTS[name]}, "metadata": {"a": 1}}
                for name in ("AMOUNT", "PERCENT")]  # fmt: skip
        made = self.made(
            "/v1/campaigns", {"name": "Summer", "campaign_type": "PROMOTION", "promotion": {"tiers": said}}
        )
        self.tiers = [tier["id"] for tier in made["promotion"]["tiers"]]
        stack = {"name": "Both", "tiers": {"ids": self.tiers}}
        self.stack = self.made(f"/v1/promotions/{made['id']}/stacks", stack)["id"]

    def wish(self, *redeemables: Any, **more: Any) -> dict[str, Any]:
        named = [{"object": "voucher", "id": one} if isinstance(one, str) else one for one in redeemables]
        order = {"source_id": "o-1", "items": ITEMS, "metadata": {"channel": "web"}}
        return {"redeemables": named, "customer": IDA, "order": order, "metadata": {"till": 4}, **more}

    def check(self, *redeemables: Any, **more: Any) -> Any:
        return self.api.post("/v1/validations", self.wish(*redeemables, **more))

    def redeem(self, *redeemables: Any, **more: Any) -> Any:
        return self.api.post("/v1/redemptions", self.wish(*redeemables, **more))

    def redeemed(self, *redeemables: Any, **more: Any) -> Any:
        return self.ok(self.redeem(*redeemables, **more))

    def qualify(self, scenario: str, **more: Any) -> Any:
        order = {"items": ITEMS, "metadata": {"channel": "web"}}
        return self.api.post("/v1/qualifications", {"customer": IDA, "order": order, "scenario": scenario, **more})
