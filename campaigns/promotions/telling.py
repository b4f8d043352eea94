"""What happens to tiers and stacks, told as events."""

from collections.abc import Iterable
from typing import Any

from campaigns.facts import Origin
from campaigns.models import PromotionStack, PromotionTier
from campaigns.promotions.representation import stack_json, tier_json
from campaigns.representation import campaign_reference
from events.tracking import track, track_many


def tell_tiers(verb: str, tiers: Iterable[PromotionTier], origin: Origin, **more: Any) -> None:
    """Say of each of these tiers what was done to it."""
    track_many(
        [
            origin.fact(
                f"campaign.promotion_tier.{verb}",
                tier.public_id,
                {"promotion_tier": tier_json(tier), "campaign": campaign_reference(tier.campaign), **more},
            )
            for tier in tiers
        ]
    )


def tell_stack(verb: str, stack: PromotionStack, origin: Origin, **more: Any) -> None:
    told = {"promotion_stack": stack_json(stack), "campaign": campaign_reference(stack.campaign), **more}
    track(origin.fact(f"campaign.promotion_stack.{verb}", stack.public_id, told))
