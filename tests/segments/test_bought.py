"""What customers bought decides who is in a segment: by orders as they come, by imports, and when an order is another's."""

from collections.abc import Callable
from typing import Any

import pytest

from events.models import Event
from segments import definition
from segments.conditions import parse
from segments.conditions.tree import ConditionError
from segments.conditions.wording import sentence
from segments.models import Entry, Segment
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def big_spenders(drain: Callable[[], int]) -> Segment:
    segment = definition.create(
        "Spenders", "auto-update", {"summary.orders.total_amount": {"conditions": {"$more_than": ["5000"]}}}
    )
    drain()
    return segment


def order(api: RestClient, customer: str = "ida", **more: Any) -> Any:
    said = {"source_id": "o-1", "amount": 6000, "status": "PAID", "customer": {"source_id": customer}, **more}
    return api.post("/v1/orders", said).json()


def moves(segment: Segment) -> list[tuple[str, bool]]:
    entries = Entry.objects.filter(segment=segment).order_by("id").values_list("customer__source_id", "left_at")
    return [(name, left is None) for name, left in entries]


def test_an_order_brings_its_customer_in_and_its_cancellation_takes_her_out(
    api: RestClient, big_spenders: Segment, drain: Callable[[], int]
) -> None:
    order(api)
    drain()
    assert moves(big_spenders) == [("ida", True)]
    entered = Event.objects.get(name="customer.segment.entered")
    assert Event.objects.get(pk=entered.caused_by_id).name in ("order.created", "order.paid", "customer.created")
    api.put("/v1/orders/o-1", {"status": "CANCELED"})
    drain()
    assert moves(big_spenders) == [("ida", False)]


def test_an_imported_order_brings_its_customer_in_although_nothing_is_told_of_it(
    api: RestClient, big_spenders: Segment, drain: Callable[[], int]
) -> None:
    api.post("/v1/customers", {"source_id": "ida"})
    drain()
    api.post(
        "/v1/orders/import", [{"source_id": "p", "amount": 9000, "status": "PAID", "customer": {"source_id": "ida"}}]
    )
    drain()
    assert moves(big_spenders) == [("ida", True)]
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == [
        "customer.created",
        "customer.segment.entered",
    ]


def test_whose_order_becomes_anothers_leaves(api: RestClient, big_spenders: Segment, drain: Callable[[], int]) -> None:
    order(api)
    drain()
    order(api, "bob")
    drain()
    assert moves(big_spenders) == [("ida", False), ("bob", True)]


def test_who_never_ordered_has_no_orders(api: RestClient, drain: Callable[[], int]) -> None:
    nobody = definition.create(
        "Never", "auto-update", {"attribute": "summary.orders.total_count", "operator": "exactly", "value": 0}
    )
    api.post("/v1/customers", {"source_id": "ida"})
    drain()
    assert moves(nobody) == [("ida", True)]
    assert [each["id"] for each in api.get("/v1/customers/stranger/segments").json()["data"]] == [nobody.public_id]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(
            {"attribute": "summary.orders.total_count", "operator": "exactly", "value": "2"}, id="a number as a text"
        ),
        pytest.param(
            {"attribute": "summary.orders.total_count", "operator": "contains", "value": "2"},
            id="a text test on a number",
        ),
        pytest.param({"attribute": "summary.orders.fame", "operator": "exactly", "value": 2}, id="what is no total"),
    ],
)
def test_what_cannot_be_asked_of_totals_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(ConditionError):
        parse(condition)


def test_totals_read_as_a_sentence() -> None:
    tree = parse({"summary.orders.total_count": {"conditions": {"$is": ["2"]}}})
    assert sentence(tree) == "Customers whose number of orders is one of 2."
