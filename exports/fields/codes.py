"""Codes, publications, redemptions and what moved on cards, as files."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from access.filtering import Column, Kind
from campaigns import pictures
from campaigns.incentives import GIFT, LOYALTY
from campaigns.models import Publication, Redemption, Transaction, Voucher
from exports.fields import Exportable, sorting
from exports.fields.reading import Field, keyed, named

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


def _of_discount(name: str) -> Field:
    return Field(lambda voucher: (voucher.discount_terms or {}).get(name), sorting.of_discount(name))


def _of_validity(*path: str) -> Field:
    """Read its own hours and days before the campaign's; several are told with commas between them."""

    def read(voucher: Voucher) -> Any:
        value: Any = voucher.validity or (voucher.campaign.validity if voucher.campaign else None)
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return ",".join(map(str, value)) if isinstance(value, list) else value

    return Field(read, sorting.of_validity(*path))


def _rules(voucher: Voucher) -> str:
    return ",".join(sorted(one.rule.public_id for one in voucher.rule_assignments.all()))


def _holder(voucher: Voucher) -> Iterator[int | None]:
    yield voucher.holder_id


def _customer(row: Any) -> Iterator[int | None]:
    yield row.customer_id


def _balance_of(kind: str) -> Field:
    return Field(lambda voucher: voucher.balance if voucher.kind == kind else None, "balance")


def _moved(kind: str) -> Field:
    return Field(lambda redemption: redemption.amount if _is(redemption, kind) else None, "amount")


def _transactions(about: Mapping[str, str]) -> QuerySet[Any]:
    narrowing = {path: about[name] for name, path in NARROWED.items() if name in about}
    return Transaction.objects.filter(**narrowing).select_related("voucher", "campaign")


def _is(redemption: Redemption, kind: str) -> bool:
    return redemption.voucher is not None and redemption.voucher.kind == kind


def _unit_effect(voucher: Voucher) -> Any:
    """Return what is done with free goods: only discounts of goods say it."""
    terms = voucher.discount_terms or {}
    return terms.get("effect") if terms.get("type") == "UNIT" else None


def _bar_code(voucher: Voucher) -> str | None:
    return pictures.address("barcode", voucher.code) if "barcode" in pictures.kinds_of(voucher.code) else None


def _vouchers(about: Mapping[str, str]) -> QuerySet[Any]:
    found = Voucher.objects.with_names()
    return found.filter(campaign__public_id=about["campaign"]) if "campaign" in about else found


VOUCHERS = Exportable(
    rows=_vouchers,
    fields={
        "id": named("public_id"),
        "code": named("code"),
        "voucher_type": named("kind", sorting.KIND),
        "value": Field(_value, sorting.worth(WORTH)),
        "discount_type": _of_discount("type"),
        "discount_effect": _of_discount("effect"),
        "discount_amount_limit": _of_discount("amount_limit"),
        "discount_unit_type": _of_discount("unit_type"),
        "discount_unit_effect": Field(_unit_effect, sorting.UNIT_EFFECT),
        "formula": Field(lambda _voucher: None),
        "is_referral_code": named("is_referral_code", sorting.IS_REFERRAL),
        "campaign": named("campaign.name"),
        "campaign_id": named("campaign.public_id"),
        "category": named("category.name"),
        "start_date": named("begins_at", Coalesce("starts_at", "campaign__start_date")),
        "expiration_date": named("ends_at", Coalesce("expires_at", "campaign__expiration_date")),
        "validity_timeframe_interval": _of_validity("timeframe", "interval"),
        "validity_timeframe_duration": _of_validity("timeframe", "duration"),
        "validity_day_of_week": _of_validity("day_of_week"),
        "validation_rules_id": Field(_rules),
        "gift_balance": _balance_of(GIFT),
        "loyalty_balance": _balance_of(LOYALTY),
        "redemption_quantity": named("quantity"),
        "redemption_count": named("redeemed_quantity"),
        "active": named("active"),
        "qr_code": Field(lambda voucher: pictures.address("qr", voucher.code)),
        "bar_code": Field(_bar_code),
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
    people=_holder,
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
        "is_winner": Field(lambda _publication: None),
    },
    defaults=("voucher_code", "customer_id", "date", "channel"),
    columns={"voucher_code": Column("voucher__code"), "customer_id": Column("customer__public_id"),
             "campaign_id": Column("campaign__public_id"), "channel": Column("channel"), **CREATED, **METADATA},
    metadata=named("metadata"),
    people=_customer,
)  # fmt: skip
REDEMPTIONS = Exportable(
    rows=lambda _about: Redemption.objects.exclude(related_object_type="redemption").select_related(
        "voucher__campaign", "customer", "campaign", "promotion_tier"
    ),
    fields={
        "id": named("public_id"),
        "object": Field(lambda row: "redemption_rollback" if row.is_rollback else "redemption", "is_rollback"),
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
        "gift_amount": _moved(GIFT),
        "loyalty_points": _moved(LOYALTY),
        "result": named("result"),
        "failure_code": named("failure_code"),
        "failure_message": named("failure_message"),
    },
    defaults=("id", "object", "voucher_code", "customer_id", "date", "result"),
    columns={"voucher_code": Column("voucher__code"), "campaign_id": Column("campaign__public_id"),
             "customer_id": Column("customer__public_id"), "result": Column("result"),
             "failure_code": Column("failure_code"), **CREATED, **METADATA},
    metadata=named("metadata"),
    people=_customer,
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
        "voucher_id": named("voucher.public_id", "voucher"),
        "campaign_id": named("campaign.public_id"),
    },
    defaults=("id", "type", "source_id", "reason", "balance", "amount", "created_at", "voucher_id", "campaign_id"),
    columns={"voucher_code": Column("voucher__code"), "campaign_id": Column("campaign__public_id"),
             "type": Column("type"), **CREATED},
)  # fmt: skip
