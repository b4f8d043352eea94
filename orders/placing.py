"""Orders come to be and change: the only writer of their tables. Each real change is told once, in its transaction.

Two calls with one ``source_id`` at the same time make one order: the second waits for the first and changes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from access.problems import Problem
from customers import profiles
from customers.finding import found
from customers.models import Customer
from events.models import Event
from events.tracking import Fact, identify, track_many
from orders import inserting, itemizing, keeping, lines, summaries
from orders.cart import Cart
from orders.goods import By
from orders.holding import hold, hold_people, lock
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


@dataclass(frozen=True)
class Placed:
    """An order as it stands, ``with_names``, and the names under which this is told: none where nothing changed."""

    order: Order
    names: Sequence[str] = ()

    def facts(self, told: Told) -> list[Fact]:
        """Say what became of the order; a silent change has nobody told."""
        said = {**_people(self.order), "order": order_json(self.order), "redemption": told.redemption}
        return [
            Fact(
                name, self.order.customer_id, said, self.order.public_id,
                caused_by=told.caused_by, source=told.source, group_id=told.group_id,
            )
            for name in self.names
        ]  # fmt: skip


@transaction.atomic
def upsert(said: OrderSaid, *, known: Order | None = None, told: Told = Told()) -> Order:
    """Place an order, or change the one that is meant; an upsert that changes nothing tells nothing.

    Return it ``with_names``.
    """
    public_id = known.public_id if known else said.id
    customer, referrer = _held_people(said, hold(public_id, said.source_id, said.names), told)
    order = lock(public_id, said.source_id)
    if order is None and said.id and not known:
        raise _not_found(said.id)
    keeping.keep(said.items or (), By(told.source, told.group_id))
    cart = _cart(said, order)
    fields = _fields(said, cart, customer, referrer, None)
    return _tell(_change(order, fields, cart) if order else _create(said, fields, cart), told)


def place(
    said: OrderSaid, cart: Cart, *, customer: Customer | None, known: Order | None, status: str, told: Told
) -> Placed:
    """Place or change an order as a redemption leaves it; the caller tells of it in the same transaction.

    The turn at its name must be taken, and all of its people held. What is not ``known`` is not looked for again.
    """
    if known is None and said.id:
        raise _not_found(said.id)
    customer = customer or _person(said.customer, told)
    referrer = _person(said.referrer, told) or _referrer(said.referrer_id)
    held = lock(known.public_id, None) if known else None
    keeping.keep(said.items or (), By(told.source, told.group_id))
    fields = _fields(said, cart, customer, referrer, status)
    return _change(held, fields, cart) if held else _create(said, fields, cart)


@transaction.atomic
def set_status(order: Order, status: str, *, told: Told = Told()) -> Order:
    """Bring an order into this status; where it is so already nothing happens."""
    hold(order.public_id, None)
    held = lock(order.public_id, None)
    if held is None:
        raise _not_found(order.public_id)
    return _tell(_change(held, {"status": status}, None), told)


def _held_people(said: OrderSaid, held: Collection[int], told: Told) -> tuple[Customer | None, Customer | None]:
    """Write what is said of an order's customer and referrer, and return them, locked.

    In an order that is the same for everybody, as both may be new; who is has a later key than who was known before.
    """
    people = {"customer": said.customer, "referrer": said.referrer}
    in_order = sorted((each.known_as, role) for role, each in people.items() if each)
    written = {role: _person(people[role], told) for _, role in in_order}
    customer, referrer = written.get("customer"), written.get("referrer") or _referrer(said.referrer_id)
    hold_people({person.pk for person in (customer, referrer) if person} - set(held))
    return customer, referrer


def _not_found(named: str) -> Problem:
    return Problem(404, "not_found", "Resource not found", resource_id=named, resource_type="order")


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


def _create(said: OrderSaid, fields: dict[str, Any], cart: Cart | None) -> Placed:
    checking.check("order", fields.get("metadata", {}))
    order = Order(source_id=said.source_id, **{"created_at": None, **fields})
    if not inserting.insert(order, itemizing.items_of(order, cart.lines if cart else ())):
        # Somebody placed it in this moment: what was said changes it.
        hold(None, said.source_id)
        held = lock(None, said.source_id)
        if held is None:
            raise _not_found(said.source_id or "")
        return _change(held, fields, cart)
    return Placed(order, ["order.created", *_told_of_status(order, was_paid=False)])


def _change(held: Order, fields: dict[str, Any], cart: Cart | None) -> Placed:
    before = (held.customer_id, summaries.bought(held))
    was_paid = held.paid_at is not None
    new = _differing(held, fields)
    has_new_items = cart is not None and itemizing.rewrite(held, cart.lines)
    if not new and not has_new_items:
        return Placed(_loaded(held))
    becomes_paid = not was_paid and new.get("status") == Status.PAID
    Order.objects.filter(pk=held.pk).update(**new, updated_at=Now(), **({"paid_at": Now()} if becomes_paid else {}))
    order = _loaded(held)
    summaries.follow(order, before)
    if before[0] is not None and before[0] != order.customer_id:
        # Whose it was is told nothing of an order that is another's now.
        summaries.look_again([before[0]])
    return Placed(order, ["order.updated", *(_told_of_status(order, was_paid=was_paid) if "status" in new else [])])


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
        raise _not_found(order.public_id)
    return loaded


def _tell(placed: Placed, told: Told) -> Order:
    if not told.is_silent:
        track_many(placed.facts(told))
    elif placed.names and placed.order.customer_id:
        summaries.look_again([placed.order.customer_id])
    return placed.order


def _people(order: Order) -> dict[str, Any]:
    return {
        "customer": profiles.simple(order.customer) if order.customer else None,
        "referrer": profiles.other(order.referrer, order.customer) if order.referrer else None,
    }
