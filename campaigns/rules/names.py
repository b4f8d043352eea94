"""The published names of rules: whom each asks about, which kind of value it compares, and how it reads."""

from dataclasses import dataclass
from typing import Final

from campaigns.rules.operators import FLAG, FREE, MONEY, NUMBER, SEGMENT, TARGETS, TEXT

CUSTOMER, ORDER, REDEMPTION = "customer", "order", "redemption"
ANY, EVERY, NONE = "order.items.any", "order.items.every", "order.items.none"
CHEAPEST, DEAREST = "order.items.cheapest", "order.items.most_expensive"
QUANTIFIERS: Final = (ANY, EVERY, NONE, CHEAPEST, DEAREST)
SPANS: Final = {"": "", ".daily": " per day", ".weekly": " per week", ".monthly": " per month"}
PRODUCT, SKU, PRODUCT_METADATA = "product.id", "sku.id", "product.metadata"


@dataclass(frozen=True)
class Name:
    """A name a rule may have. ``inside`` are the rules it may stand in; one with none stands by itself."""

    name: str
    about: str
    kind: str
    label: str
    needs_property: bool = False
    inside: tuple[str, ...] = ()
    only_inside: bool = False
    # What was redeemed before has to be counted to judge it.
    is_counted: bool = False
    of_a_customer: bool = False


def _names(about: str, *rows: tuple[str, str, str]) -> list[Name]:
    return [Name(name, about, kind, label) for name, kind, label in rows]


def _of(about: str, name: str, label: str, inside: tuple[str, ...] = ()) -> Name:
    return Name(name, about, FREE, label, needs_property=True, inside=inside, only_inside=bool(inside))


def _inside(parents: tuple[str, ...], *rows: tuple[str, str, str], only: bool = True) -> list[Name]:
    return [Name(name, ORDER, kind, label, inside=parents, only_inside=only) for name, kind, label in rows]


def _counted(*rows: tuple[str, str, str]) -> list[Name]:
    return [Name(name, REDEMPTION, kind, label, is_counted=True) for name, kind, label in rows]


def _periods(name: str, label: str, *, whole: bool = True, of_a_customer: bool = False) -> list[Name]:
    return [
        Name(name + span, REDEMPTION, NUMBER, label + words, is_counted=True, of_a_customer=of_a_customer)
        for span, words in SPANS.items()
        if span or whole
    ]


_ALL = (
    Name("customer.segment", CUSTOMER, SEGMENT, "the customer's segment"),
    _of(CUSTOMER, "customer.metadata", "the customer's"),
    Name("publication.redeemable_by_linked_customer", CUSTOMER, FLAG, "only the holder of the code may redeem it"),
    *_names(
        ORDER,
        ("order.amount", MONEY, "the order's amount before this discount"),
        ("order.total_amount", MONEY, "the order's amount after this discount"),
        ("order.initial_amount", MONEY, "the order's amount before all discounts"),
        ("order.items.count", NUMBER, "the number of units in the order"),
        ("order.items.price_any", MONEY, "the price of any item"),
        ("order.items.price_each", MONEY, "the price of each item"),
        (ANY, TARGETS, "any item"),
        (EVERY, TARGETS, "every item"),
        (NONE, TARGETS, "no item"),
        (CHEAPEST, TARGETS, "the cheapest item"),
        (DEAREST, TARGETS, "the most expensive item"),
        (PRODUCT, TEXT, "a product in the order"),
        (SKU, TEXT, "a SKU in the order"),
    ),
    _of(ORDER, "order.metadata", "the order's"),
    _of(ORDER, "order.items.metadata_any", "any item's"),
    _of(ORDER, "order.items.metadata_each", "each item's"),
    _of(ORDER, PRODUCT_METADATA, "a product's"),
    *_inside(
        QUANTIFIERS,
        ("order.items.quantity", NUMBER, "the item's quantity"),
        ("order.items.aggregated_quantity", NUMBER, "the quantity of all such items"),
        ("order.items.price", MONEY, "the item's price"),
        ("order.items.aggregated_amount", MONEY, "the amount of all such items"),
    ),
    _of(ORDER, "order.items.metadata", "the item's", QUANTIFIERS),
    *_inside(
        (PRODUCT,),
        ("product.price", MONEY, "its price"),
        ("product.quantity", NUMBER, "its quantity"),
        only=False,
    ),
    *_inside((PRODUCT,), ("product.discount_applicable", FLAG, "the discount is for these products alone")),
    *_inside((SKU,), ("sku.price", MONEY, "its price"), ("sku.quantity", NUMBER, "its quantity"), only=False),
    *_inside((SKU,), ("sku.discount_applicable", FLAG, "the discount is for these SKUs alone")),
    *_inside(
        (PRODUCT_METADATA,),
        ("product.metadata.aggregated_quantity", NUMBER, "the quantity of all such products"),
        ("product.metadata.aggregated_amount", MONEY, "the amount of all such products"),
        ("product.metadata.discount_applicable", FLAG, "the discount is for these products alone"),
        ("product.metadata.match_all", FLAG, "all items are such products"),
    ),
    *_names(
        REDEMPTION,
        ("redemption.api_key", TEXT, "the API key"),
        ("redemption.user.login", TEXT, "the redeeming person's login"),
        ("redemption.reward.pay_with_points.points_used", NUMBER, "the points paid with"),
    ),
    *_counted(
        ("campaign.orders.amount", MONEY, "the amount of all orders of the campaign"),
        ("campaign.orders.amount_discounted", MONEY, "all that the campaign has discounted"),
        ("redemption.gift.amount", MONEY, "all gift credits redeemed in the campaign"),
        ("redemption.count.per_api_key", NUMBER, "redemptions per API key"),
        ("redemption.count.per_user", NUMBER, "redemptions per redeeming person"),
    ),
    *_periods("campaign.redemptions.count", "redemptions of the campaign"),
    *_periods("campaign.redemptions.customers_count", "redemptions per customer in the campaign", of_a_customer=True),
    *_periods("redemption.count", "redemptions of this code", whole=False),
    *_periods("redemption.count.per_customer", "redemptions per customer of this code", of_a_customer=True),
    _of(REDEMPTION, "redemption.metadata", "the redemption's"),
    _of(REDEMPTION, "custom_event.metadata", "the event's"),
)

NAMES: Final = {name.name: name for name in _ALL}
# What asks for some goods in the cart.
GOODS: Final = frozenset(NAMES) - {
    name
    for name in NAMES
    if name in (NONE, "order.items.count") or not name.startswith(("order.items.", "product.", "sku."))
}
# What is known only once the discount was worked out.
OUTCOMES: Final = frozenset({"order.total_amount", "campaign.orders.amount_discounted"})
