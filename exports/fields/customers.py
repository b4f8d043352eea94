"""Customers as a file."""

from collections.abc import Sequence
from typing import Any

from access.filtering import Column, Kind
from customers.facts import facts_of
from customers.models import Customer
from exports.fields import Exportable
from exports.fields.reading import keyed, named

PLAIN = ("name", "description", "email", "phone", "source_id", "created_at", "updated_at")
# Where what apps know of a customer is kept while her row is written.
FACTS = "known_facts"
ADDRESS = ("city", "state", "line_1", "line_2", "country", "postal_code")
REDEMPTIONS = ("redeemed", "failed", "succeeded", "rolled_back", "rollback_failed", "rollback_succeeded")
ORDERS = ("total_amount", "total_count", "average_amount", "last_order_amount", "last_order_date")


def _prepare(rows: Sequence[Any]) -> None:
    facts = facts_of([customer.pk for customer in rows])
    for customer in rows:
        customer.known_facts = facts[customer.pk]


CUSTOMERS = Exportable(
    rows=lambda _about: Customer.objects.all(),
    fields={
        **{name: named(name) for name in PLAIN},
        "id": named("public_id"),
        "birthday": named("birthdate"),
        "birthdate": named("birthdate"),
        **{f"address_{part}": keyed("address", part) for part in ADDRESS},
        **{f"redemptions_total_{name}": keyed(FACTS, f"summary.redemptions.total_{name}") for name in REDEMPTIONS},
        **{f"orders_{name}": keyed(FACTS, f"summary.orders.{name}") for name in ORDERS},
        "loyalty_points": keyed(FACTS, "loyalty.points"),
        "loyalty_referred_customers": keyed(FACTS, "loyalty.referred_customers"),
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
)  # fmt: skip
