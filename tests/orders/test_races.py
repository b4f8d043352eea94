"""Two connections that place one order at the same time."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from backlog.models import AsyncAction
from backlog.rows import Row
from customers import profiles
from events.models import Event
from events.tracking import identify
from orders import goods, performing, placing, saying
from orders.goods import By
from orders.models import Order, OrderSummary, Product

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


def test_one_product_sent_by_many_at_once_is_one_product_told_once() -> None:
    def save(_: int) -> None:
        try:
            goods.save_product(goods.parse_product({"source_id": "tee", "name": "Tee"}), By())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(save, range(12)))
    assert Product.objects.count() == 1
    assert list(Event.objects.values_list("name", flat=True)) == ["product.created"]


def test_a_product_deleted_by_many_at_once_is_told_once() -> None:
    product = goods.save_product(goods.parse_product({"source_id": "tee"}), By())

    def delete(_: int) -> None:
        try:
            goods.delete_product(product, By())
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(delete, range(6)))
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["product.created", "product.deleted"]


def test_an_import_and_orders_of_the_same_customers_at_once_wait_in_no_ring() -> None:
    for number in range(4):
        identify(profiles.parse({"source_id": f"c-{number}"}), source="API")
    orders = [
        {"source_id": f"o-{n}", "amount": 100 + n, "status": "PAID", "customer": {"source_id": f"c-{n % 4}"}}
        for n in range(20)
    ]

    def import_them() -> None:
        with transaction.atomic():
            performing.import_orders(AsyncAction(source="API"), [Row(n, said) for n, said in enumerate(orders[::-1])])
        connection.close()

    def cancel(number: int) -> None:
        placing.upsert(saying.parse({"source_id": f"o-{number}", "status": "CANCELED"}))
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        done = [
            pool.submit(import_them),
            *(pool.submit(place, said) for said in orders),
            *(pool.submit(cancel, n) for n in (3, 5)),
        ]
        assert [each.exception() for each in done] == [None] * len(done)
    for summary in OrderSummary.objects.all():
        bought = Order.objects.filter(customer=summary.customer_id, status="PAID")
        assert summary.total_amount == bought.aggregate(total=Sum("total_amount"))["total"]
        assert summary.total_count == bought.count()


def test_orders_that_go_from_customer_to_customer_at_once_wait_in_no_ring() -> None:
    for number in range(5):
        identify(profiles.parse({"source_id": f"c-{number}"}), source="API")
    said = [
        {"source_id": f"o-{n % 2}", "amount": 100 + n, "status": "PAID", "customer": {"source_id": f"c-{n * 3 % 5}"}}
        for n in range(40)
    ]
    with ThreadPoolExecutor(8) as pool:
        assert [each.exception() for each in [pool.submit(place, order) for order in said]] == [None] * len(said)
    for summary in OrderSummary.objects.all():
        bought = Order.objects.filter(customer=summary.customer_id)
        assert summary.total_count == bought.count()
        assert summary.total_amount == (bought.aggregate(total=Sum("total_amount"))["total"] or 0)
