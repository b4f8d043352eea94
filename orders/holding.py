"""Locks of what an order's change touches, in the order in which everybody takes them: customers by id, then the order.

So nobody waits in a ring, and a customer cannot be erased while something is told of her.
"""

from collections.abc import Iterable

from customers.models import Customer
from orders.models import Order
from orders.querysets import OrderQuerySet


def hold(public_id: str | None, source_id: str | None, people: Iterable[Customer | None] = ()) -> Order | None:
    """Return the order that is meant, locked, its customer and these people locked before it; or None."""
    named = _named(public_id, source_id)
    owner = named.values_list("customer_id", flat=True).first() if named is not None else None
    hold_people({owner, *(person.pk for person in people if person)} - {None})
    return named.select_for_update().first() if named is not None else None


def hold_people(customer_ids: Iterable[int | None]) -> None:
    ids = [customer_id for customer_id in customer_ids if customer_id is not None]
    if ids:
        held = Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
        list(held.values_list("pk"))


def _named(public_id: str | None, source_id: str | None) -> OrderQuerySet | None:
    if public_id:
        return Order.objects.filter(public_id=public_id).order_by()
    return Order.objects.filter(source_id=source_id).order_by() if source_id else None
