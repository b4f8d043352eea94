"""Goods that come along with an order: where a line says ``override``, what it tells of its goods is stored first."""

from collections.abc import Sequence

from orders import goods
from orders.goods import By, GoodsChange
from orders.models import Product
from orders.saying import GoodsSaid, ItemSaid


def keep(items: Sequence[ItemSaid], by: By) -> None:
    """Make or change the products and variants that lines ask to be stored; what changes nothing is not told."""
    # In the order of their ids, so that two orders never wait for each other's goods in a ring.
    for item in sorted(items, key=_place):
        product = _keep_product(item, by) if item.product and item.product.is_kept else None
        if item.sku and item.sku.is_kept:
            _keep_sku(item, product, by)


def _place(item: ItemSaid) -> tuple[str, str]:
    product, sku = item.product, item.sku
    return (product and product.source_id) or item.source_id or "", (sku and sku.source_id) or ""


def _keep_product(item: ItemSaid, by: By) -> Product | None:
    own = item.source_id if item.related_object != "sku" else None
    said = _change(item.product, item.product_id, own, "name")
    return goods.save_product(said, by) if said.id or said.source_id else None


def _keep_sku(item: ItemSaid, product: Product | None, by: By) -> None:
    """Store a variant under the product that its line names; a variant that is known needs none."""
    said = _change(item.sku, item.sku_id, item.source_id if item.related_object == "sku" else None, "sku")
    named = item.product_id or (item.product and (item.product.id or item.product.source_id))
    owner = product or goods.owner_of(said) or (Product.objects.named(named).first() if named else None)
    if owner is not None and (said.id or said.source_id):
        goods.save_sku(owner, said, by)


def _change(told: GoodsSaid | None, known: str | None, own: str | None, name: str) -> GoodsChange:
    if told is None:
        return GoodsChange()
    fields = {name: told.name, "price": told.price, "metadata": told.metadata}
    said = {key: value for key, value in fields.items() if value is not None}
    return GoodsChange(told.id or known, told.source_id or own, said)
