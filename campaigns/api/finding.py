"""Which campaign, and which code, an address means."""

from typing import Any

from rest_framework.request import Request

from access.problems import not_found
from campaigns.models import Campaign, Voucher


def the_campaign(id_or_name: str) -> Campaign:
    """Return the campaign of this id, else the one of this name; raise Problem where there is none."""
    found = sorted(
        Campaign.objects.named(id_or_name).select_related("category"),
        key=lambda campaign: campaign.public_id != id_or_name,
    )
    if not found:
        raise not_found("campaign", id_or_name)
    return found[0]


def the_voucher(code_or_id: str) -> Voucher:
    """Return the voucher of this code, else the one of this id; raise Problem where there is none."""
    found = sorted(Voucher.objects.named(code_or_id).with_names(), key=lambda voucher: voucher.code != code_or_id)
    if not found:
        raise not_found("voucher", code_or_id)
    return found[0]


def body_of(request: Request) -> dict[str, Any]:
    return request.data if isinstance(request.data, dict) else {}
