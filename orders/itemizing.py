"""The lines of an order as rows, and how they are put in the place of others where they differ."""

from collections.abc import Sequence
from typing import Any

from orders.cart import Line
from orders.models import Order, OrderItem, Product, Sku

# What a line keeps of its sums beside the columns of its own.
SUMS = ("initial_quantity", "initial_amount", "discount_amount", "discount_quantity", "applied_discount_amount",
        "applied_discount_quantity", "applied_quantity", "applied_quantity_amount", "subtotal_amount")  # fmt: skip


def rewrite(held: Order, new: Sequence[Line]) -> bool:
    """Put these lines in the place of the order's own, where they differ; each keeps its id by its place."""
    known = list(held.items.all())
    wanted = items_of(held, new)
    if [_compared(item) for item in known] == [_compared(item) for item in wanted]:
        return False
    for old, item in zip(known, wanted, strict=False):
        item.public_id = old.public_id
    OrderItem.objects.filter(order=held).delete()
    OrderItem.objects.bulk_create(wanted)
    return True


def _compared(item: OrderItem) -> tuple[Any, ...]:
    said = (item.source_id, item.related_object, item.quantity, item.price, item.amount, item.metadata)
    return (*said, item.sums, item.told)


def items_of(order: Order, new: Sequence[Line]) -> list[OrderItem]:
    """Return the rows that these lines come to, unsaved: two queries at most, for the goods that they name."""
    products = _keys(Product, [line.product for line in new])
    skus = _keys(Sku, [line.sku for line in new])
    return [
        OrderItem(
            order=order,
            position=position,
            product_id=products.get(_id_of(line.product)),
            sku_id=skus.get(_id_of(line.sku)),
            source_id=line.source_id,
            related_object=line.related_object,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            sums={name: value for name, value in line.amounts().items() if name in SUMS},
            told={"product": _plain(line.product), "sku": _plain(line.sku)},
            metadata=dict(line.metadata),
        )
        for position, line in enumerate(new)
    ]


def _keys(model: Any, references: Sequence[Any]) -> dict[str | None, int]:
    ids = {_id_of(reference) for reference in references} - {None}
    return dict(model.objects.filter(public_id__in=ids).values_list("public_id", "pk")) if ids else {}


def _id_of(reference: Any) -> str | None:
    return reference.get("id") if reference else None


def _plain(reference: Any) -> dict[str, Any] | None:
    return dict(reference) if reference else None
