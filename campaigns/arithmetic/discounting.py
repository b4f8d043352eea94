"""What a discount makes of a cart: every type and effect, in whole cents, never below zero.

A cart comes in as the discounts before left it, and goes out with what this one took in its ``applied`` amounts.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from campaigns.arithmetic import units
from campaigns.arithmetic.reach import EVERYTHING, Portion, Reach, portions
from campaigns.arithmetic.rounding import percent_of, spread
from campaigns.arithmetic.units import Catalog
from orders.cart import Cart, Line

Discount = Mapping[str, Any]


def apply(discount: Discount, cart: Cart, reach: Reach = EVERYTHING, catalog: Catalog | None = None) -> Cart:
    """Return the cart after the discount; ``catalog`` knows the products that it may add."""
    cart = cart.settled()
    if discount["type"] == "UNIT":
        return units.give(discount, cart, reach, catalog or {})
    if discount["effect"] == "APPLY_TO_ORDER":
        return cart.discounted(_of_order(discount, max(0, cart.total_amount)))
    reached = portions(cart, reach)
    wanted = _BY_EFFECT[discount["effect"]](discount, cart, reached)
    return take_off(cart, reached, wanted, discount.get("aggregated_amount_limit"))


def take_off(cart: Cart, reached: Sequence[Portion], wanted: Sequence[int], limit: int | None = None) -> Cart:
    """Take these amounts off the lines, up to the limits of all together and up to what is left to pay."""
    left = max(0, cart.total_amount) if limit is None else min(limit, max(0, cart.total_amount))
    of_aims = {id(p.aim): p.aim.aggregated_amount_limit for p in reached if p.aim is not None}
    lines = list(cart.lines)
    for portion, amount in zip(reached, wanted, strict=True):
        room = of_aims.get(id(portion.aim)) if portion.aim is not None else None
        taken = min(amount, portion.worth, left if room is None else min(left, room))
        if taken <= 0:
            continue
        left -= taken
        if room is not None:
            of_aims[id(portion.aim)] = room - taken
        lines[portion.place] = lines[portion.place].discounted(taken, portion.units)
    return cart.with_lines(lines)


def _of_order(discount: Discount, amount: int) -> int:
    if discount["type"] == "PERCENT":
        limits = [discount[name] for name in ("amount_limit", "aggregated_amount_limit") if discount.get(name)]
        return min(percent_of(amount, discount["percent_off"]), amount, *limits)
    if discount["type"] == "FIXED":
        return max(0, amount - discount["fixed_amount"])
    return min(amount, discount["amount_off"], discount.get("aggregated_amount_limit") or amount)


def _per_line(discount: Discount, cart: Cart, reached: Sequence[Portion]) -> list[int]:
    return [_OF_LINE[discount["type"]](discount, cart.lines[portion.place], portion) for portion in reached]


def _percent(discount: Discount, _line: Line, portion: Portion) -> int:
    wanted = percent_of(portion.worth, discount["percent_off"])
    return min(wanted, discount.get("amount_limit") or wanted)


def _amount(discount: Discount, _line: Line, _portion: Portion) -> int:
    return int(discount["amount_off"])


def _fixed(discount: Discount, _line: Line, portion: Portion) -> int:
    """Bring each unit to its new price; an aim may have one of its own."""
    own = portion.aim.price if portion.aim is not None else None
    return portion.worth - portion.units * (discount["fixed_amount"] if own is None else own)


def _per_unit(discount: Discount, _cart: Cart, reached: Sequence[Portion]) -> list[int]:
    return [discount["amount_off"] * portion.units for portion in reached]


def _by_amount(discount: Discount, cart: Cart, reached: Sequence[Portion]) -> list[int]:
    return _shared(discount, cart, reached, [portion.worth for portion in reached])


def _by_quantity(discount: Discount, cart: Cart, reached: Sequence[Portion]) -> list[int]:
    return _shared(discount, cart, reached, [portion.units for portion in reached])


def _shared(discount: Discount, cart: Cart, reached: Sequence[Portion], weights: Sequence[int]) -> list[int]:
    total = min(discount["amount_off"], max(0, cart.total_amount))
    return spread(min(total, discount.get("aggregated_amount_limit") or total), weights, [p.worth for p in reached])


_OF_LINE: dict[str, Callable[[Discount, Line, Portion], int]] = {
    "PERCENT": _percent,
    "AMOUNT": _amount,
    "FIXED": _fixed,
}
_BY_EFFECT: dict[str, Callable[[Discount, Cart, Sequence[Portion]], list[int]]] = {
    "APPLY_TO_ITEMS": _per_line,
    "APPLY_TO_ITEMS_BY_QUANTITY": _per_unit,
    "APPLY_TO_ITEMS_PROPORTIONALLY": _by_amount,
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY": _by_quantity,
}
