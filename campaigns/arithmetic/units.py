"""Discounts that give units for nothing: of what is in the cart, or added to it.

Units that are added count in the amount and in the discount alike, so that what is to be paid stays the same.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from campaigns.arithmetic.reach import Portion, Reach, portions
from orders.cart import Cart, Line

Unit = Mapping[str, Any]
# What may be added, by every name of it: a line that is not in the cart yet, with its product, SKU and price.
Catalog = Mapping[str, Line]


def give(discount: Unit, cart: Cart, reach: Reach, catalog: Catalog) -> Cart:
    """Return the cart with the units that the discount gives."""
    for unit in discount.get("units") or [discount]:
        cart = _effect(discount, unit)(unit, cart, reach, catalog)
    return cart


def _new(unit: Unit, cart: Cart, _reach: Reach, catalog: Catalog) -> Cart:
    """Add the units, whatever is in the cart already."""
    place = next(_places(cart, unit["unit_type"]), None)
    if place is None:
        return _appended(cart, _of(unit, catalog), unit["unit_off"])
    return _with(cart, place, _added(cart.lines[place], unit["unit_off"]))


def _missing(unit: Unit, cart: Cart, _reach: Reach, catalog: Catalog) -> Cart:
    """Let so many units be free: those in the cart first, and only what is missing is added."""
    wanted = unit["unit_off"]
    for place in _places(cart, unit["unit_type"]):
        line = cart.lines[place]
        free = min(wanted, line.quantity - line.discount_quantity)
        if free > 0:
            worth = min(line.left, free * (line.price or 0), max(0, cart.total_amount))
            cart = _with(cart, place, line.discounted(worth, free))
            wanted -= free
    return _new({**unit, "unit_off": wanted}, cart, _reach, catalog) if wanted else cart


def _same(unit: Unit, cart: Cart, reach: Reach, _catalog: Catalog) -> Cart:
    """Add to each line that the discount reaches so many units more; of this product alone, where one is named."""
    named = unit.get("unit_type")
    for portion in portions(cart, reach):
        line = cart.lines[portion.place]
        if not named or named in line.products | line.skus:
            cart = _with(cart, portion.place, _added(line, _allowed(portion, unit["unit_off"])))
    return cart


def _allowed(portion: Portion, wanted: int) -> int:
    """Return how many units an aim's limit per line lets be given."""
    most = portion.aim.quantity_limit if portion.aim is not None else None
    return wanted if most is None else min(wanted, most)


_EFFECTS: dict[str, Callable[[Unit, Cart, Reach, Catalog], Cart]] = {
    "ADD_NEW_ITEMS": _new,
    "ADD_MISSING_ITEMS": _missing,
    "ADD_SAME_ITEMS": _same,
}


def _effect(discount: Unit, unit: Unit) -> Callable[[Unit, Cart, Reach, Catalog], Cart]:
    """Return what becomes of a unit: where a discount gives many, each says it for itself, new ones by default."""
    own = unit.get("effect") if discount["effect"] == "ADD_MANY_ITEMS" else discount["effect"]
    return _EFFECTS.get(own or "", _new)


def _places(cart: Cart, name: str) -> Iterator[int]:
    return (place for place, line in enumerate(cart.lines) if name in line.products | line.skus)


def _of(unit: Unit, catalog: Catalog) -> Line:
    """Return an empty line of a unit; of one that no catalog knows, only its name is known, and it is worth nothing."""
    name = unit["unit_type"]
    return catalog.get(name) or Line(0, 0, price=0, related_object="product", product={"id": name})


def _added(line: Line, count: int) -> Line:
    worth = count * (line.price or 0)
    return line.grown(count, worth).discounted(worth, count)


def _appended(cart: Cart, line: Line, count: int) -> Cart:
    return cart.with_lines([*cart.lines, _added(line, count)])


def _with(cart: Cart, place: int, line: Line) -> Cart:
    lines = list(cart.lines)
    lines[place] = line
    return cart.with_lines(lines)
