"""Carts to try discounts on: the worked example with its four products, and any cart at all."""

from dataclasses import dataclass

from hypothesis import strategies as st

from orders.cart import Cart, Line


@dataclass(frozen=True)
class Aim:
    id: str
    object: str = "product"
    effect: str = "APPLY_TO_EVERY"
    quantity_limit: int | None = None
    aggregated_quantity_limit: int | None = None
    amount_limit: int | None = None
    aggregated_amount_limit: int | None = None
    price: int | None = None

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.id})


def line(product, price, quantity, **more):
    return Line.of(quantity=quantity, price=price, product={"id": product}, **more)


EXAMPLE = Cart.of([line("A", 1000, 2), line("B", 1500, 3), line("C", 2000, 3), line("D", 2500, 2)])

lines = st.builds(
    line, st.sampled_from("ABCD"), st.integers(0, 100_000), st.integers(1, 50), collections=st.just(frozenset())
)
carts = st.lists(lines, max_size=8).map(Cart.of) | st.integers(0, 10**7).map(lambda amount: Cart.of(amount=amount))
amounts = st.integers(1, 10**6)
limits = st.none() | amounts
percents = st.integers(1, 1_000_000).map(lambda n: n / 10_000)
ITEM_EFFECTS = (
    "APPLY_TO_ITEMS",
    "APPLY_TO_ITEMS_BY_QUANTITY",
    "APPLY_TO_ITEMS_PROPORTIONALLY",
    "APPLY_TO_ITEMS_PROPORTIONALLY_BY_QUANTITY",
)


def discount(type, **terms):
    return {"type": type, **{name: value for name, value in terms.items() if value is not None}}


both = st.sampled_from(["APPLY_TO_ORDER", "APPLY_TO_ITEMS"])
money_off = st.builds(
    lambda amount, effect, limit: discount("AMOUNT", amount_off=amount, effect=effect, aggregated_amount_limit=limit),
    amounts,
    st.sampled_from(["APPLY_TO_ORDER", *ITEM_EFFECTS]),
    limits,
)
percent_off = st.builds(
    lambda percent, effect, each, all: discount(
        "PERCENT", percent_off=percent, effect=effect, amount_limit=each, aggregated_amount_limit=all
    ),
    percents,
    both,
    limits,
    limits,
)
new_price = st.builds(lambda amount, effect: discount("FIXED", fixed_amount=amount, effect=effect), amounts, both)
units_off = st.builds(
    lambda count, product, effect: discount("UNIT", unit_off=count, unit_type=product, effect=effect),
    st.integers(1, 20),
    st.sampled_from("ABCDE"),
    st.sampled_from(["ADD_MISSING_ITEMS", "ADD_NEW_ITEMS", "ADD_MANY_ITEMS", "ADD_SAME_ITEMS"]),
)
off_the_price = money_off | percent_off | new_price
discounts = off_the_price | units_off

few = st.none() | st.integers(1, 10)
aims = st.builds(
    Aim,
    st.sampled_from("ABCD"),
    effect=st.sampled_from(
        [
            "APPLY_TO_EVERY",
            "APPLY_TO_CHEAPEST",
            "APPLY_FROM_CHEAPEST",
            "APPLY_TO_MOST_EXPENSIVE",
            "APPLY_FROM_MOST_EXPENSIVE",
        ]
    ),
    quantity_limit=few,
    aggregated_quantity_limit=few,
    amount_limit=limits,
    aggregated_amount_limit=limits,
    price=st.none() | st.integers(0, 10_000),
)
