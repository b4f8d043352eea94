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


def test_events_come_in_by_the_short_way_and_are_not_sniffed(api: Any) -> None:
    answer = api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "alice"}})
    assert (answer.status_code, answer["X-Content-Type-Options"]) == (200, "nosniff")
    assert "Content-Security-Policy" not in answer
