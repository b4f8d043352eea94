"""Lines of an order as they count: what a caller told of them, laid over what is known of the goods."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from access import statements
from access.instances import Part
from orders import collecting
from orders.cart import Cart, Line
from orders.models import Product, Sku
from orders.querysets import NOBODYS
from orders.representation import product_reference, sku_reference
from orders.saying import GoodsSaid, ItemSaid, OrderSaid

PRODUCT: Final = Part(Product, "p")
# Always a row, as whether there is the order is asked together with its goods.
KNOWN: Final = f"""
    SELECT EXISTS (SELECT FROM orders_order WHERE source_id = %(order)s OR public_id = %(order)s), {PRODUCT.columns}
    FROM (VALUES (0)) AS always
    LEFT JOIN orders_product p
        ON p.public_id = ANY((SELECT %(names)s)::text[]) OR p.source_id = ANY((SELECT %(names)s)::text[])
"""  # noqa: S608


@dataclass(frozen=True)
class Known:
    """What is known of an order that was told: whether it is stored, and the goods it names, by each of their names."""

    is_stored: bool
    products: Mapping[str, Product]
    skus: Mapping[str, Sku]


def cart_of(said: OrderSaid, known: Known | None = None) -> Cart:
    """Return an order as plain numbers; prices that were not told are the goods' own. Four queries at most."""
    items, known = said.items or (), known or known_to(said.items or ())
    lines = [_line(item, known) for item in items]
    return Cart.of(_in_collections(lines), said.amount, discount_amount=said.discount_amount or 0)


def known_to(items: Sequence[ItemSaid], order: str | None = None) -> Known:
    """Look up what lines name, and whether this order is stored: two queries, none where nothing is named."""
    sku_names = {name for item in items for name in _names(item, "sku")}
    skus = list(Sku.objects.any_of(sku_names).select_related("product")) if sku_names else []
    names = {name for item in items for name in _names(item, "product")}
    is_stored, products = _stored(order, names)
    return Known(is_stored, _by_name([*products, *(sku.product for sku in skus)]), _by_name(skus))


def _stored(order: str | None, names: Collection[str]) -> tuple[bool, list[Product]]:
    """Tell whether an order of this name is stored, and return the products of these names.

    Asked for each order, by a statement of our own that costs less to make; to load an order that is not there would
    cost more than to ask.
    """
    if not order and not names:
        return False, []
    clean = [name for name in names if NOBODYS not in name]
    rows = statements.rows(KNOWN, {"order": order, "names": clean})
    return rows[0][0], [product for row in rows if (product := PRODUCT.read(row[1:]))]


def named(names: Collection[str]) -> dict[str, Line]:
    """Return goods as lines without a unit yet, by every name of theirs: two queries, none where none is named."""
    if not names:
        return {}
    goods: dict[str, Line] = {}
    for product in Product.objects.any_of(names):
        line = Line(0, 0, product.price, related_object="product", product=product_reference(product))
        goods |= {name: line for name in (product.public_id, product.source_id) if name}
    for sku in Sku.objects.any_of(names).select_related("product"):
        price = sku.product.price if sku.price is None else sku.price
        product = product_reference(sku.product)
        line = Line(0, 0, price, related_object="sku", product=product, sku=sku_reference(sku))
        goods |= {name: line for name in (sku.public_id, sku.source_id) if name}
    return goods


def _names(item: ItemSaid, kind: str) -> list[str]:
    said: GoodsSaid | None = getattr(item, kind)
    own = item.source_id if item.related_object == kind or (kind == "product" and not item.related_object) else None
    told = (said.id, said.source_id) if said else ()
    return [name for name in (getattr(item, f"{kind}_id"), own, *told) if name]


def _by_name(goods: Sequence[Any]) -> dict[str, Any]:
    by_source = {thing.source_id: thing for thing in goods if thing.source_id}
    return by_source | {thing.public_id: thing for thing in goods}


def _line(item: ItemSaid, known: Known) -> Line:
    sku = next((known.skus[name] for name in _names(item, "sku") if name in known.skus), None)
    product = next((known.products[name] for name in _names(item, "product") if name in known.products), None)
    product = product or (sku.product if sku else None)
    line = Line.of(
        quantity=item.quantity,
        price=_price(item, product, sku),
        amount=item.amount,
        source_id=item.source_id,
        related_object=item.related_object or ("sku" if sku else "product" if product else None),
        product=_reference(product_reference(product) if product else None, item.product, "name"),
        sku=_reference(sku_reference(sku) if sku else None, item.sku, "sku"),
        metadata=item.metadata,
        discount_amount=min(item.discount_amount, _amount(item, product, sku)),
    )
    return line if item.initial_quantity is None else replace(line, initial_quantity=item.initial_quantity)


def _price(item: ItemSaid, product: Product | None, sku: Sku | None) -> int | None:
    """Return the price of one: as told on the line, else of its goods as told, else of its goods as known."""
    told = [item.price, item.sku.price if item.sku else None, item.product.price if item.product else None]
    if item.amount is not None and item.price is None:
        return None
    known = [sku.price if sku else None, product.price if product else None]
    return next((price for price in (*told, *known) if price is not None), None)


def _amount(item: ItemSaid, product: Product | None, sku: Sku | None) -> int:
    price = _price(item, product, sku)
    return (item.amount or 0) if price is None else price * item.quantity


def _reference(known: dict[str, Any] | None, said: GoodsSaid | None, name: str) -> dict[str, Any] | None:
    """Lay what the order tells of its goods over what is stored of them."""
    if said is None:
        return known
    told = {"source_id": said.source_id, name: said.name, "price": said.price, "metadata": said.metadata}
    laid = {**(known or {"id": said.id}), **{key: value for key, value in told.items() if value is not None}}
    return {**laid, "override": said.is_kept}


def _in_collections(lines: Sequence[Line]) -> list[Line]:
    """Say of each line in which collections its goods are."""
    found = collecting.collections_of(lines)
    return [replace(line, collections=found[place]) if place in found else line for place, line in enumerate(lines)]
