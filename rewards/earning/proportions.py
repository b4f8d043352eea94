"""How many points a rule gives, and what a rule may say of it. Plain Python: what happened is handed in.

``{"type": "FIXED", "points": 50}`` or ``{"type": "PROPORTIONAL", "calculation_type": "ORDER_AMOUNT", "order":
{"amount": {"every": 1000, "points": 2}}}``: for every 1,000 cents 2 points, and nothing for what is left over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final

from campaigns.incentives import MOST_POINTS
from orders.cart import Line

# Where the proportion of each kind stands in the body, and by which events it can be judged.
PLACES: Final = {
    "ORDER_AMOUNT": ("order", "amount"),
    "ORDER_TOTAL_AMOUNT": ("order", "total_amount"),
    "ORDER_METADATA": ("order", "metadata"),
    "ORDER_ITEMS_QUANTITY": ("order_items", "quantity"),
    "ORDER_ITEMS_AMOUNT": ("order_items", "amount"),
    "ORDER_ITEMS_SUBTOTAL_AMOUNT": ("order_items", "subtotal_amount"),
    "CUSTOMER_METADATA": ("customer", "metadata"),
    "CUSTOM_EVENT_METADATA": ("custom_event", "metadata"),
}
GOODS: Final = ("product", "sku", "products_collection")
NOUNS: Final = {"amount": "spent", "total_amount": "paid", "quantity": "units bought", "subtotal_amount": "paid"}


@dataclass(frozen=True)
class Happened:
    """What a rule may ask of an event: its order with the lines as goods, and the facts of event and customer."""

    order: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[Line] = ()
    event: Mapping[str, Any] = field(default_factory=dict)
    customer: Mapping[str, Any] = field(default_factory=dict)


def points_of(loyalty: Mapping[str, Any], happened: Happened) -> int:
    """Return how many points are earned; 0 where there is nothing to count."""
    if loyalty["type"] == "FIXED":
        return int(loyalty["points"])
    block, name = PLACES[loyalty["calculation_type"]]
    proportion = loyalty[block][name]
    return min(int(_counted(block, name, proportion, happened) // proportion["every"]) * proportion["points"],
               MOST_POINTS)  # fmt: skip


def asks_for_collections(loyalty: Mapping[str, Any]) -> bool:
    return any(goods["object"] == "products_collection" for goods in goods_of(loyalty))


def goods_of(loyalty: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the goods that a proportion of items counts; none means all."""
    if loyalty["type"] == "FIXED" or PLACES[loyalty["calculation_type"]][0] != "order_items":
        return []
    proportion = loyalty["order_items"][PLACES[loyalty["calculation_type"]][1]]
    return list(proportion.get("applicable_to", ()))


def _counted(block: str, name: str, proportion: Mapping[str, Any], happened: Happened) -> float:
    if block == "order_items":
        goods = proportion.get("applicable_to", ())
        lines = [line for line in happened.lines if not goods or any(_is_one_of(line, each) for each in goods)]
        return sum(_worth(line, name) for line in lines)
    if block == "order" and name != "metadata":
        return _number(happened.order.get(name))
    facts = {
        "order": happened.order.get("metadata") or {},
        "customer": happened.customer,
        "custom_event": happened.event,
    }
    return _number(facts[block].get(proportion["property"]))


def _worth(line: Line, name: str) -> int:
    if name == "quantity":
        return line.quantity
    return line.amount if name == "amount" else line.left


def _is_one_of(line: Line, goods: Mapping[str, Any]) -> bool:
    names = {"product": line.products, "sku": line.skus, "products_collection": line.collections}
    return goods["id"] in names[goods["object"]]


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return 0
    return max(value, 0)


def in_words(loyalty: Mapping[str, Any]) -> str:
    """Say what a rule gives, as a page shows it; sums of money are told in hundredths by ``every`` only."""
    if loyalty["type"] == "FIXED":
        return _points(loyalty["points"])
    block, name = PLACES[loyalty["calculation_type"]]
    proportion = loyalty[block][name]
    every, points = proportion["every"], _points(proportion["points"])
    if name == "metadata":
        return f"{points} for every {every:,} of {proportion['property']}"
    told = f"{every:,}" if name == "quantity" else f"{every / 100:,.2f}"
    return f"{points} for every {told} {NOUNS[name]}"


def _points(points: int) -> str:
    return f"{points:,} point{'' if points == 1 else 's'}"
