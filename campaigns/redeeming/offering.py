"""Which promotions a cart may have now: each tier tried by itself, the foremost first. Writes nothing."""

from typing import Any

from django.db import transaction

from access.strict_json import moment
from campaigns.discounts import with_effect
from campaigns.models import PromotionTier
from campaigns.promotions import finding
from campaigns.redeeming import asking, candidates, telling, tracking_ids, trying
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.trying import APPLICABLE, Tried
from campaigns.redeeming.wishes import Asker, Wish


@transaction.atomic
def offer(wish: Wish, asker: Asker) -> dict[str, Any]:
    """Answer which promotions apply to the cart of a wish, with what each would come to."""
    situation = asking.situation_of(wish, asker, asking.order_of(wish))
    found = candidates.of_tiers(finding.offered_tiers())
    tried = [each for each in trying.each_alone(found, situation) if each.status == APPLICABLE]
    told = [_told(each, each.candidate.tier, situation) for each in tried if each.candidate.tier]
    return {"valid": bool(told), "promotions": told, "tracking_id": tracking_ids.told(wish)}


def _told(tried: Tried, tier: PromotionTier, situation: Situation) -> dict[str, Any]:
    cart, terms = tried.cart, tier.discount_terms
    amounts = cart.amounts() if cart else {}
    return {
        "id": tier.public_id,
        "object": "promotion_tier",
        "valid": True,
        "name": tier.name,
        "banner": tier.banner or None,
        "hierarchy": tier.hierarchy,
        "start_date": moment(tier.start_date) if tier.start_date else None,
        "expiration_date": moment(tier.expiration_date) if tier.expiration_date else None,
        "discount": with_effect(terms, of_items=tried.applicable_to.names_items) if terms else None,
        "discount_amount": amounts.get("total_discount_amount"),
        "applied_discount_amount": amounts.get("total_applied_discount_amount"),
        "applicable_to": telling.targets_of(tried.applicable_to.included),
        "inapplicable_to": telling.targets_of(tried.applicable_to.excluded),
        "metadata": tier.metadata,
        "order": telling.cart_json(cart, situation) if cart else None,
        "campaign": {"id": tier.campaign.public_id, "name": tier.campaign.name, "object": "campaign"},
    }
