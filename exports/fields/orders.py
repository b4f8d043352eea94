"""Orders, products and variants as files."""

from collections.abc import Iterator

from django.db.models import F

from access.filtering import Column, Kind
from exports.fields import Exportable
from exports.fields.reading import named
from orders.models import Order, Product, Sku

SUMS = ("amount", "initial_amount", "discount_amount", "items_discount_amount", "total_amount")
OFF = F("discount_amount") + F("items_discount_amount")
MOMENTS = {
    "created_at": Column("created_at", Kind.MOMENT),
    "updated_at": Column("updated_at", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
}


def _buyer_and_referrer(order: Order) -> Iterator[int | None]:
    yield order.customer_id
    yield order.referrer_id


ORDERS = Exportable(
    rows=lambda _about: Order.objects.select_related("customer", "referrer"),
    fields={
        "id": named("public_id"),
        **{name: named(name) for name in ("source_id", "status", "created_at", "updated_at", *SUMS)},
        "total_discount_amount": named("total_discount_amount", OFF),
        "customer_id": named("customer.public_id"),
        "customer_source_id": named("customer.source_id"),
        "referrer_id": named("referrer.public_id"),
    },
    defaults=("id", "source_id", "status"),
    columns={
        "id": Column("public_id"),
        "source_id": Column("source_id"),
        "status": Column("status"),
        "customer_id": Column("customer__public_id"),
        "amount": Column("amount", Kind.NUMBER),
        "total_amount": Column("total_amount", Kind.NUMBER),
        **MOMENTS,
    },
    metadata=named("metadata"),
    people=_buyer_and_referrer,
)
PRODUCTS = Exportable(
    rows=lambda _about: Product.objects.all(),
    fields={
        "id": named("public_id"),
        **{name: named(name) for name in ("source_id", "name", "price", "attributes", "image_url", "created_at",
                                             "updated_at")},
    },
    defaults=("id", "source_id", "name", "price"),
    columns={"id": Column("public_id"), "source_id": Column("source_id"), "name": Column("name"),
             "price": Column("price", Kind.NUMBER), **MOMENTS},
    metadata=named("metadata"),
)  # fmt: skip
SKUS = Exportable(
    rows=lambda _about: Sku.objects.select_related("product"),
    fields={
        "id": named("public_id"),
        "product_id": named("product.public_id"),
        **{name: named(name) for name in ("source_id", "sku", "price", "currency", "attributes", "image_url",
                                             "created_at", "updated_at")},
    },
    defaults=("id", "source_id", "sku", "product_id", "price"),
    columns={"id": Column("public_id"), "source_id": Column("source_id"), "sku": Column("sku"),
             "product_id": Column("product__public_id"), **MOMENTS},
    metadata=named("metadata"),
)  # fmt: skip
