"""What a customer's bought orders come to: moved by every change of an order, in its transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from access import statements
from access.strict_json import moment
from orders.models import Order

# Adds what changed, and looks up her latest bought order by its index: the cost does not grow with her history.
MOVE = """
    INSERT INTO orders_ordersummary AS known
        (customer_id, total_amount, total_count, last_order_amount, last_order_date)
    SELECT %(customer)s, %(amount)s, %(count)s, latest.total_amount, latest.created_at
    FROM (SELECT 1) AS once LEFT JOIN LATERAL (
        SELECT total_amount, created_at FROM orders_order
        WHERE customer_id = %(customer)s AND status IN ('PAID', 'FULFILLED') ORDER BY created_at DESC LIMIT 1
    ) AS latest ON TRUE
    ON CONFLICT (customer_id) DO UPDATE SET
        total_amount = known.total_amount + excluded.total_amount,
        total_count = known.total_count + excluded.total_count,
        last_order_amount = excluded.last_order_amount,
        last_order_date = excluded.last_order_date
"""
# The same of orders that are new, as a part of the statement that places them: of these the latest may be another.
ADD = """
    INSERT INTO orders_ordersummary AS known
        (customer_id, total_amount, total_count, last_order_amount, last_order_date)
    SELECT customer_id, total_amount, 1, total_amount, created_at FROM placed
    WHERE customer_id IS NOT NULL AND status IN ('PAID', 'FULFILLED')
    ON CONFLICT (customer_id) DO UPDATE SET
        total_amount = known.total_amount + excluded.total_amount,
        total_count = known.total_count + excluded.total_count,
        last_order_amount = CASE WHEN known.last_order_date > excluded.last_order_date
                                 THEN known.last_order_amount ELSE excluded.last_order_amount END,
        last_order_date = greatest(known.last_order_date, excluded.last_order_date)
"""

BOUGHT_BY = """
SELECT customer_id, total_amount, total_count, average_amount, last_order_amount, last_order_date
FROM orders_ordersummary WHERE customer_id = ANY((SELECT %s)::bigint[])
"""


def bought(order: Order | None) -> tuple[int, int]:
    """Return what an order adds to its customer's summary: amount and count."""
    if order is None or order.status not in Order.BOUGHT:
        return 0, 0
    return order.amount - order.total_discount_amount, 1


def follow(order: Order, before: tuple[int | None, tuple[int, int]]) -> None:
    """Take what an order counted before from whose it was, and give what it counts now to whose it is."""
    owner, (amount, count) = before
    now_amount, now_count = bought(order)
    if owner == order.customer_id:
        _move(owner, now_amount - amount, now_count - count, is_certain=bool(count or now_count))
        return
    _move(owner, -amount, -count, is_certain=bool(count))
    _move(order.customer_id, now_amount, now_count, is_certain=bool(now_count))


def _move(customer_id: int | None, amount: int, count: int, *, is_certain: bool) -> None:
    if customer_id is None or not is_certain:
        return
    with connection.cursor() as cursor:
        cursor.execute(MOVE, {"customer": customer_id, "amount": amount, "count": count})


def look_again(customer_ids: Collection[int]) -> None:
    """Let apps above look at these customers' totals again, which changed without an event of theirs."""
    for path in settings.CUSTOMER_FOLLOWERS if customer_ids else ():
        import_string(path)(customer_ids, "summary.orders")


def facts(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Tell what these customers bought, for their JSON: one query."""
    found = statements.rows(BOUGHT_BY, [list(customer_ids)])
    return {customer: {"summary": {"orders": _told(*totals)}} for customer, *totals in found}


def _told(amount: int, count: int, average: int, last_amount: int | None, last: datetime | None) -> dict[str, Any]:
    return {
        "total_amount": amount,
        "total_count": count,
        "average_amount": average,
        "last_order_amount": last_amount or 0,
        "last_order_date": moment(last) if last else None,
    }
