"""What must be there before something can be done to it, made over REST as a shop would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Campaign
from exports.models import Export

if TYPE_CHECKING:
    from tests.catalogue.actions import Scene

FIVE_OFF = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}}
CAMPAIGN = {"name": "Spring", "campaign_type": "DISCOUNT_COUPONS", "voucher": FIVE_OFF}
# What the form of a customer sends where no row of metadata was filled in.
NO_METADATA = {"facts-TOTAL_FORMS": "0", "facts-INITIAL_FORMS": "0"}
OVER_FIFTY = {"1": {"name": "order.amount", "conditions": {"$more_than": [5000]}}}
ORDER = {"source_id": "o-1", "customer": {"source_id": "ida"}, "amount": 12_000}
ABANDONED = {"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}
GOLD = {"attribute": "metadata.club", "operator": "exactly", "value": "gold"}


def campaign(scene: Scene) -> Any:
    made = scene.ok(scene.api.post("/v1/campaigns", CAMPAIGN))
    scene.made["campaign"] = Campaign.objects.get().pk
    return made


def disabled_campaign(scene: Scene) -> None:
    campaign(scene)
    scene.ok(scene.api.post("/v1/campaigns/Spring/disable"))


def code(scene: Scene) -> Any:
    return scene.ok(scene.api.post("/v1/vouchers/BACK-1", {**FIVE_OFF, "redemption": {"quantity": 1}}))


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
    scene.ok(scene.api.post("/v1/vouchers/GIFT-1", {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}))


def customer(scene: Scene) -> None:
    scene.ok(scene.api.post("/v1/customers", {"source_id": "ida", "email": "ida@shop.example"}))


def import_customers(scene: Scene) -> None:
    sheet = SimpleUploadedFile("people.csv", b"source_id,name\nida,Ida\n", "text/csv")
    headers = scene.api.headers
    scene.ok(scene.api.client.post("/v1/customers/importCSV", {"file": sheet}, headers=headers))


def _rule(scene: Scene) -> None:
    scene.made["rule"] = scene.ok(scene.api.post("/v1/validation-rules", {"name": "Over 50", "rules": OVER_FIFTY}))[
        "id"
    ]


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


def _segment(scene: Scene, condition: object) -> Any:
    tree = {"junction": "and", "conditions": [condition]}
    made = scene.ok(scene.api.post("/v1/segments", {"name": "Asked for", "type": "auto-update", "filter": tree}))
    scene.drain()
    return made


def segment_and_customer(scene: Scene) -> None:
    _segment(scene, ABANDONED)
    customer(scene)


def gold_member(scene: Scene) -> None:
    _segment(scene, GOLD)
    scene.ok(scene.api.post("/v1/customers", {"source_id": "ida", "metadata": {"club": "gold"}}))


def distribution(scene: Scene) -> None:
    """Let a distribution be live that sends a code by mail to whoever abandons a cart."""
    scene.ok(scene.api.put("/v1/settings", {"brand": {"name": "Shop", "postal_address": "1 Main Street, Utrecht"}}))
    asked = _segment(scene, ABANDONED)
    given = scene.ok(scene.api.post("/v1/campaigns", {**CAMPAIGN, "vouchers_count": 3}))
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


def loyalty_card(scene: Scene) -> None:
    """Let ida hold a card that earns points for paid orders."""
    card = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}
    body = {
        "name": "Club",
        "campaign_type": "LOYALTY_PROGRAM",
        "type": "AUTO_UPDATE",
        "voucher": card,
        "vouchers_count": 1,
    }
    made = scene.ok(scene.api.post("/v1/campaigns", body))
    rule = {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 50}}
    scene.ok(scene.api.post(f"/v1/loyalties/{made['id']}/earning-rules", [rule]))
    scene.drain()
    customer(scene)
    scene.ok(scene.api.post("/v1/publications", {"campaign": {"name": "Club"}, "customer": {"source_id": "ida"}}))


def order(scene: Scene) -> None:
    scene.ok(scene.api.post("/v1/orders", ORDER))


def product(scene: Scene) -> None:
    scene.ok(scene.api.post("/v1/products", {"source_id": "tee"}))


def sku(scene: Scene) -> None:
    product(scene)
    scene.ok(scene.api.post("/v1/products/tee/skus", {"source_id": "tee-m"}))


def scheduled_export(scene: Scene) -> None:
    scene.made["export"] = scene.ok(scene.api.post("/v1/exports", {"exported_object": "customer"}))["id"]


def break_an_export(scene: Scene) -> None:
    """Ask for a file, every slice of which fails, as a table that cannot be read would."""
    scheduled_export(scene)
    Export.objects.filter(public_id=scene.made["export"]).update(cursor="not a key")


def export(scene: Scene) -> None:
    scheduled_export(scene)
    scene.drain()
