"""Paying with what is on a card: credits come off the order like a discount, but never more than there is to pay."""

from dataclasses import dataclass

from campaigns.arithmetic.discounting import take_off
from campaigns.arithmetic.reach import EVERYTHING, Reach, portions
from orders.cart import Cart


@dataclass(frozen=True, slots=True)
class Paid:
    """The cart afterwards, and how many credits it took."""

    cart: Cart
    credits: int


def pay(cart: Cart, credits: int, effect: str = "APPLY_TO_ORDER", reach: Reach = EVERYTHING) -> Paid:
    """Pay with up to so many credits: for the order as a whole, or line by line for what may be paid so."""
    cart = cart.settled()
    if effect == "APPLY_TO_ORDER":
        paid = cart.discounted(min(credits, max(0, cart.total_amount)))
    else:
        reached = portions(cart, reach)
        paid = take_off(cart, reached, [portion.worth for portion in reached], credits)
    return Paid(paid, paid.total_applied_discount_amount)
