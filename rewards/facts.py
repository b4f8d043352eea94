"""What loyalty and referrals say of customers, for their JSON: set-wise, three queries."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from access import statements
from access.strict_json import moment

CARDS = """
SELECT v.holder_id, c.name, coalesce(v.balance, 0),
       coalesce(coalesce(v.loaded, 0) - coalesce(v.subtracted, 0) - coalesce(v.expired, 0) - v.balance, 0)
FROM campaigns_voucher v JOIN campaigns_campaign c ON c.id = v.campaign_id
WHERE v.holder_id = ANY((SELECT %s)::bigint[]) AND v.deleted_at IS NULL AND c.campaign_type = 'LOYALTY_PROGRAM'
ORDER BY v.id
"""
WON = """
SELECT referrer_id, count(*) FROM rewards_referral WHERE referrer_id = ANY((SELECT %s)::bigint[]) GROUP BY referrer_id
"""
WON_BY = """
SELECT r.referee_id, c.public_id, w.public_id, r.redemption_id, r.event_id, r.created_at
FROM rewards_referral r JOIN campaigns_campaign c ON c.id = r.campaign_id
     JOIN customers_customer w ON w.id = r.referrer_id
WHERE r.referee_id = ANY((SELECT %s)::bigint[]) ORDER BY r.id
"""


def of_customers(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return what is on these customers' cards, whom they won, and by whom they were won."""
    told: dict[int, dict[str, Any]] = defaultdict(_nothing)
    for referrer, count in statements.rows(WON, [list(customer_ids)]):
        told[referrer]["loyalty"]["referred_customers"] = count
    for holder, *card in statements.rows(CARDS, [list(customer_ids)]):
        _add(told[holder], *card)
    for referee, *referral in statements.rows(WON_BY, [list(customer_ids)]):
        _note(told[referee], *referral)
    return dict(told)


def _nothing() -> dict[str, Any]:
    return {
        "summary": {"redemptions": {"loyalty_card": {"redeemed_points": 0, "points_to_go": 0}}},
        "loyalty": {"points": 0, "referred_customers": 0, "campaigns": {}},
        "referrals": {"total": 0, "campaigns": []},
    }


def _add(told: dict[str, Any], program: str, points: int, redeemed: int) -> None:
    summed = told["summary"]["redemptions"]["loyalty_card"]
    summed["redeemed_points"] += redeemed
    summed["points_to_go"] += points
    told["loyalty"]["points"] += points
    told["loyalty"]["campaigns"][program] = {"points": points, "loyalty_tier": None, "referred_customers": 0}


def _note(
    told: dict[str, Any], campaign: str, referrer: str, redemption: str, event: UUID, created_at: datetime
) -> None:
    told["referrals"]["total"] += 1
    told["referrals"]["campaigns"].append(
        {
            "campaign_id": campaign,
            "referrer_id": referrer,
            "related_object_id": redemption or f"evt_{event.hex}",
            "related_object_type": "redemption" if redemption else "event",
            "date": moment(created_at),
        }
    )
