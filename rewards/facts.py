"""What loyalty and referrals say of customers, for their JSON: set-wise, three queries."""

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Count

from access.strict_json import moment
from campaigns.models import Voucher
from rewards.models import Referral


def of_customers(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return what is on these customers' cards, whom they won, and by whom they were won."""
    told: dict[int, dict[str, Any]] = defaultdict(_nothing)
    won = dict(_won(customer_ids))
    for customer_id, count in won.items():
        told[customer_id]["loyalty"]["referred_customers"] = count
    for card in _cards(customer_ids):
        _add(told[card.holder_id or 0], card)
    for referral in Referral.objects.filter(referee__in=customer_ids).select_related("campaign", "referrer", "voucher"):
        _note(told[referral.referee_id], referral)
    return dict(told)


def _nothing() -> dict[str, Any]:
    return {
        "summary": {"redemptions": {"loyalty_card": {"redeemed_points": 0, "points_to_go": 0}}},
        "loyalty": {"points": 0, "referred_customers": 0, "campaigns": {}},
        "referrals": {"total": 0, "campaigns": []},
    }


def _won(customer_ids: Collection[int]) -> Any:
    rows = Referral.objects.filter(referrer__in=customer_ids).order_by()
    return rows.values("referrer").annotate(n=Count("id")).values_list("referrer", "n")


def _cards(customer_ids: Collection[int]) -> Any:
    held = Voucher.objects.filter(holder__in=customer_ids, campaign__campaign_type="LOYALTY_PROGRAM")
    return held.select_related("campaign")


def _add(told: dict[str, Any], card: Voucher) -> None:
    points, name = card.balance or 0, card.campaign.name if card.campaign else ""
    summed = told["summary"]["redemptions"]["loyalty_card"]
    summed["redeemed_points"] += card.redeemed_balance or 0
    summed["points_to_go"] += points
    told["loyalty"]["points"] += points
    told["loyalty"]["campaigns"][name] = {"points": points, "loyalty_tier": None, "referred_customers": 0}


def _note(told: dict[str, Any], referral: Referral) -> None:
    told["referrals"]["total"] += 1
    told["referrals"]["campaigns"].append(
        {
            "campaign_id": referral.campaign.public_id,
            "referrer_id": referral.referrer.public_id,
            "related_object_id": referral.redemption_id or f"evt_{referral.event_id.hex}",
            "related_object_type": "redemption" if referral.redemption_id else "event",
            "date": moment(referral.created_at),
        }
    )
