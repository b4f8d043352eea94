"""Which lines of a cart a discount reaches, how many units of each, and up to which amounts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from campaigns.arithmetic.rounding import part_of
from orders.cart import Cart, Line


class Aim(Protocol):
    """Products, SKUs or a collection, with the limits up to which a discount goes for them."""

    @property
    def object(self) -> str: ...
    @property
    def names(self) -> frozenset[str]: ...
    @property
    def effect(self) -> str: ...
    @property
    def quantity_limit(self) -> int | None: ...
    @property
    def aggregated_quantity_limit(self) -> int | None: ...
    @property
    def amount_limit(self) -> int | None: ...
    @property
    def aggregated_amount_limit(self) -> int | None: ...
    @property
    def price(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Reach:
    """What a discount is for: everything but what is excluded, where nothing is included.

    ``spent`` are the places of lines that an earlier discount had, where each product may have only one.
    """

    included: Sequence[Aim] = ()
    excluded: Sequence[Aim] = ()
    spent: frozenset[int] = frozenset()


EVERYTHING = Reach()


@dataclass(frozen=True, slots=True)
class Portion:
    """So many units of the line at this place; what they are worth, and which aim they were reached by."""

    place: int
    units: int
    worth: int
    aim: Aim | None = None


def portions(cart: Cart, reach: Reach) -> list[Portion]:
    """Return what a discount reaches, in the order in which limits are used up."""
    free = [
        place
        for place, line in enumerate(cart.lines)
        if place not in reach.spent and line.quantity > 0 and not _is_any(reach.excluded, line)
    ]
    if not reach.included:
        return [_portion(cart, place, cart.lines[place].quantity, None) for place in free]
    meant: dict[int, list[int]] = defaultdict(list)
    for place in free:
        first = next((n for n, aim in enumerate(reach.included) if _means(aim, cart.lines[place])), None)
        if first is not None:
            meant[first].append(place)
    return [portion for n, places in sorted(meant.items()) for portion in _aimed(cart, reach.included[n], places)]


def _is_any(aims: Iterable[Aim], line: Line) -> bool:
    return any(_means(aim, line) for aim in aims)


def _means(aim: Aim, line: Line) -> bool:
    if aim.object == "sku":
        return bool(line.skus & aim.names)
    return bool((line.products if aim.object == "product" else line.collections) & aim.names)


def _aimed(cart: Cart, aim: Aim, places: Sequence[int]) -> Iterable[Portion]:
    """Give out the units that an aim allows, line by line in the order of its effect."""
    left = aim.aggregated_quantity_limit
    for place in EFFECTS[aim.effect](cart, places):
        units = cart.lines[place].quantity
        if aim.quantity_limit is not None:
            units = min(units, aim.quantity_limit)
        if left is not None:
            units = min(units, left)
            left -= units
        if units:
            yield _portion(cart, place, units, aim)


def _portion(cart: Cart, place: int, units: int, aim: Aim | None) -> Portion:
    line = cart.lines[place]
    worth = max(0, part_of(line.left, units, line.quantity))
    if aim is not None and aim.amount_limit is not None:
        worth = min(worth, aim.amount_limit)
    return Portion(place, units, worth, aim)


def _price_of(cart: Cart) -> Callable[[int], int]:
    return lambda place: cart.lines[place].price or 0


def _every(_cart: Cart, places: Sequence[int]) -> Sequence[int]:
    return places


def _from_cheapest(cart: Cart, places: Sequence[int]) -> Sequence[int]:
    return sorted(places, key=_price_of(cart))


def _from_most_expensive(cart: Cart, places: Sequence[int]) -> Sequence[int]:
    return sorted(places, key=lambda place: -_price_of(cart)(place))


def _cheapest(cart: Cart, places: Sequence[int]) -> Sequence[int]:
    return _from_cheapest(cart, places)[:1]


def _most_expensive(cart: Cart, places: Sequence[int]) -> Sequence[int]:
    return _from_most_expensive(cart, places)[:1]


EFFECTS: dict[str, Callable[[Cart, Sequence[int]], Sequence[int]]] = {
    "APPLY_TO_EVERY": _every,
    "APPLY_TO_CHEAPEST": _cheapest,
    "APPLY_FROM_CHEAPEST": _from_cheapest,
    "APPLY_TO_MOST_EXPENSIVE": _most_expensive,
    "APPLY_FROM_MOST_EXPENSIVE": _from_most_expensive,
}
