"""Promotions: tiers and stacks are kept, offered to carts, redeemed and taken back."""

from typing import Any

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.redeeming import cart
from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import ORIGIN, Shop, unique

TENTH = {"discount": {"type": "PERCENT", "percent_off": 10, "effect": "APPLY_TO_ORDER"}}


def of(shop: Shop, kind: str, name: str) -> dict[str, Any]:
    return cart(shop, "", redeemables=[{"object": kind, "id": name}])


@tries("PromotionsApi.add_promotion_tier_to_campaign", "PromotionsApi.get_promotion_tier",
       "PromotionsApi.list_promotion_tiers_from_campaign")  # fmt: skip
def a_promotion_is_made_and_gets_another_tier(shop: Shop) -> None:
    first = {"name": "A tenth", "banner": "10% off", "action": TENTH}
    promotion = {"name": unique("Summer"), "campaign_type": "PROMOTION", "promotion": {"tiers": [first]}}
    made = shop.CampaignsApi.create_campaign(body=promotion)
    tier = {"name": "Five", "action": {"discount": {"type": "AMOUNT", "amount_off": 500, "effect": "APPLY_TO_ORDER"}}}
    added = shop.PromotionsApi.add_promotion_tier_to_campaign(made.id, body=tier)
    assert shop.PromotionsApi.get_promotion_tier(added.id).action.discount.amount_off == 500
    listed = shop.PromotionsApi.list_promotion_tiers_from_campaign(made.id).tiers
    assert [each.name for each in listed] == ["A tenth", "Five"]
    shop.known.promotion, shop.known.tiers = made.id, [each.id for each in listed]


@tries("PromotionsApi.update_promotion_tier", "PromotionsApi.disable_promotion_tier",
       "PromotionsApi.enable_promotion_tier", "PromotionsApi.list_promotion_tiers")  # fmt: skip
def a_tier_is_changed_and_rests(shop: Shop) -> None:
    tier = shop.known.tiers[1]
    changed = shop.PromotionsApi.update_promotion_tier(tier, body={"name": "Five off", "banner": "Five off"})
    assert (changed.name, changed.action.discount.amount_off) == ("Five off", 500)
    assert shop.PromotionsApi.disable_promotion_tier(tier).active is False
    available = shop.PromotionsApi.list_promotion_tiers(is_available=True, limit=100).tiers
    assert tier not in [each.id for each in available]
    assert shop.PromotionsApi.enable_promotion_tier(tier).active is True


@tries("PromotionsApi.create_promotion_stack", "PromotionsApi.get_promotion_stack",
       "PromotionsApi.update_promotion_stack", "PromotionsApi.list_promotion_stacks_in_campaign",
       "PromotionsApi.list_all_promotion_stacks")  # fmt: skip
def tiers_are_stacked(shop: Shop) -> None:
    api, of_promotion = shop.PromotionsApi, shop.known.promotion
    made = api.create_promotion_stack(of_promotion, body={"name": "Both", "tiers": {"ids": shop.known.tiers}})
    name = unique("In order")
    assert api.update_promotion_stack(of_promotion, made.id, body={"name": name}).tiers.ids == shop.known.tiers
    assert api.get_promotion_stack(of_promotion, made.id).name == name
    assert [each.id for each in api.list_promotion_stacks_in_campaign(of_promotion).data] == [made.id]
    assert made.id in [each.id for each in api.list_all_promotion_stacks(limit=100).data]
    shop.known.stack = made.id


@tries()
def promotions_are_checked_redeemed_and_taken_back(shop: Shop) -> None:
    tier, stack = of(shop, "promotion_tier", shop.known.tiers[0]), of(shop, "promotion_stack", shop.known.stack)
    assert shop.ValidationsApi.validate_stacked_discounts(body=tier).order.total_discount_amount == 1200
    told = shop.RedemptionsApi.redeem_stacked_discounts(body=tier)
    assert told.redemptions[0].promotion_tier.summary.redemptions.total_redeemed == 1
    assert shop.RedemptionsApi.rollback_redemption(told.redemptions[0].id).result == "SUCCESS"
    both = shop.RedemptionsApi.redeem_stacked_discounts(body=stack)
    assert both.order.total_discount_amount == 1700
    assert len(shop.RedemptionsApi.rollback_stacked_redemptions(both.parent_redemption.id).rollbacks) == 2
    asked = {
        "customer": {"source_id": shop.known.source_id},
        "order": {"amount": 12000},
        "scenario": "PROMOTION_STACKS",
    }
    offered = shop.QualificationsApi.check_eligibility(body=asked).redeemables.data
    assert shop.known.stack in [each.id for each in offered]


@tries("ClientSideApi.list_promotion_tiers_client_side")
def a_page_of_the_shop_is_told_of_promotions(shop: Shop) -> None:
    listed = shop.browser().list_promotion_tiers_client_side(ORIGIN, is_available=True, limit=100)
    assert set(shop.known.tiers) <= {each.id for each in listed.tiers}


@tries("PromotionsApi.delete_promotion_stack", "PromotionsApi.delete_promotion_tier")
def promotions_go(shop: Shop) -> None:
    with pytest.raises(exceptions.BadRequestException, match="resource_in_use"):
        shop.PromotionsApi.delete_promotion_tier(shop.known.tiers[0])
    shop.PromotionsApi.delete_promotion_stack(shop.known.promotion, shop.known.stack)
    shop.PromotionsApi.delete_promotion_tier(shop.known.tiers[0])
    with pytest.raises(exceptions.NotFoundException):
        shop.PromotionsApi.get_promotion_tier(shop.known.tiers[0])
