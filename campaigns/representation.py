"""Campaigns, vouchers and publications as the API tells them. Load rules and tiers for lists: ``with_rules``."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from access.strict_json import moment
from campaigns import categories, incentives, lapsing, pictures, validity
from campaigns.incentives import BLOCKS, DISCOUNT, GIFT, LOYALTY
from campaigns.models import Campaign, Category, Publication, Voucher
from campaigns.promotions.representation import tiers_json
from campaigns.rules.representation import assignments_json
from customers import profiles


def _told(at: datetime | None) -> str | None:
    return moment(at) if at else None


def campaign_reference(campaign: Campaign) -> dict[str, Any]:
    """Return what events say of a campaign."""
    named = {"id": campaign.public_id, "name": campaign.name, "object": "campaign"}
    return {**named, "campaign_type": campaign.campaign_type}


def campaign_json(campaign: Campaign, *, expanded: bool = True) -> dict[str, Any]:
    """Tell a campaign; its category must be loaded."""
    return {
        "id": campaign.public_id,
        "name": campaign.name,
        "description": campaign.description,
        "campaign_type": campaign.campaign_type,
        "type": campaign.type,
        "voucher": _voucher_block(campaign),
        **({"referral_program": campaign.referral_program} if campaign.is_referral else {}),
        **({"promotion": tiers_json(campaign.tiers.all())} if campaign.is_promotion else {}),
        "join_once": campaign.join_once,
        "auto_join": campaign.auto_join,
        "use_voucher_metadata_schema": campaign.use_voucher_metadata_schema,
        "active": campaign.active,
        "protected": campaign.protected,
        "start_date": _told(campaign.start_date),
        "expiration_date": _told(campaign.expiration_date),
        **validity.as_json(campaign.validity),
        "activity_duration_after_publishing": campaign.activity_duration_after_publishing or None,
        "vouchers_count": campaign.codes_wanted,
        "vouchers_generated": campaign.codes_made,
        "creation_status": "DONE",
        "vouchers_generation_status": campaign.generation,
        "vouchers_generation_error": campaign.generation_error or None,
        **_category(campaign.category, expanded=expanded),
        "validation_rules_assignments": assignments_json(campaign.rule_assignments.all()),
        "metadata": campaign.metadata,
        "created_at": _told(campaign.created_at),
        "updated_at": _told(campaign.updated_at),
        "object": "campaign",
    }


def _voucher_block(campaign: Campaign) -> dict[str, Any] | None:
    """Return what the campaign's codes are like; the terms of a gift are told as an amount put on each."""
    kind = campaign.voucher_kind
    if kind is None:
        return None
    return {
        "type": kind,
        BLOCKS[kind]: incentives.told(kind, campaign.incentive),
        "redemption": {"quantity": campaign.redemption_quantity},
        "code_config": campaign.code_config,
        "is_referral_code": campaign.is_referral,
    }


def _category(category: Category | None, *, expanded: bool = True) -> dict[str, Any]:
    return {
        "category": category.name if category else None,
        "category_id": category.public_id if category else None,
        "categories": [categories.as_json(category)] if category and expanded else [],
    }


def voucher_json(voucher: Voucher) -> dict[str, Any]:
    """Tell a voucher; load it ``with_names``."""
    campaign = voucher.campaign
    address = f"/v1/vouchers/{voucher.code}"
    holder = voucher.holder.public_id if voucher.holder else None
    return {
        "id": voucher.public_id,
        "code": voucher.code,
        "campaign": campaign.name if campaign else None,
        "campaign_id": campaign.public_id if campaign else None,
        **_category(voucher.category or (campaign.category if campaign else None)),
        "type": voucher.kind,
        **_terms(voucher),
        "start_date": _told(voucher.begins_at),
        "expiration_date": _told(voucher.ends_at),
        **validity.as_json(voucher.validity or (campaign.validity if campaign else None)),
        "active": voucher.active and (campaign is None or campaign.active),
        "additional_info": voucher.additional_info,
        "metadata": voucher.metadata or {},
        "assets": assets(voucher.code),
        "is_referral_code": voucher.is_referral_code if voucher.kind == DISCOUNT else None,
        "holder_id": holder,
        "referrer_id": holder if voucher.is_referral_code else None,
        "created_at": _told(voucher.created_at),
        "updated_at": _told(voucher.updated_at),
        "published_at": _told(voucher.published_at),
        "publish": {
            "object": "list",
            "count": 1 if voucher.holder_id else 0,
            "url": f"{address}/publications?page=1&limit=10",
        },
        "redemption": {
            "quantity": voucher.quantity,
            "redeemed_quantity": voucher.redeemed_quantity,
            **_redeemed(voucher),
            "object": "list",
            "url": f"{address}/redemptions?page=1&limit=10",
        },
        "validation_rules_assignments": assignments_json(voucher.rule_assignments.all()),
        "object": "voucher",
    }


def _terms(voucher: Voucher) -> dict[str, Any]:
    """Return what a code gives under the name of its kind; the other names hold nothing."""
    told = dict.fromkeys(BLOCKS.values())
    return {**told, BLOCKS[voucher.kind]: TERMS[voucher.kind](voucher)}


def _gift(voucher: Voucher) -> dict[str, Any]:
    return {
        "amount": voucher.loaded or 0,
        "subtracted_amount": voucher.subtracted or 0,
        "balance": voucher.balance or 0,
        "effect": voucher.incentive.get("effect"),
    }


def _loyalty_card(voucher: Voucher) -> dict[str, Any]:
    lapsing_next = next(iter(lapsing.remaining(voucher.lapses, voucher.left_it)), None)
    return {
        "points": voucher.loaded or 0,
        "balance": voucher.balance or 0,
        "expired_points": voucher.expired or 0,
        "subtracted_points": voucher.subtracted or 0,
        "pending_points": voucher.pending or 0,
        "next_expiration_date": lapsing_next[0].isoformat() if lapsing_next else None,
        "next_expiration_points": lapsing_next[1] if lapsing_next else None,
    }


def _discount(voucher: Voucher) -> dict[str, Any] | None:
    terms = voucher.discount_terms
    return incentives.told(DISCOUNT, terms) if terms else None


TERMS: dict[str, Callable[[Voucher], dict[str, Any] | None]] = {
    DISCOUNT: _discount, GIFT: _gift, LOYALTY: _loyalty_card,
}  # fmt: skip


def _redeemed(voucher: Voucher) -> dict[str, Any]:
    """Return how much of a card was used, under the name of what is on it."""
    name = {GIFT: "redeemed_amount", LOYALTY: "redeemed_points"}.get(voucher.kind)
    return {name: voucher.redeemed_balance or 0} if name else {}


def assets(code: str) -> dict[str, Any]:
    """Return where a code's pictures are; a code that no barcode can say has none."""
    addresses = {kind: pictures.address(kind, code) for kind in pictures.kinds_of(code)}
    return {kind: {"id": url.rsplit("/", 1)[1].partition(".")[0], "url": url} for kind, url in addresses.items()}


def voucher_reference(voucher: Voucher) -> dict[str, Any]:
    """Return what events say of a voucher."""
    named = {"id": voucher.public_id, "code": voucher.code, "type": voucher.kind, "object": "voucher"}
    card = {"balance": voucher.balance} if voucher.balance is not None else {}
    block = BLOCKS[voucher.kind]
    return {
        **named,
        block: incentives.told(voucher.kind, voucher.incentive),
        **card,
        "expiration_date": _told(voucher.ends_at),
    }


def publication_reference(publication: Publication) -> dict[str, Any]:
    """Return what events say of a publication."""
    named = {"id": publication.public_id, "object": "publication"}
    return {**named, "source_id": publication.source_id, "channel": publication.channel}


def publication_json(publication: Publication, *, as_created: bool = False) -> dict[str, Any]:
    """Tell a publication; load it ``with_names``. Clients accept only API as the channel of one just created."""
    vouchers = [publication.voucher, *(part.voucher for part in publication.parts.all())]
    told = {
        "id": publication.public_id,
        "object": "publication",
        "created_at": _told(publication.created_at),
        "customer_id": publication.customer.public_id,
        "tracking_id": None,
        "metadata": publication.metadata,
        "channel": "API" if as_created else publication.channel,
        "source_id": publication.source_id,
        "result": "SUCCESS",
        "customer": profiles.simple(publication.customer),
        "vouchers_id": [voucher.public_id for voucher in vouchers],
    }
    if len(vouchers) > 1:
        return {**told, "vouchers": [voucher.code for voucher in vouchers]}
    return {**told, "voucher": voucher_json(publication.voucher)}
