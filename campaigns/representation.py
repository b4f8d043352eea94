"""Campaigns, vouchers and publications as the API tells them. Load the rules on them for lists: ``with_rules``."""

from datetime import datetime
from typing import Any

from access.strict_json import moment
from campaigns import pictures
from campaigns.models import Campaign, Publication, Voucher
from campaigns.rules.representation import assignments_json
from customers import profiles


def _told(at: datetime | None) -> str | None:
    return moment(at) if at else None


def campaign_reference(campaign: Campaign) -> dict[str, Any]:
    """Return what events say of a campaign."""
    return {"id": campaign.public_id, "name": campaign.name, "object": "campaign"}


def campaign_json(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.public_id,
        "name": campaign.name,
        "description": campaign.description,
        "campaign_type": campaign.campaign_type,
        "type": campaign.type,
        "voucher": {
            "type": "DISCOUNT_VOUCHER",
            "discount": campaign.discount,
            "redemption": {"quantity": campaign.redemption_quantity},
            "code_config": campaign.code_config,
        },
        "join_once": campaign.join_once,
        "auto_join": False,
        "use_voucher_metadata_schema": False,
        "active": campaign.active,
        "protected": False,
        "start_date": _told(campaign.start_date),
        "expiration_date": _told(campaign.expiration_date),
        "activity_duration_after_publishing": campaign.activity_duration_after_publishing or None,
        "vouchers_count": campaign.codes_wanted,
        "vouchers_generated": campaign.codes_made,
        "creation_status": "DONE",
        "vouchers_generation_status": campaign.generation,
        "vouchers_generation_error": campaign.generation_error or None,
        "category": campaign.category or None,
        "category_id": None,
        "categories": [],
        "validation_rules_assignments": assignments_json(campaign.rule_assignments.all()),
        "metadata": campaign.metadata,
        "created_at": _told(campaign.created_at),
        "updated_at": _told(campaign.updated_at),
        "object": "campaign",
    }


def voucher_json(voucher: Voucher) -> dict[str, Any]:
    """Tell a voucher; its campaign and its holder must be loaded."""
    campaign = voucher.campaign
    address = f"/v1/vouchers/{voucher.code}"
    return {
        "id": voucher.public_id,
        "code": voucher.code,
        "campaign": campaign.name,
        "campaign_id": campaign.public_id,
        "category": campaign.category or None,
        "category_id": None,
        "categories": [],
        "type": "DISCOUNT_VOUCHER",
        "discount": campaign.discount,
        "gift": None,
        "loyalty_card": None,
        "start_date": _told(campaign.start_date),
        "expiration_date": _told(voucher.expires_at or campaign.expiration_date),
        "validity_timeframe": None,
        "validity_day_of_week": None,
        "validity_hours": None,
        "active": voucher.active and campaign.active,
        "additional_info": None,
        "metadata": voucher.metadata or {},
        "assets": assets(voucher.code),
        "is_referral_code": False,
        "holder_id": voucher.holder.public_id if voucher.holder else None,
        "referrer_id": None,
        "created_at": _told(voucher.created_at),
        "updated_at": _told(voucher.updated_at),
        "published_at": _told(voucher.published_at),
        "publish": {
            "object": "list",
            "count": 1 if voucher.holder_id else 0,
            "url": f"{address}/publications?page=1&limit=10",
        },
        "redemption": {
            "quantity": campaign.redemption_quantity,
            "redeemed_quantity": 0,
            "object": "list",
            "url": f"{address}/redemptions?page=1&limit=10",
        },
        "validation_rules_assignments": assignments_json(voucher.rule_assignments.all()),
        "object": "voucher",
    }


def assets(code: str) -> dict[str, Any]:
    """Return where a code's pictures are; a code that no barcode can say has none."""
    addresses = {kind: pictures.address(kind, code) for kind in pictures.kinds_of(code)}
    return {kind: {"id": url.rsplit("/", 1)[1].partition(".")[0], "url": url} for kind, url in addresses.items()}


def voucher_reference(voucher: Voucher, campaign: Campaign) -> dict[str, Any]:
    """Return what events say of a voucher."""
    named = {"id": voucher.public_id, "code": voucher.code, "object": "voucher"}
    return {
        **named,
        "discount": campaign.discount,
        "expiration_date": _told(voucher.expires_at or campaign.expiration_date),
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
