"""What must be there before something can be done to it, made over REST as a shop would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaigns.models import Campaign, ValidationRule
from customers.models import Customer
from exports.models import Export
from orders.models import Order, Product, Sku

if TYPE_CHECKING:
    from tests.catalogue.scenes import Scene

FIVE_OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}}
CAMPAIGN = {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "voucher": FIVE_OFF}
# What the form of a customer sends where no row of metadata was filled in.
NO_METADATA = {"facts-TOTAL_FORMS": "0", "facts-INITIAL_FORMS": "0"}
OVER_FIFTY = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}
ORDER = {"source_id": "o-1", "customer": {"source_id": "ida"}, "amount": 12_000}
ABANDONED = {"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}
RECENTLY = {**ABANDONED, "within": {"last": 2, "unit": "days"}}
LONG_AGO = {"event": "cart_abandoned", "metric": "last_occurred", "operator": "more_than", "value": 2, "unit": "days"}
BUYERS = {"attribute": "summary.orders.total_amount", "operator": "more_than", "value": 5000}
CODE_SHEET = "code,voucher type,discount type,value\nIN-1,DISCOUNT_VOUCHER,PERCENT,5\n"
GOLD = {"attribute": "metadata.club", "operator": "exactly", "value": "gold"}


def campaign(scene: Scene, **said: Any) -> Any:
    made = scene.ok(scene.api.post("/v1/campaigns", {**CAMPAIGN, **said}))
    scene.made["campaign"] = Campaign.objects.get(public_id=made["id"]).pk
    return made


def disabled_campaign(scene: Scene) -> None:
    campaign(scene)
    scene.ok(scene.api.post("/v1/campaigns/Spring/disable"))


def campaign_with_codes(scene: Scene) -> None:
    campaign(scene, vouchers_count=3)
    customer(scene)


def promotion(scene: Scene) -> None:
    action = {"discount": {"type": "PERCENT", "percent_off": 10}}
    tiers = [{"name": name, "action": action} for name in ("A tenth", "Another tenth")]
    made = campaign(scene, campaign_type="PROMOTION", voucher=None, promotion={"tiers": tiers})
    first, second = [tier["id"] for tier in made["promotion"]["tiers"]]
    scene.made |= {"promotion": scene.made["campaign"], "tier": first, "other_tier": second}


def stack(scene: Scene) -> None:
    promotion(scene)
    both = {"name": "Both", "tiers": {"ids": [scene.made["tier"], scene.made["other_tier"]]}}
    scene.made["stack"] = scene.ok(scene.api.post("/v1/promotions/Spring/stacks", both))["id"]


def code(scene: Scene) -> Any:
    made = scene.ok(scene.api.post("/v1/vouchers/BACK-1", {**FIVE_OFF, "redemption": {"quantity": 1}}))
    scene.made["voucher"] = made["id"]
    return made


def disabled_code(scene: Scene) -> None:
    code(scene)
    scene.ok(scene.api.post("/v1/vouchers/BACK-1/disable"))


def disabled_code_and_customer(scene: Scene) -> None:
    disabled_code(scene)
    customer(scene)


def code_and_customer(scene: Scene) -> None:
    code(scene)
    customer(scene)


def gift(scene: Scene) -> None:
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}
    scene.made["gift"] = scene.ok(scene.api.post("/v1/vouchers/GIFT-1", gift))["id"]


def held_gift(scene: Scene) -> None:
    """Let ida hold a gift card of which something was spent."""
    gift = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}
    campaign(scene, campaign_type="GIFT_VOUCHERS", voucher=gift, vouchers_count=2)
    scene.drain()
    held = _given(scene, "Spring")
    scene.made["voucher"] = held["voucher"]["id"]
    scene.ok(scene.api.post(f"/v1/vouchers/{held['voucher']['code']}/balance", {"amount": -2000}))


def held_code_and_segment_of_losers(scene: Scene) -> None:
    """Let ida hold a code, and a segment be of those of whom a code was deleted."""
    segment(scene, {**ABANDONED, "event": "customer.voucher.deleted"})
    campaign(scene, vouchers_count=1)
    scene.drain()
    scene.made["held"] = _given(scene, "Spring")["voucher"]["code"]


def _given(scene: Scene, campaign: str) -> Any:
    """Give ida a code of a campaign."""
    return scene.ok(
        scene.api.post("/v1/publications", {"campaign": {"name": campaign}, "customer": {"source_id": "ida"}})
    )


def customer(scene: Scene) -> None:
    scene.ok(scene.api.post("/v1/customers", {"source_id": "ida", "email": "ida@shop.example"}))
    scene.made["customer"] = Customer.objects.get(source_id="ida").pk


def _rule(scene: Scene) -> None:
    made = scene.ok(scene.api.post("/v1/validation-rules", {"name": "Over 50", "rules": OVER_FIFTY}))
    scene.made |= {"rule": made["id"], "rule_key": ValidationRule.objects.get().pk}


def campaign_and_rule(scene: Scene) -> None:
    scene.made["ruled"] = campaign(scene)["id"]
    _rule(scene)


def code_and_rule(scene: Scene) -> None:
    scene.made["ruled"] = code(scene)["id"]
    _rule(scene)


def assign(scene: Scene, kind: str) -> None:
    """Put the rule on what was made for it."""
    body = {"related_object_type": kind, "related_object_id": scene.made["ruled"]}
    made = scene.ok(scene.api.post(f"/v1/validation-rules/{scene.made['rule']}/assignments", body))
    scene.made["assignment"] = made["id"]


def change_rule(scene: Scene) -> None:
    body = {"name": "Over 60", "rules": {"1": {"name": "order.amount", "conditions": {"$more_than": [6000]}}}}
    scene.ok(scene.api.put(f"/v1/validation-rules/{scene.made['rule']}", body))


def ruled_campaign(scene: Scene) -> None:
    campaign_and_rule(scene)
    assign(scene, "campaign")


def ruled_code(scene: Scene) -> None:
    code_and_rule(scene)
    assign(scene, "voucher")


def redeemed(scene: Scene, **more: Any) -> None:
    code_and_customer(scene)
    wish = {"redeemables": [{"object": "voucher", "id": "BACK-1"}], "customer": {"source_id": "ida"}, **more}
    scene.made["redemption"] = scene.ok(scene.api.post("/v1/redemptions", wish))["redemptions"][0]["id"]


def redeemed_with_order(scene: Scene) -> None:
    redeemed(scene, order={"amount": 12_000, "source_id": "o-1"})


def taken_back(scene: Scene) -> None:
    redeemed(scene)
    scene.ok(scene.api.post(f"/v1/redemptions/{scene.made['redemption']}/rollback"))


def segment(scene: Scene, condition: object) -> Any:
    tree = {"junction": "and", "conditions": [condition]}
    made = scene.ok(scene.api.post("/v1/segments", {"name": "Asked for", "type": "auto-update", "filter": tree}))
    scene.drain()
    return made


def segment_and_customer(scene: Scene) -> None:
    segment(scene, ABANDONED)
    customer(scene)


def gold_segment(scene: Scene) -> None:
    segment(scene, GOLD)


def gold_segment_and_customer(scene: Scene) -> None:
    gold_segment(scene)
    customer(scene)


def buyers_and_customer(scene: Scene) -> None:
    segment(scene, BUYERS)
    customer(scene)


def gold_member(scene: Scene) -> None:
    gold_segment(scene)
    scene.ok(scene.api.post("/v1/customers", {"source_id": "ida", "metadata": {"club": "gold"}}))


def distribution(scene: Scene, condition: object = ABANDONED, **campaign_said: Any) -> None:
    """Let a distribution be live that sends a code by mail to whoever abandons a cart."""
    scene.ok(scene.api.put("/v1/settings", {"brand": {"name": "Shop", "postal_address": "1 Main Street, Utrecht"}}))
    asked = segment(scene, condition)
    given = campaign(scene, **{"vouchers_count": 3, **campaign_said})
    letter = {"type": "email", "subject": "Your code", "html": "<p>{{ voucher.code }}</p>"}
    body = {
        "name": "Rescue",
        "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": asked["id"]},
        "action": {"type": "publish_code", "campaign_id": given["id"]},
        "channels": [letter],
    }
    made = scene.ok(scene.api.post("/v1/distributions", body))
    scene.drain()
    scene.ok(scene.api.post(f"/v1/distributions/{made['id']}/live"))
    customer(scene)
    scene.ok(scene.api.post("/v1/customers", {"source_id": "otto"}))


def program(scene: Scene, **terms: Any) -> Any:
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0, **terms}}
    return campaign(scene, name="Club", campaign_type="LOYALTY_PROGRAM", voucher=card, vouchers_count=1)


def card_holder(scene: Scene, **terms: Any) -> Any:
    """Let ida hold a loyalty card."""
    made = program(scene, **terms)
    scene.drain()
    customer(scene)
    scene.made["card"] = _given(scene, "Club")["voucher"]["code"]
    return made


def loyalty_card(scene: Scene, **rule: Any) -> None:
    """Let ida hold a card that earns points for paid orders."""
    made = card_holder(scene)
    earns = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 50}, **rule}
    (kept,) = scene.ok(scene.api.post(f"/v1/loyalties/{made['id']}/earning-rules", [earns]))
    scene.made["earning"] = kept["id"]


def reward(scene: Scene) -> None:
    """Let a product be had for points."""
    club = program(scene)
    product(scene)
    tee = {"name": "Tee", "parameters": {"product": {"id": "tee"}}}
    made = scene.ok(scene.api.post("/v1/rewards", tee))
    price = {"reward": made["id"], "parameters": {"loyalty": {"points": 40}}}
    (put,) = scene.ok(scene.api.post(f"/v1/loyalties/{club['id']}/rewards", [price]))
    scene.made["priced"] = put["id"]


def pending_points(scene: Scene) -> None:
    loyalty_card(scene, pending_points={"period_value": 14, "period_type": "DAY"})


def lapsing_points(scene: Scene) -> None:
    """Let ida hold points that lapse in three months."""
    card_holder(scene, expiration_rules={"period_type": "MONTH", "period_value": 3})
    scene.ok(scene.api.post(f"/v1/loyalties/members/{scene.made['card']}/balance", {"points": 40}))


def referral(scene: Scene) -> None:
    """Let ida hold a code that rewards her with points when it wins somebody."""
    club = card_holder(scene)
    points = {"type": "LOYALTY_CARD", "related_object_parent": {"id": club["id"]}, "amount": "25"}
    off = {**FIVE_OFF, "redemption": {"quantity": None}}
    program = {"referrer_reward": points}
    campaign(scene, name="Friends", campaign_type="REFERRAL_PROGRAM", voucher=off, vouchers_count=1,
             referral_program=program)  # fmt: skip
    scene.drain()
    scene.made["friends"] = _given(scene, "Friends")["voucher"]["code"]


def order(scene: Scene) -> None:
    made = scene.ok(scene.api.post("/v1/orders", ORDER))
    scene.made["order"] = Order.objects.get(public_id=made["id"]).pk


def product(scene: Scene) -> None:
    scene.ok(scene.api.post("/v1/products", {"source_id": "tee", "name": "Tee"}))
    scene.made["product"] = Product.objects.get().pk


def sku(scene: Scene) -> None:
    product(scene)
    scene.ok(scene.api.post("/v1/products/tee/skus", {"source_id": "tee-m"}))
    scene.made["sku"] = Sku.objects.get().pk


def scheduled_export(scene: Scene) -> None:
    scene.made["export"] = scene.ok(scene.api.post("/v1/exports", {"exported_object": "customer"}))["id"]


def break_an_export(scene: Scene) -> None:
    """Ask for a file, every slice of which fails, as a table that cannot be read would."""
    scheduled_export(scene)
    Export.objects.filter(public_id=scene.made["export"]).update(cursor="not a key")


def export(scene: Scene) -> None:
    scheduled_export(scene)
    scene.drain()
