"""What the pages show of orders and goods, in words: read in a fixed number of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.dateparse import parse_datetime

from access import money
from customers.models import Customer
from customers.wording import in_words
from events import catalogue
from events.lines import Line, line_of
from events.models import Event
from orders import reading
from orders.models import CollectedItem, Order, OrderItem, Product, ProductCollection, Sku

TONES = {"PAID": "good", "CANCELED": "warn", "FULFILLED": "accent"}
EVENTS = [name for name in catalogue.KNOWN if name.startswith(("order.", "customer.order.", "redemption."))]
EVENTS_MOST = 25
# Nothing leads from an order without a customer to its events but the time of its changes.
NEARBY = timedelta(minutes=1)
LATEST = 5
SKUS_MOST = 200


@dataclass(frozen=True)
class ShownLine:
    """A line of an order as a person reads it."""

    name: str
    detail: str
    quantity: int
    price: str
    amount: str
    discount: str
    product: str


@dataclass(frozen=True)
class Redeemed:
    """What an order was discounted by."""

    id: str
    kind: str
    about: str
    at: datetime | None
    is_rolled_back: bool


@dataclass(frozen=True)
class ShownSku:
    """A variant as a person reads it."""

    sku: Sku
    differs: str
    price: str


def price_of(goods: Product | Sku, currency: str) -> str:
    return "–" if goods.price is None else money.in_words(goods.price, currency)


def skus_of(product: Product, currency: str) -> list[ShownSku]:
    """Return the first variants of a product."""
    found = Sku.objects.filter(product=product).order_by("id")[:SKUS_MOST]
    return [
        ShownSku(sku, ", ".join(in_words(value) for value in sku.attributes.values()), price_of(sku, currency))
        for sku in found
    ]


def lines_of(order: Order, currency: str) -> list[ShownLine]:
    """Return the lines of an order, loaded ``with_names``."""
    return [_line(item, currency) for item in order.items.all()]


def _line(item: OrderItem, currency: str) -> ShownLine:
    product, sku = item.told.get("product") or {}, item.told.get("sku") or {}
    discount = item.sums.get("discount_amount", 0)
    return ShownLine(
        product.get("name") or item.source_id or product.get("source_id") or sku.get("source_id") or "An item",
        sku.get("sku") or sku.get("source_id") or "",
        item.quantity,
        "–" if item.price is None else money.in_words(item.price, currency),
        money.in_words(item.amount, currency),
        f"−{money.in_words(discount, currency)}" if discount else "",
        product.get("id") or "" if item.product_id else "",
    )


def sums_of(order: Order, currency: str) -> list[tuple[str, str]]:
    """Return how the order's total comes about, without the rows that are nothing."""
    rows = [
        ("Before discounts", order.amount),
        ("Off the items", -order.items_discount_amount),
        ("Off the order", -order.discount_amount),
    ]
    return [
        (label, f"−{money.in_words(-amount, currency)}" if amount < 0 else money.in_words(amount, currency))
        for label, amount in rows
        if amount
    ]


def redemptions_of(order: Order) -> list[Redeemed]:
    told: Mapping[str, Any] = reading.told([order])[0]["redemptions"]
    return [
        Redeemed(
            redemption_id,
            facts["related_object_type"],
            facts["related_object_id"],
            parse_datetime(facts["date"] or ""),
            facts["rollback_id"] is not None,
        )
        for redemption_id, facts in told.items()
    ]


def events_of(order: Order) -> list[Line]:
    """Return what happened with an order, latest first; looked up among its customer's events of these names."""
    found = Event.objects.filter(customer=order.customer_id, name__in=EVENTS, entity_id=order.public_id)
    if order.customer_id is None:
        near = Q(occurred_at__range=(order.created_at - NEARBY, order.created_at + NEARBY))
        at = order.updated_at or order.created_at
        found = found.filter(near | Q(occurred_at__range=(at - NEARBY, at + NEARBY)))
    return [line_of(event) for event in found.order_by("-occurred_at", "-id")[:EVENTS_MOST]]


def bought_by(customer: Customer) -> Sequence[Order]:
    return list(Order.objects.filter(customer=customer).order_by("-created_at", "-id")[:LATEST])


def search_orders(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Find orders by the beginning of the shop's id, by ours, or by the whole id or e-mail of their customer."""
    hers = Q(customer__in=list(Customer.objects.wholly_called(text).values_list("pk", flat=True)[:LATEST]))
    return orders.filter(Q(source_id__startswith=text) | Q(public_id=text) | hers)


def search_goods(products: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Find products by the beginning of their name or the shop's id, or by an id of theirs or of a variant."""
    own = Q(name__istartswith=text) | Q(source_id__startswith=text) | Q(public_id=text)
    variants = Q(skus__source_id=text) | Q(skus__public_id=text)
    return products.filter(pk__in=products.filter(own).values("pk").union(products.filter(variants).values("pk")))


def variants_of(products: Sequence[Product]) -> dict[int, int]:
    """Return how many variants each of these products has: one query."""
    of_these = Sku.objects.filter(product__in=[product.pk for product in products]).order_by()
    return dict(of_these.values_list("product").annotate(count=Count("pk")))


def collections_listing(product: Product) -> Sequence[ProductCollection]:
    """Return the collections that list a product or a variant of it."""
    inside = CollectedItem.objects.filter(Q(product=product) | Q(sku__product=product)).values("collection")
    return list(ProductCollection.objects.filter(pk__in=inside))
