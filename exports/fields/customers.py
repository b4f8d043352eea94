"""Customers as a file."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from access.filtering import Column, Kind
from campaigns.models import Campaign, Redemption, Voucher
from customers.facts import facts_of
from customers.models import Customer
from exports.fields import Exportable
from exports.fields.reading import keyed, named
from rewards.models import Referral

PLAIN = ("name", "description", "email", "phone", "source_id", "created_at", "updated_at")
# Where what apps know of a customer is kept while her row is written.
FACTS = "known_facts"
ADDRESS = ("city", "state", "line_1", "line_2", "country", "postal_code")
_SUCCESS, _FAILURE = Redemption.Result.SUCCESS, Redemption.Result.FAILURE
_DONE, _TAKEN_BACK = Q(is_rollback=False, result=_SUCCESS), Q(is_rollback=True, result=_SUCCESS)
REDEMPTIONS = {
    "redeemed": _DONE,
    "failed": Q(is_rollback=False, result=_FAILURE),
    "succeeded": _DONE,
    "rolled_back": _TAKEN_BACK,
    "rollback_failed": Q(is_rollback=True, result=_FAILURE),
    "rollback_succeeded": _TAKEN_BACK,
}
ORDERS = ("total_amount", "total_count", "average_amount", "last_order_amount", "last_order_date")


def _prepare(rows: Sequence[Any]) -> None:
    facts = facts_of([customer.pk for customer in rows])
    for customer in rows:
        customer.known_facts = facts[customer.pk]


def _counted(which: Q) -> Coalesce:
    """Return how many redemptions of a customer are such: to sort by; what is told are the facts of her profile."""
    hers = Redemption.objects.filter(which, customer=OuterRef("pk")).exclude(related_object_type="redemption")
    return Coalesce(Subquery(hers.order_by().values("customer").annotate(count=Count("pk")).values("count")), 0)


def _points() -> Coalesce:
    cards = Voucher.objects.filter(holder=OuterRef("pk"), campaign__campaign_type=Campaign.Kind.LOYALTY_PROGRAM)
    return Coalesce(Subquery(cards.order_by().values("holder").annotate(sum=Sum("balance")).values("sum")), 0)


def _won() -> Coalesce:
    won = Referral.objects.filter(referrer=OuterRef("pk")).order_by()
    return Coalesce(Subquery(won.values("referrer").annotate(count=Count("pk")).values("count")), 0)


def _herself(customer: Customer) -> Iterator[int | None]:
    yield customer.pk


CUSTOMERS = Exportable(
    rows=lambda _about: Customer.objects.all(),
    fields={
        **{name: named(name) for name in PLAIN},
        "id": named("public_id"),
        "birthday": named("birthdate"),
        "birthdate": named("birthdate"),
        **{f"address_{part}": keyed("address", part) for part in ADDRESS},
        **{f"redemptions_total_{name}": keyed(FACTS, f"summary.redemptions.total_{name}", _counted(which))
           for name, which in REDEMPTIONS.items()},
        **{f"orders_{name}": keyed(FACTS, f"summary.orders.{name}", f"order_summary__{name}") for name in ORDERS},
        "loyalty_points": keyed(FACTS, "loyalty.points", _points()),
        "loyalty_referred_customers": keyed(FACTS, "loyalty.referred_customers", _won()),
    },
    defaults=("name", "source_id"),
    columns={
        "id": Column("public_id"),
        **{name: Column(name) for name in ("source_id", "name", "email", "phone")},
        "birthdate": Column("birthdate", Kind.DAY),
        "created_at": Column("created_at", Kind.MOMENT),
        "updated_at": Column("updated_at", Kind.MOMENT),
        "metadata": Column("metadata", Kind.METADATA),
    },
    metadata=named("metadata"),
    prepare=_prepare,
    people=_herself,
)  # fmt: skip
