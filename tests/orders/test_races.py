"""Two connections that place one order at the same time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from events.models import Event
from orders import placing, saying
from orders.models import Order, OrderSummary

pytestmark = pytest.mark.django_db(transaction=True)


def place(said: dict[str, Any]) -> None:
    try:
        placing.upsert(saying.parse(said))
    finally:
        connection.close()


def test_one_order_placed_by_many_at_once_is_one_order_told_once() -> None:
    said = {"source_id": "o-1", "amount": 1000, "status": "PAID", "customer": {"source_id": "ida"}}
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(place, [said] * 12))
    assert Order.objects.count() == 1
    assert sorted(Event.objects.filter(name__startswith="order.").values_list("name", flat=True)) == [
        "order.created", "order.paid",
    ]  # fmt: skip
    assert OrderSummary.objects.get().total_count == 1


def test_orders_of_one_customer_paid_at_once_are_all_summed_up() -> None:
    orders = [
        {"source_id": f"o-{n}", "amount": 100, "status": "PAID", "customer": {"source_id": "ida"}} for n in range(12)
    ]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(place, orders))
    summary = OrderSummary.objects.get()
    assert (summary.total_count, summary.total_amount) == (12, 1200)
