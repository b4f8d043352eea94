"""Codes, publications, redemptions and what moved on cards, as files."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from access.filtering import Column, Kind
from campaigns.incentives import GIFT, LOYALTY
from campaigns.models import Publication, Redemption, Transaction, Voucher
from exports.fields import Exportable
from exports.fields.reading import keyed, named

CREATED = {"created_at": Column("created_at", Kind.MOMENT)}
WORTH = ("amount_off", "percent_off", "unit_off", "fixed_amount")
NARROWED = {"voucher": "voucher__code", "campaign": "campaign__public_id"}
METADATA = {"metadata": Column("metadata", Kind.METADATA)}


def _value(voucher: Voucher) -> Any:
    """Return what a code is worth: its discount's number, or what is on its card."""
    if voucher.balance is not None:
        return voucher.loaded
    terms = voucher.discount_terms or {}
    return next((terms[name] for name in WORTH if name in terms), None)


def _transactions(about: Mapping[str, str]) -> QuerySet[Any]:
    narrowing = {path: about[name] for name, path in NARROWED.items() if name in about}
    return Transaction.objects.filter(**narrowing).select_related("voucher", "campaign")


VOUCHERS = Exportable(
    rows=lambda _about: Voucher.objects.with_names(),
    fields={
        "id": named("public_id"),
        "code": named("code"),
        "voucher_type": named("kind"),
        "value": _value,
        "discount_type": lambda voucher: (voucher.discount_terms or {}).get("type"),
        "campaign": named("campaign.name"),
        "campaign_id": named("campaign.public_id"),
        "category": named("category.name"),
        "start_date": named("begins_at"),
        "expiration_date": named("ends_at"),
        "gift_balance": lambda voucher: voucher.balance if voucher.kind == GIFT else None,
        "loyalty_balance": lambda voucher: voucher.balance if voucher.kind == LOYALTY else None,
        "redemption_quantity": named("quantity"),
        "redemption_count": named("redeemed_quantity"),
        "active": named("active"),
        "qr_code": named("code"),
        "bar_code": named("code"),
        "additional_info": named("additional_info"),
        "customer_id": named("holder.public_id"),
        "customer_source_id": named("holder.source_id"),
        "created_at": named("created_at"),
        "updated_at": named("updated_at"),
    },
    defaults=("code", "voucher_type", "value", "discount_type"),
    columns={"code": Column("code"), "campaign": Column("campaign__name"), "campaign_id": Column("campaign__public_id"),
             "customer_id": Column("holder__public_id"), **CREATED, **METADATA},
    metadata=named("metadata"),
)  # fmt: skip
PUBLICATIONS = Exportable(
    rows=lambda _about: Publication.objects.select_related("voucher", "customer", "campaign"),
    fields={
        "voucher_code": named("voucher.code"),
        "customer_id": named("customer.public_id"),
        "customer_source_id": named("customer.source_id"),
        "date": named("created_at"),
        "channel": named("channel"),
        "campaign": named("campaign.name"),
        "is_winner": lambda _publication: None,
    },
    defaults=("voucher_code", "customer_id", "date", "channel"),
    columns={"voucher_code": Column("voucher__code"), "customer_id": Column("customer__public_id"),
             "campaign_id": Column("campaign__public_id"), "channel": Column("channel"), **CREATED, **METADATA},
    metadata=named("metadata"),
)  # fmt: skip
REDEMPTIONS = Exportable(
    rows=lambda _about: Redemption.objects.exclude(related_object_type="redemption").select_related(
        "voucher__campaign", "customer", "campaign", "promotion_tier"
    ),
    fields={
        "id": named("public_id"),
        "object": lambda redemption: "redemption_rollback" if redemption.is_rollback else "redemption",
        "date": named("created_at"),
        "voucher_code": named("voucher.code"),
        "campaign": named("campaign.name"),
        "promotion_tier_id": named("promotion_tier.public_id"),
        "customer_id": named("customer.public_id"),
        "customer_source_id": named("customer.source_id"),
        "customer_name": named("customer.name"),
        "tracking_id": named("tracking_id"),
        "order_id": named("order_public_id"),
        "order_amount": keyed("order", "amount"),
        "gift_amount": lambda redemption: redemption.amount if _is(redemption, GIFT) else None,
        "loyalty_points": lambda redemption: redemption.amount if _is(redemption, LOYALTY) else None,
        "result": named("result"),
        "failure_code": named("failure_code"),
        "failure_message": named("failure_message"),
    },
    defaults=("id", "object", "voucher_code", "customer_id", "date", "result"),
    columns={"voucher_code": Column("voucher__code"), "campaign_id": Column("campaign__public_id"),
             "customer_id": Column("customer__public_id"), "result": Column("result"),
             "failure_code": Column("failure_code"), **CREATED, **METADATA},
    metadata=named("metadata"),
)  # fmt: skip
TRANSACTIONS = Exportable(
    rows=_transactions,
    fields={
        "id": named("public_id"),
        "type": named("type"),
        "source_id": named("source_id"),
        "reason": named("reason"),
        "source": named("source"),
        "balance": named("balance"),
        "amount": named("amount"),
        "related_transaction_id": named("related.public_id"),
        "created_at": named("created_at"),
        "details": named("details"),
        "voucher_id": named("voucher.public_id"),
        "campaign_id": named("campaign.public_id"),
    },
    defaults=("id", "type", "source_id", "reason", "balance", "amount", "created_at", "voucher_id", "campaign_id"),
    columns={"voucher_code": Column("voucher__code"), "campaign_id": Column("campaign__public_id"),
             "type": Column("type"), **CREATED},
)  # fmt: skip


def _is(redemption: Redemption, kind: str) -> bool:
    return redemption.voucher is not None and redemption.voucher.kind == kind
