"""Validations and redemptions as the API tells them. What is told is loaded before; this asks nothing."""

from collections.abc import Sequence
from typing import Any

from access.problems import Problem
from access.strict_json import moment
from campaigns.discounts import with_effect
from campaigns.incentives import GIFT, LOYALTY
from campaigns.models import PromotionTier, Redemption, Voucher
from campaigns.promotions.representation import tier_json
from campaigns.redeeming.counting import Thing
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.trying import APPLICABLE, INAPPLICABLE, Attempt, Tried
from campaigns.representation import voucher_json
from campaigns.rules import Target
from customers import profiles
from orders.cart import Cart, Line

NO_LIST = {"object": "list", "data_ref": "data", "data": [], "total": 0}


def cart_json(cart: Cart, situation: Situation | None = None) -> dict[str, Any]:
    """Tell an order as discounts left it."""
    customer = situation.customer if situation else None
    return {
        **cart.amounts(),
        "items": [_line_json(line) for line in cart.lines],
        "metadata": dict(situation.order_metadata) if situation else {},
        "customer_id": customer.public_id if customer else None,
        "referrer_id": None,
        "object": "order",
    }


def _line_json(line: Line) -> dict[str, Any]:
    product, sku = line.product or {}, line.sku or {}
    return {
        "object": "order_item",
        "source_id": line.source_id,
        "related_object": line.related_object,
        "product_id": product.get("id"),
        "sku_id": sku.get("id"),
        **line.amounts(),
        "product": dict(product) or None,
        "sku": dict(sku) or None,
        "metadata": dict(line.metadata),
    }


def redeemables(attempt: Attempt, situation: Situation) -> dict[str, Any]:
    """Tell what became of each part of a wish, sorted by whether it applies; of one that is refused, all in a row."""
    listed = attempt.applicable if is_valid(attempt, situation) else attempt.tried
    return {
        "redeemables": [_part(each, situation) for each in listed],
        "inapplicable_redeemables": [_inapplicable(each) for each in attempt.inapplicable],
        "skipped_redeemables": [_skipped(each) for each in attempt.skipped],
    }


def _part(tried: Tried, situation: Situation) -> dict[str, Any]:
    if tried.status == APPLICABLE:
        return _applicable(tried, situation, expanded="redeemable" in situation.wish.expand)
    return _inapplicable(tried) if tried.status == INAPPLICABLE else _skipped(tried)


def _named(tried: Tried) -> dict[str, Any]:
    asked = tried.candidate.asked
    return {"status": tried.status, "id": asked.id, "object": asked.object, "categories": categories_of(tried)}


def categories_of(tried: Tried) -> list[dict[str, Any]]:
    category = tried.candidate.category
    if category is None:
        return []
    named = {"id": category.public_id, "name": category.name, "hierarchy": category.hierarchy}
    return [{**named, "object": "category", "created_at": moment(category.created_at)}]


def _applicable(tried: Tried, situation: Situation, *, expanded: bool) -> dict[str, Any]:
    thing = tried.thing
    told = {
        **_named(tried),
        "order": cart_json(tried.cart, situation) if tried.cart else None,
        "applicable_to": targets_of(tried.applicable_to.included),
        "inapplicable_to": targets_of(tried.applicable_to.excluded),
        "result": result_of(tried),
        "metadata": (thing.metadata or {}) if thing else {},
        **of_promotion(tried),
    }
    return {**told, **(_expanded(thing) if expanded and thing else {}), **_named(tried)}


def of_promotion(tried: Tried) -> dict[str, Any]:
    """Tell what a shop shows of a tier, and to which promotion it belongs."""
    tier = tried.candidate.tier
    if tier is None:
        return {}
    campaign = {"campaign_name": tier.campaign.name, "campaign_id": tier.campaign.public_id}
    return {"name": tier.name, "banner": tier.banner or None, **campaign}


def _expanded(thing: Thing) -> dict[str, Any]:
    return tier_json(thing) if isinstance(thing, PromotionTier) else voucher_json(thing)


def result_of(tried: Tried) -> dict[str, Any]:
    thing = tried.thing
    if thing is None:
        return {}
    if thing.kind == GIFT:
        return {"gift": {"balance": thing.balance, "credits": tried.credits}}
    if thing.kind == LOYALTY:
        return {"loyalty_card": {"balance": thing.balance, "points": tried.credits}}
    terms = thing.discount_terms
    if not terms:
        return {}
    return {"discount": {**with_effect(terms, of_items=tried.applicable_to.names_items), "is_dynamic": False}}


def targets_of(targets: Sequence[Target]) -> dict[str, Any]:
    told = [
        {"object": each.object, "id": next(iter(sorted(each.names)), None), "effect": each.effect} for each in targets
    ]
    return {**NO_LIST, "data": told, "total": len(told)}


def _inapplicable(tried: Tried) -> dict[str, Any]:
    problem = tried.problem or Problem(400, "invalid_redeemables", "It cannot be redeemed")
    return {**_named(tried), "result": {"error": error_json(problem, tried.rule_message)}, "metadata": {}}


def error_json(problem: Problem, rule_message: str | None = None) -> dict[str, Any]:
    told = {
        "code": problem.status,
        "key": problem.key,
        "message": problem.message,
        "details": problem.details or problem.message,
        "resource_id": problem.resource_id,
        "resource_type": problem.resource_type,
    }
    return {**told, "error": {"message": rule_message}} if rule_message else told


def _skipped(tried: Tried) -> dict[str, Any]:
    because = tried.skipped_because
    details = {"message": because.replace("_", " ").capitalize(), "key": because}
    return {**_named(tried), "result": {"details": details}, "metadata": {}}


def redemption_json(redemption: Redemption) -> dict[str, Any]:
    """Tell a redemption or a rollback, loaded ``with_names``."""
    if redemption.is_rollback:
        return _rollback_json(redemption)
    voucher = redemption.voucher
    told = {
        **_common(redemption),
        "object": "redemption",
        "redemption": redemption.parent.public_id if redemption.parent else None,
        "status": redemption.status,
        "failure_code": redemption.failure_code or None,
        "failure_message": redemption.failure_message or None,
        "channel": {"channel_id": redemption.channel_id or None, "channel_type": redemption.channel_type},
        "related_object_type": redemption.related_object_type,
        "related_object_id": redemption.related_object_id or None,
        "promotion_tier": tier_json(redemption.promotion_tier) if redemption.promotion_tier else None,
        "session": {"key": redemption.session_key} if redemption.session_key else None,
    }
    if voucher is not None:
        told["voucher"] = voucher_json(voucher)
    return {**told, **_used(redemption, voucher)}


def _used(redemption: Redemption, voucher: Voucher | None) -> dict[str, Any]:
    if voucher is None or redemption.amount is None:
        return {}
    return (
        {"gift": {"amount": redemption.amount}}
        if voucher.kind == GIFT
        else {"loyalty_card": {"points": redemption.amount}}
    )


def _common(redemption: Redemption) -> dict[str, Any]:
    customer = redemption.customer
    return {
        "id": redemption.public_id,
        "date": moment(redemption.created_at),
        "customer_id": customer.public_id if customer else None,
        "customer": profiles.simple(customer) if customer else None,
        "tracking_id": redemption.tracking_id or None,
        "metadata": redemption.metadata,
        "amount": redemption.amount,
        "result": redemption.result,
        "order": redemption.order,
        "reward": redemption.reward,
        "related_redemptions": _related(redemption),
    }


def _related(redemption: Redemption) -> dict[str, Any]:
    """Name what took a redemption back or was tried to, what a rollback took back, and the parts of a stack."""
    if redemption.is_rollback:
        back = [redemption.takes_back] if redemption.takes_back else []
        return {"rollbacks": [], "redemptions": [_mentioned(each) for each in back]}
    parts = redemption.children.all() if redemption.related_object_type == Redemption.Related.REDEMPTION else ()
    return {
        "rollbacks": [_mentioned(each) for each in redemption.rollbacks.all()],
        "redemptions": [_mentioned(each) for each in parts],
    }


def _mentioned(redemption: Redemption) -> dict[str, Any]:
    return {"id": redemption.public_id, "date": moment(redemption.created_at)}


def _rollback_json(rollback: Redemption) -> dict[str, Any]:
    told = {
        **_common(rollback),
        "object": "redemption_rollback",
        "redemption": rollback.takes_back.public_id if rollback.takes_back else None,
        "reason": rollback.reason or None,
        "status": "SUCCEEDED" if rollback.result == Redemption.Result.SUCCESS else "FAILED",
        "failure_code": rollback.failure_code or None,
        "failure_message": rollback.failure_message or None,
        "channel": {"channel_id": rollback.channel_id or None, "channel_type": rollback.channel_type},
    }
    tier = {"promotion_tier": tier_json(rollback.promotion_tier)} if rollback.promotion_tier else {}
    return {**told, **tier, **({"voucher": voucher_json(rollback.voucher)} if rollback.voucher else {})}


def reference(redemption: Redemption) -> dict[str, Any]:
    """Return what events say of a redemption."""
    return {
        "id": redemption.public_id,
        "object": "redemption_rollback" if redemption.is_rollback else "redemption",
        "result": redemption.result,
        "amount": redemption.amount,
        "failure_code": redemption.failure_code or None,
        "failure_message": redemption.failure_message or None,
        "reason": redemption.reason or None,
    }


def is_valid(attempt: Attempt, situation: Situation) -> bool:
    """Tell whether a wish may go on: whole, or where the project takes parts, with at least one of them."""
    if situation.stacking.is_partial:
        return bool(attempt.applicable)
    return not attempt.inapplicable and bool(attempt.applicable)
