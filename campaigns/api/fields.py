"""By which fields campaigns, vouchers, publications and movements can be filtered, and where these stand."""

import uuid

from django.db.models import F, Q
from django.db.models.functions import Now

from access.filtering import Column, Columns, Kind

_complete = Q(codes_made__gte=F("codes_wanted"))
_failed = Q(codes_made__lt=F("codes_wanted")) & ~Q(generation_error="")
_making = Q(codes_made__lt=F("codes_wanted"), generation_error="")


def voucher_key(text: str) -> uuid.UUID:
    """Return the number behind a voucher's id; raise ValueError where it is none."""
    return uuid.UUID(hex=text.removeprefix("v_"))


def voucher_type(text: str) -> str:
    """Return how a list tells the kind of a code: discount, gift or loyalty."""
    return text.lower().partition("_")[0]


def _campaign_type(text: str) -> str:
    return {"BULK": "STATIC"}.get(text.upper(), text.upper())


CAMPAIGNS: Columns = {
    "campaigns": Column("name"),
    "name": Column("name"),
    "campaigns_id": Column("public_id"),
    "id": Column("public_id"),
    "campaign_type": Column("campaign_type"),
    "status": Column(
        kind=Kind.STATE,
        states={
            "$active": _complete,
            "$failed": _failed,
            "$in_progress": _making,
            "$expired": _complete & Q(expiration_date__lte=Now()),
        },
    ),
    "campaign_status": Column("generation_told", read=str.upper),
    "voucher_type": Column("kind_told", read=voucher_type),
    "is_referral_code": Column("is_referral_told", Kind.FLAG),
    "active": Column("active", Kind.FLAG),
    "type": Column("type", read=_campaign_type),
    "categories": Column("category__name"),
    "category_ids": Column("category__public_id"),
    "created_date": Column("created_at", Kind.MOMENT),
    "created_at": Column("created_at", Kind.MOMENT),
    "updated_at": Column("updated_at", Kind.MOMENT),
    "start_date": Column("start_date", Kind.MOMENT),
    "expiration_date": Column("expiration_date", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
}
VOUCHERS: Columns = {
    "code": Column("code"),
    "id": Column("id", read=voucher_key),
    "campaign": Column("campaign__name"),
    "campaign_id": Column("campaign__public_id"),
    "campaign_type": Column("campaign__campaign_type"),
    "type": Column("kind_told", read=voucher_type),
    "voucher_type": Column("kind_told", read=voucher_type),
    "is_referral_code": Column("is_referral_told", Kind.FLAG),
    "category": Column("category__name"),
    "category_ids": Column("category__public_id"),
    "holder_id": Column("holder__public_id"),
    "customer_id": Column("holder__public_id"),
    "active": Column("active", Kind.FLAG),
    "created_at": Column("created_at", Kind.MOMENT),
    "updated_at": Column("updated_at", Kind.MOMENT),
    "start_date": Column("starts_at", Kind.MOMENT),
    "expiration_date": Column("expires_at", Kind.MOMENT),
    "balance": Column("balance", Kind.NUMBER),
    "redeemed_quantity": Column("redeemed_quantity", Kind.NUMBER),
    "metadata": Column("metadata", Kind.METADATA),
}
PUBLICATIONS: Columns = {
    "id": Column("public_id"),
    "customer_id": Column("customer__public_id"),
    "campaign_name": Column("campaign__name"),
    "parent_object_id": Column("campaign__public_id"),
    "related_object_id": Column("voucher_id", read=voucher_key),
    "voucher_type": Column("kind_told", read=voucher_type),
    "is_referral_code": Column("is_referral_told", Kind.FLAG),
    "source_id": Column("source_id"),
    "channel": Column("channel"),
    "created_at": Column("created_at", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
}
