"""Goods and orders that come many at once: rows of bulk calls, a slice at a time, through the way of all others."""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Q

from access import money, project
from access.problems import Problem, invalid_payload
from backlog.models import AsyncAction
from backlog.rows import Outcome, Refusal, Row
from customers.models import Customer
from orders import goods, placing, saying
from orders.goods import By
from orders.holding import hold_people, take_turns
from orders.models import Order, Product
from orders.placing import Told
from orders.saying import OrderSaid

Do = Callable[[Any, By], None]
# What a file calls the columns of a product or a variant; every other column is metadata.
PRODUCT_COLUMNS = {"name": "name", "source_id": "source_id", "price": "price", "image_url": "image_url",
                   "attributes": "attributes", "id": "id"}  # fmt: skip
SKU_COLUMNS = {"sku": "sku", "source_id": "source_id", "price": "price", "image_url": "image_url",
               "currency": "currency", "id": "id", "product_id": "product_id"}  # fmt: skip


def update_products(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    return _each(action, rows, lambda said, by: _put_product(goods.parse_product(said), by))


def update_product_metadata(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    metadata = action.asked["metadata"]
    return _each(action, rows, lambda source_id, by: _put_product(
        goods.parse_product({"source_id": source_id, "metadata": metadata}), by))  # fmt: skip


def import_products(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    currency = project.current().currency
    return _each(action, rows, lambda cells, by: _put_product(
        goods.parse_product(_cells(cells, PRODUCT_COLUMNS, currency)), by))  # fmt: skip


def import_skus(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    currency = project.current().currency
    return _each(action, rows, lambda cells, by: _put_sku(_cells(cells, SKU_COLUMNS, currency), by))


def import_orders(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Take orders of the past: their customers' totals and segments follow, but no order is told as an event."""
    _hold_customers(rows)
    return _each(action, rows, _put_order)


def _hold_customers(rows: Sequence[Row]) -> None:
    """Lock whom the rows name, all at once and in the order of everybody else, so that nobody waits in a ring."""
    told = [said for row in rows if (said := _order_of(row))]
    orders, people = {name for said in told for name in (said.id, said.source_id) if name}, set[str]()
    people = people.union(*(said.names for said in told))
    take_turns(orders)
    owners = Order.objects.filter(Q(source_id__in=orders) | Q(public_id__in=orders))
    known = Customer.objects.filter(Q(public_id__in=people) | Q(source_id__in=people))
    hold_people({*known.values_list("pk", flat=True), *owners.order_by().values_list("customer_id", flat=True)})


def _order_of(row: Row) -> OrderSaid | None:
    """Return what a row says; what it says wrongly is told when its turn comes."""
    try:
        return saying.parse(row.said)
    except Problem:
        return None


def _put_product(said: goods.GoodsChange, by: By) -> None:
    if said.source_id is None and said.id is None:
        raise invalid_payload("source_id is missing")
    goods.save_product(said, by)


def _put_sku(said: dict[str, Any], by: By) -> None:
    named = str(said.pop("product_id", ""))
    product = Product.objects.named(named).first() if named else None
    if product is None:
        raise invalid_payload(f"There is no product {named or 'in the column product_id'}")
    goods.save_sku(product, goods.parse_sku(said), by)


def _put_order(said: Any, by: By) -> None:
    placing.upsert(saying.parse(said), told=Told(by.source, by.group_id, is_silent=True))


def _each(action: AsyncAction, rows: Sequence[Row], do: Do) -> Outcome:
    """Do each row by itself: one that cannot be done spoils nothing for its neighbors."""
    by, refused = By(action.source, action.request_id), []
    for row in rows:
        try:
            with transaction.atomic():
                do(row.said, by)
        except Problem as problem:
            refused.append(Refusal(row.line, _name(row.said), problem.sentence))
    return Outcome(len(rows) - len(refused), refused)


def _name(said: Any) -> str:
    if isinstance(said, dict):
        return str(said.get("source_id") or said.get("id") or "")[:255]
    return str(said)[:255]


def _cells(cells: dict[str, str], columns: dict[str, str], currency: str) -> dict[str, Any]:
    said: dict[str, Any] = {"metadata": {}}
    for header, cell in cells.items():
        name = header.strip().lower().replace(" ", "_")
        if not cell:
            continue
        if name not in columns:
            said["metadata"][header] = cell
        else:
            said[columns[name]] = _read(columns[name], cell, currency)
    return said if said["metadata"] else {name: value for name, value in said.items() if name != "metadata"}


def _read(name: str, cell: str, currency: str) -> Any:
    if name == "attributes":
        return [part.strip() for part in cell.split(",") if part.strip()]
    return _price(cell, currency) if name == "price" else cell


def _price(cell: str, currency: str) -> int:
    """Read a price as people write it, with as many decimals as the currency has."""
    try:
        amount = money.smallest(Decimal(cell.replace(",", ".")), currency)
    except InvalidOperation as error:
        raise invalid_payload(f"price should be a number such as 12.50, not {cell[:40]}") from error
    if amount != amount.to_integral_value() or not 0 <= amount <= saying.AMOUNT_MOST:
        raise invalid_payload(f"price should be a number such as 12.50, not {cell[:40]}")
    return int(amount)
