"""Orders come to be and change: the only writer of their tables. Each real change is told once, in its transaction.

Two calls with one ``source_id`` at the same time make one order: the second waits for the first and changes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from access.clock import database_now
from access.problems import Problem
from customers import profiles
from customers.finding import found
from customers.models import Customer
from events.models import Event
from events.tracking import Fact, identify, track_many
from orders import itemizing, keeping, lines, summaries
from orders.cart import Cart
from orders.goods import By
from orders.holding import hold
from orders.models import Order
from orders.reading import cart_of, find
from orders.representation import order_json
from orders.saying import AMOUNT_MOST, OrderSaid
from schemas import checking

Status = Order.Status
# What an order's status is told as, beside its creation or change; as paid it is told once in its life.
TOLD_AS = {Status.PAID: "order.paid", Status.CANCELED: "order.canceled", Status.FULFILLED: "customer.order.fulfilled"}


@dataclass(frozen=True)
class Told:
    """How a change is told: who asked, by which request, because of what."""

    source: str = "API"
    group_id: str = ""
    caused_by: Event | None = None
    redemption: dict[str, Any] | None = None
    is_silent: bool = False


@transaction.atomic
def upsert(
    said: OrderSaid,
    *,
    customer: Customer | None = None,
    known: Order | None = None,
    cart: Cart | None = None,
    status: str | None = None,
    told: Told = Told(),
) -> Order:
    """Place an order, or change the one that is meant; an upsert that changes nothing tells nothing.

    A redemption gives the ``cart`` as its discounts left it and the ``status`` it comes to. Return it ``with_names``.
    """
    customer = customer or _person(said.customer, told)
    referrer = _person(said.referrer, told) or _referrer(said.referrer_id)
    order = hold(known.public_id if known else said.id, said.source_id, [customer, referrer])
    if order is None and said.id and not known:
        raise Problem(404, "not_found", "Resource not found", resource_id=said.id, resource_type="order")
    keeping.keep(said.items or (), By(told.source, told.group_id))
    cart = cart or _cart(said, order)
    fields = _fields(said, cart, customer, referrer, status)
    if order is None:
        return _create(said, fields, cart, told)
    return _change(order, fields, cart, told)


@transaction.atomic
def set_status(order: Order, status: str, *, told: Told = Told()) -> Order:
    """Bring an order into this status; where it is so already nothing happens."""
    held = hold(order.public_id, None)
    if held is None:
        raise Problem(404, "not_found", "Resource not found", resource_id=order.public_id, resource_type="order")
    return _change(held, {"status": status}, None, told)


def _person(profile: profiles.Profile | None, told: Told) -> Customer | None:
    if profile is None:
        return None
    return identify(profile, source=told.source, group_id=told.group_id).customer


def _referrer(named: str | None) -> Customer | None:
    return found(named) if named else None


def _cart(said: OrderSaid, order: Order | None) -> Cart | None:
    """Return what is bought as it was told; nothing where an order that is known keeps its lines and sums."""
    if order is None or said.items is not None:
        return lines.cart_of(said)
    sums: dict[str, Any] = {
        "amount": said.amount,
        "initial_amount": said.initial_amount,
        "discount_amount": said.discount_amount,
    }
    meant = {name: amount for name, amount in sums.items() if amount is not None}
    if said.amount is not None:
        # What discounts added to it stays added.
        meant.setdefault("initial_amount", max(order.initial_amount + said.amount - order.amount, 0))
    return replace(cart_of(order), **meant) if meant else None


def _fields(
    said: OrderSaid, cart: Cart | None, customer: Customer | None, referrer: Customer | None, status: str | None
) -> dict[str, Any]:
    """Return the columns that were meant, each with its value."""
    meant = {
        "customer": customer,
        "referrer": referrer,
        "status": status or said.status,
        "metadata": said.metadata,
        "created_at": said.created_at,
    }
    fields = {name: value for name, value in meant.items() if value is not None}
    return fields | (_sums(cart, said) if cart else {})


def _sums(cart: Cart, said: OrderSaid) -> dict[str, int]:
    if cart.total_discount_amount > cart.amount:
        raise Problem(400, "invalid_order", "The order is not valid", "Its discounts are larger than its amount.")
    if cart.amount > AMOUNT_MOST:
        raise Problem(400, "invalid_order", "The order is not valid", f"Its amount is more than {AMOUNT_MOST:,}.")
    return {
        "amount": cart.amount,
        "initial_amount": said.initial_amount if said.initial_amount is not None else cart.initial_amount,
        "discount_amount": cart.discount_amount,
        "items_discount_amount": cart.items_discount_amount,
        "applied_discount_amount": cart.applied_discount_amount,
        "items_applied_discount_amount": cart.items_applied_discount_amount,
    }


def _create(said: OrderSaid, fields: dict[str, Any], cart: Cart | None, told: Told) -> Order:
    checking.check("order", fields.get("metadata", {}))
    now = database_now()
    paid_at = now if fields.get("status") == Status.PAID else None
    try:
        with transaction.atomic():
            order = Order.objects.create(source_id=said.source_id, paid_at=paid_at, **{"created_at": now, **fields})
    except IntegrityError:
        # Somebody placed it in this moment: what was said changes it.
        held = hold(None, said.source_id)
        if held is None:
            raise
        return _change(held, fields, cart, told)
    itemizing.write(order, cart.lines if cart else ())
    summaries.follow(order, (None, (0, 0)))
    _tell(order, ["order.created", *_told_of_status(order, was_paid=False)], told)
    return order


def _change(held: Order, fields: dict[str, Any], cart: Cart | None, told: Told) -> Order:
    before = (held.customer_id, summaries.bought(held))
    was_paid = held.paid_at is not None
    new = _differing(held, fields)
    has_new_items = cart is not None and itemizing.rewrite(held, cart.lines)
    if not new and not has_new_items:
        return _loaded(held)
    becomes_paid = not was_paid and new.get("status") == Status.PAID
    Order.objects.filter(pk=held.pk).update(**new, updated_at=Now(), **({"paid_at": Now()} if becomes_paid else {}))
    order = _loaded(held)
    summaries.follow(order, before)
    if before[0] is not None and before[0] != order.customer_id:
        # Whose it was is told nothing of an order that is another's now.
        summaries.look_again([before[0]])
    _tell(order, ["order.updated", *(_told_of_status(order, was_paid=was_paid) if "status" in new else [])], told)
    return order


def _told_of_status(order: Order, *, was_paid: bool) -> list[str]:
    if order.status not in TOLD_AS or (order.status == Status.PAID and was_paid):
        return []
    return [TOLD_AS[Status(order.status)]]


def _differing(held: Order, fields: dict[str, Any]) -> dict[str, Any]:
    fields = dict(fields)
    if "metadata" in fields:
        fields["metadata"] = {**held.metadata, **fields["metadata"]}
    return {name: value for name, value in fields.items() if getattr(held, name) != value}


def _loaded(order: Order) -> Order:
    loaded = find(order.public_id)
    if loaded is None:
        raise Problem(404, "not_found", "Resource not found", resource_id=order.public_id, resource_type="order")
    return loaded


def _tell(order: Order, names: Sequence[str], told: Told) -> None:
    if told.is_silent:
        summaries.look_again([order.customer_id] if order.customer_id else [])
        return
    people = {
        "customer": profiles.simple(order.customer) if order.customer else None,
        "referrer": profiles.other(order.referrer, order.customer) if order.referrer else None,
    }
    said = {**people, "order": order_json(order), "redemption": told.redemption}
    track_many(
        [
            Fact(
                name, order.customer_id, said, order.public_id,
                caused_by=told.caused_by, source=told.source, group_id=told.group_id,
            )
            for name in names
        ]
    )  # fmt: skip
