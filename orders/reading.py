"""Which order an address or a request means, and the facts that others know of orders."""

from collections.abc import Sequence
from typing import Any, cast

from django.conf import settings
from django.utils.module_loading import import_string

from access.problems import not_found
from orders import lines
from orders.cart import Cart, Line
from orders.models import Order, OrderItem
from orders.representation import order_json
from orders.saying import OrderSaid


def find(id_or_source_id: str) -> Order | None:
    """Return an order by our id or the shop's, with what the API tells of it."""
    found = Order.objects.named(id_or_source_id).with_names()
    return cast(Order | None, min(found, key=lambda order: order.public_id != id_or_source_id, default=None))


def meant(said: OrderSaid) -> tuple[Order | None, Cart]:
    """Return which stored order was told, if any, and what counts of it: while it is open, its stored lines."""
    name = said.id or said.source_id
    known = lines.known_to(said.items or (), name)
    order = find(name) if name and known.is_stored else None
    if order is not None and order.status == Order.Status.CREATED:
        return order, cart_of(order).settled()
    return order, lines.cart_of(said, known)


def the_order(id_or_source_id: str) -> Order:
    order = find(id_or_source_id)
    if order is None:
        raise not_found("order", id_or_source_id)
    return order


def told(orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Tell orders with the redemptions that apps above know of: a fixed number of queries."""
    redemptions: dict[int, dict[str, Any]] = {}
    ids = [order.pk for order in orders]
    for path in settings.ORDER_FACTS if ids else ():
        redemptions |= import_string(path)(ids)
    return [order_json(order, redemptions.get(order.pk)) for order in orders]


def cart_of(order: Order) -> Cart:
    """Return a stored order, loaded ``with_names``, as plain numbers."""
    lines = tuple(_line(item) for item in order.items.all())
    return Cart(
        amount=order.amount,
        lines=lines,
        initial_amount=order.initial_amount,
        discount_amount=order.discount_amount,
        applied_discount_amount=order.applied_discount_amount,
    )


def _line(item: OrderItem) -> Line:
    said = {name: value for name, value in item.sums.items() if name != "subtotal_amount"}
    return Line(
        quantity=item.quantity,
        amount=item.amount,
        price=item.price,
        id=item.public_id,
        source_id=item.source_id,
        related_object=item.related_object,
        product=item.told.get("product"),
        sku=item.told.get("sku"),
        metadata=item.metadata,
        **said,
    )
