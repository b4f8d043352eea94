"""Locks of what an order's change touches, in the order in which everybody takes them: first the turn at its name.

Then customers by id, then the order: so nobody waits in a ring, whose it is stays so while she is being locked, and a
customer cannot be erased while something is told of her.
"""

from collections.abc import Collection, Iterable
from typing import Final

from access import turns
from customers import recalling
from customers.models import Customer
from orders.models import Order
from orders.querysets import OrderQuerySet

PREFIX: Final = "ord_"


def take_turns(names: Iterable[str | None]) -> None:
    """Wait until nobody else places or changes orders of these names, ours or the shop's; before anybody is held."""
    wanted = {name for name in names if name}
    if ours := [name for name in wanted if name.startswith(PREFIX)]:
        # Whoever knows it by the shop's name has the turn at that.
        shops = Order.objects.filter(public_id__in=ours).exclude(source_id=None).order_by()
        wanted |= set(shops.values_list("source_id", flat=True))
    turns.take("orders", wanted)


def hold(public_id: str | None, source_id: str | None, names: Collection[str] = ()) -> set[int]:
    """Take the turn at the order that is meant, and lock its customer and whom of these names we know: their keys."""
    take_turns([public_id or source_id])
    named = _named(public_id, source_id)
    owner = named.values_list("customer_id", flat=True).first() if named is not None else None
    return {person.pk for person in recalling.held(names, owner).values()}


def lock(public_id: str | None, source_id: str | None) -> Order | None:
    """Return the order that is meant, locked; its people must be held."""
    named = _named(public_id, source_id)
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
