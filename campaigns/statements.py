"""What moved on a card, as the API tells it. Asks the database nothing."""

from typing import Any

from access.strict_json import moment
from campaigns.incentives import GIFT
from campaigns.models import Transaction, Voucher

# Movements that somebody made by hand.
BY_HAND = {
    Transaction.Type.CREDITS_ADDITION,
    Transaction.Type.CREDITS_REMOVAL,
    Transaction.Type.POINTS_ADDITION,
    Transaction.Type.POINTS_REMOVAL,
}


def balance_json(voucher: Voucher, moved: Transaction) -> dict[str, Any]:
    """Return what a movement made of a card's balance."""
    is_gift = voucher.kind == GIFT
    return {
        "amount" if is_gift else "points": moved.amount,
        "total": moved.total,
        "balance": moved.balance,
        "type": "gift_voucher" if is_gift else "loyalty_card",
        "operation_type": "MANUAL" if moved.type in BY_HAND else "AUTOMATIC",
        "object": "balance",
        "related_object": {"type": "voucher", "id": voucher.public_id},
    }


def transaction_json(moved: Transaction) -> dict[str, Any]:
    """Tell a movement; its voucher and campaign must be loaded."""
    voucher = moved.voucher
    campaign = voucher.campaign
    redeemed = {"redemption": {"id": moved.redemption_id}} if moved.redemption_id else {}
    return {
        "id": moved.public_id,
        "source_id": moved.source_id,
        "voucher_id": voucher.public_id,
        "campaign_id": campaign.public_id if campaign else None,
        "type": moved.type,
        "source": moved.source or None,
        "reason": moved.reason or None,
        "related_transaction_id": moved.related.public_id if moved.related else None,
        "details": {"balance": balance_json(voucher, moved), **redeemed, **moved.details},
        "created_at": moment(moved.created_at),
    }
