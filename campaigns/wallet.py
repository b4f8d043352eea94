"""What a customer can redeem: the codes that she holds, as her wallet tells them."""

import uuid
from typing import Any

from django.db.models import QuerySet

from access.strict_json import moment
from campaigns.models import Voucher
from campaigns.representation import voucher_json
from customers.models import Customer

OWNER = "OWNER"


def held_by(customer: Customer, *, is_ascending: bool, after: uuid.UUID | None) -> QuerySet[Voucher]:
    """Return her codes in the order in which they were made, from beyond one of them on."""
    held = Voucher.objects.filter(holder=customer).with_names().order_by("id" if is_ascending else "-id")
    if after is None:
        return held
    return held.filter(id__gt=after) if is_ascending else held.filter(id__lt=after)


def holding_id(voucher: Voucher) -> str:
    """Return the name of the fact that somebody holds this code."""
    return f"rh_{voucher.id.hex}"


def as_json(voucher: Voucher, customer: Customer) -> dict[str, Any]:
    told = voucher_json(voucher)
    campaign = voucher.campaign
    return {
        "id": holding_id(voucher),
        "created_at": moment(voucher.published_at or voucher.created_at),
        "redeemable_id": voucher.public_id,
        "redeemable_object": "voucher",
        "customer_id": customer.public_id,
        "holder_role": OWNER,
        "campaign_id": campaign.public_id if campaign else None,
        "campaign_type": campaign.campaign_type if campaign else None,
        "voucher_type": told["type"],
        "redeemable": {"type": "voucher", "voucher": told},
        "object": "redeemable_holder",
    }
