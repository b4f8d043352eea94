"""Whom a wish names: who redeems, and whose an order is. All of them are held before anything else is.

Whoever redeems, places orders or takes back locks people by their keys first; so nobody waits in a ring.
"""

from dataclasses import replace

from access.problems import Problem
from campaigns.redeeming import asking
from campaigns.redeeming.asking import WishedOrder
from campaigns.redeeming.wishes import Asker, Wish
from customers import recalling
from customers.models import Customer
from customers.profiles import Profile
from events.models import Event
from events.tracking import identify
from orders.holding import hold_people
from orders.models import Order
from orders.saying import OrderSaid


def hold(wish: Wish, order: WishedOrder | None, asker: Asker) -> Customer | None:
    """Return who redeems, with everybody whom the wish names locked; what is said of them is written.

    Who is known, and of whom nothing is said but her name, has nothing to be written.
    """
    redeemer = asking.name_of_customer(wish.profile, wish.tracking_id)
    named = [(each, redeemer if each is wish.profile else each.known_as) for each in _named(wish, order)]
    owner = order.known.customer_id if order and order.known else None
    names = {redeemer, *(name for _, name in named), order.said.referrer_id if order else None}
    known = recalling.held({name for name in names if name}, owner)
    written = {profile.known_as: _written(profile, known.get(name or ""), asker) for profile, name in named}
    # Who was not known a moment ago has a later key than those who were, whoever it was that made her.
    hold_people({person.pk for person in written.values()} - {person.pk for person in known.values()})
    return written[wish.profile.known_as] if wish.profile else known.get(redeemer or "")


def _named(wish: Wish, order: WishedOrder | None) -> list[Profile]:
    """Return whom a wish names, in an order that is the same for everybody: several may be new."""
    of_order = [order.said.referrer, None if wish.profile else order.said.customer] if order else []
    return sorted((each for each in (*of_order, wish.profile) if each), key=lambda each: each.known_as)


def _written(profile: Profile, known: Customer | None, asker: Asker) -> Customer:
    if known is not None and profile.is_name_alone:
        return known
    origin, from_page = asker.origin, asker.origin.source == Event.Source.CLIENT
    # A page cannot redirect a known customer's mail.
    written = identify(
        profile, source=origin.source, group_id=origin.group_id, key_id=asker.key_id, keeps_contacts=from_page
    )
    return written.customer


def names_alone(said: OrderSaid) -> OrderSaid:
    """Return an order with nothing of its people but their names: what was said of them is written already."""
    customer, referrer = (each and Profile(each.public_id, each.source_id) for each in (said.customer, said.referrer))
    return replace(said, customer=customer, referrer=referrer)


def refusal(order: WishedOrder | None, wish: Wish, customer: Customer | None) -> Problem | None:
    """Say why nothing can be redeemed for an order: it belongs to another customer than the wish is for."""
    is_anonymous = customer is None and wish.profile is None
    if order is None or order.known is None or is_anonymous:
        return None
    # Read anew: before she was held, she may have been erased.
    owner = Order.objects.filter(pk=order.known.pk).values_list("customer_id", flat=True).first()
    if owner is None or (customer is not None and owner == customer.pk):
        return None
    name, details = order.known.public_id, "The order belongs to another customer."
    return Problem(400, "invalid_order", "The order is not valid", details, resource_id=name, resource_type="order")
