"""Orders of the past: they change what is known of their customers, and are not told as if they happened now."""

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event
from orders.models import Order
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


def test_imported_orders_change_totals_without_being_told(api: RestClient, drain: Callable[[], int]) -> None:
    rows: list[dict[str, Any]] = [
        {"source_id": "past-1", "status": "PAID", "amount": 900, "customer": {"source_id": "ida"}, "created_at": "2025-01-02T10:00:00Z"},
        {"source_id": "past-2", "status": "NONSENSE"},
    ]  # fmt: skip
    answer = api.post("/v1/orders/import", rows)
    assert answer.status_code == 200
    drain()
    action = api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (1, 1)
    assert api.get("/v1/customers/ida").json()["summary"]["orders"]["last_order_date"] == "2025-01-02T10:00:00.000Z"
    assert not Event.objects.filter(name__startswith="order.").exists()


def test_too_many_orders_at_once_are_refused(api: RestClient) -> None:
    assert api.post("/v1/orders/import", [{"amount": 1}] * 2001).status_code == 400
    assert not Order.objects.exists()
