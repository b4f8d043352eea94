"""Tiers and stacks as the API tells them. Load them ``with_names``; this asks nothing else."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from access.strict_json import moment
from campaigns import categories, validity
from campaigns.discounts import with_effect
from campaigns.models import Campaign, Category, PromotionStack, PromotionTier
from campaigns.rules.representation import assignments_json


def tier_json(tier: PromotionTier) -> dict[str, Any]:
    """Tell a tier, with what it has given so far."""
    campaign = tier.campaign
    return {
        "id": tier.public_id,
        "name": tier.name,
        "banner": tier.banner or None,
        **_terms(tier),
        "metadata": tier.metadata,
        "hierarchy": tier.hierarchy,
        "promotion_id": campaign.public_id,
        "campaign": _campaign(campaign),
        "campaign_id": campaign.public_id,
        "active": tier.active,
        **validity.as_json(tier.validity),
        "summary": _summary(tier),
        **_category(tier.category),
        "validation_rule_assignments": assignments_json(tier.rule_assignments.all()),
        "created_at": _told(tier.created_at),
        "updated_at": _told(tier.updated_at),
        "object": "promotion_tier",
    }


def tiers_json(tiers: Iterable[PromotionTier], total: int | None = None, *, has_more: bool = False) -> dict[str, Any]:
    """Tell a list of tiers, as a campaign has it within itself and as lists answer."""
    told = [tier_json(tier) for tier in tiers]
    count = len(told) if total is None else total
    return {"object": "list", "data_ref": "tiers", "tiers": told, "total": count, "has_more": has_more}


def stack_json(stack: PromotionStack) -> dict[str, Any]:
    ids = [place.tier.public_id for place in stack.stacked.all()]
    return {
        "id": stack.public_id,
        "name": stack.name,
        "tiers": {"ids": ids, "hierarchy_mode": "MANUAL"},
        "campaign_id": stack.campaign.public_id,
        **_category(stack.category),
        "created_at": _told(stack.created_at),
        "updated_at": _told(stack.updated_at),
        "object": "promotion_stack",
    }


def tier_reference(tier: PromotionTier) -> dict[str, Any]:
    """Return what events say of a tier."""
    named = {"id": tier.public_id, "name": tier.name, "banner": tier.banner or None, "metadata": tier.metadata}
    return {**named, "campaign": {"id": tier.campaign.public_id}, "object": "promotion_tier"}


def tier_particulars(tier: PromotionTier) -> dict[str, Any]:
    """Return what a message tells of a tier: what it takes off and when, too, but not what it gave."""
    return {**tier_reference(tier), "hierarchy": tier.hierarchy, **_terms(tier)}


def stack_reference(stack: PromotionStack) -> dict[str, Any]:
    """Return what events say of a stack."""
    named = {"id": stack.public_id, "name": stack.name, "campaign": {"id": stack.campaign.public_id}}
    return {**named, "object": "promotion_stack"}


def _terms(tier: PromotionTier) -> dict[str, Any]:
    return {
        "action": {"discount": {**with_effect(tier.discount), "is_dynamic": False}} if tier.discount else {},
        "start_date": _told(tier.start_date),
        "expiration_date": _told(tier.expiration_date),
    }


def _campaign(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.public_id,
        "start_date": _told(campaign.start_date),
        "expiration_date": _told(campaign.expiration_date),
        **validity.as_json(campaign.validity),
        "active": campaign.active,
        "category_id": campaign.category.public_id if campaign.category else None,
        "object": "campaign",
    }


def _summary(tier: PromotionTier) -> dict[str, Any]:
    parts = list(tier.counters.all())
    amounts = {
        "total_amount": sum(part.orders_amount for part in parts),
        "total_discount_amount": sum(part.discount_amount for part in parts),
    }
    return {"redemptions": {"total_redeemed": sum(part.redemptions for part in parts)}, "orders": amounts}


def _category(category: Category | None) -> dict[str, Any]:
    told = [categories.as_json(category)] if category else []
    return {"category_id": category.public_id if category else None, "categories": told}


def _told(at: datetime | None) -> str | None:
    return moment(at) if at else None
