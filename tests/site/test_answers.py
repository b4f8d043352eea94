from typing import Any

import pytest
from django.test import Client

from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_program_that_asks_for_nothing_known_gets_the_error_body(api: Any) -> None:
    answer = api.get("/v1/nowhere")
    body = answer.json()
    assert (answer.status_code, body["code"], body["key"]) == (404, 404, "not_found")
    assert body["request_id"].startswith("v-")


def test_a_person_who_asks_for_nothing_known_gets_a_page() -> None:
    answer = Client().get("/nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_a_fault_of_ours_is_told_in_the_same_shape(api: Any, monkeypatch: Any) -> None:
    def break_down(_named: str) -> Customer:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(Customer.objects, "named", break_down, raising=False)
    answer = api.get("/v1/customers/alice")
    assert (answer.status_code, answer.json()["key"]) == (500, "internal_error")
    assert b"secret" not in answer.content


def test_what_is_removed_between_two_looks_is_not_found(api: Any, monkeypatch: Any) -> None:
    alice = Customer.objects.create(source_id="alice")

    def be_overtaken(_named: str) -> Any:
        alice.delete()
        return Customer.objects.filter(pk=Customer.objects.get(source_id="alice").pk)

    monkeypatch.setattr(Customer.objects, "named", be_overtaken, raising=False)
    answer = api.get("/v1/customers/alice")
    body = answer.json()
    assert (answer.status_code, body["key"]) == (404, "not_found")
    assert (body["resource_type"], body["resource_id"]) == ("customer", "alice")


@pytest.mark.parametrize("name", ["distributions", "connections", "campaigns", "orders", "customers"])
def test_nothing_has_a_zero_byte_in_its_name(api: Any, name: str) -> None:
    answer = api.get(f"/v1/{name}/%00")
    assert (answer.status_code, answer.json()["key"]) == (404, "not_found")


def test_a_query_with_a_zero_byte_is_refused_before_it_is_asked(api: Any) -> None:
    answer = api.get("/v1/vouchers?campaign=%00")
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_query_params")


def test_events_come_in_by_the_short_way_and_are_not_sniffed(api: Any) -> None:
    answer = api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "alice"}})
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert "Content-Security-Policy" not in answer
