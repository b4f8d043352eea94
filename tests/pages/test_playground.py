"""The playground: one press, and the whole story can be watched."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from distributions.models import Delivery
from events.clock import database_now
from events.models import Event
from tests.pages.shop import a_live_distribution, text_of, visitor

pytestmark = pytest.mark.django_db

PRESSED = {
    "source_id": "alice",
    "name": "Alice",
    "email": "alice@shop.example",
    "event": "cart_abandoned",
    "properties": '{"cart_value": 5900}',
}


def press(client: Client, **other: str) -> Any:
    return client.post(reverse("admin:distributions_distribution_playground"), PRESSED | other)


def test_a_press_invents_the_customer_and_records_the_event(admin_client: Client) -> None:
    press(admin_client)
    assert Customer.objects.get().name == "Alice"
    event = Event.objects.get(name="cart_abandoned")
    assert event.properties == {"cart_value": 5900}
    assert len({each.group_id for each in Event.objects.all()} - {""}) == 1


def test_a_picked_customer_keeps_what_is_not_said(admin_client: Client) -> None:
    press(admin_client)
    press(admin_client, name="", email="")
    assert Customer.objects.get().email == "alice@shop.example"


def test_the_trace_tells_the_story_to_the_message(admin_client: Client, drain: Any) -> None:
    a_live_distribution()
    answer = press(admin_client)
    drain()
    page = admin_client.get(answer.url)
    assert page.context["is_settled"]
    assert len(page.context["trace"]) >= 5
    assert "5% off" in text_of(page) or "Abandoned carts" in text_of(page)


def test_until_everything_is_done_the_trace_keeps_asking(admin_client: Client) -> None:
    answer = press(admin_client)
    event = Event.objects.get(name="cart_abandoned")
    fragment = admin_client.get(reverse("admin:distributions_distribution_trace"), {"event": event.pk})
    assert "data-refresh-stop" not in text_of(fragment)
    assert "data-refresh" in text_of(admin_client.get(answer.url))


def test_a_message_in_flight_keeps_the_trace_open(admin_client: Client, drain: Any) -> None:
    a_live_distribution()
    answer = press(admin_client)
    drain()
    in_a_minute = database_now() + timedelta(minutes=1)
    Delivery.objects.update(state="SENDING", due_at=in_a_minute, lease_until=in_a_minute)
    assert not admin_client.get(answer.url).context["is_settled"]


def test_a_message_that_waits_says_until_when(admin_client: Client, drain: Any) -> None:
    a_live_distribution(delay_minutes=45)
    answer = press(admin_client)
    drain()
    page = admin_client.get(answer.url)
    assert page.context["is_settled"]
    assert "Waits until" in text_of(page)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        pytest.param({"properties": "{"}, "This is not JSON", id="broken JSON"),
        pytest.param({"properties": "[1]"}, "written in braces", id="a list"),
        pytest.param({"source_id": ""}, "required", id="nobody"),
        pytest.param({"email": "alice"}, "valid email", id="no address"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    admin_client: Client, said: dict[str, str], sentence: str
) -> None:
    answer = press(admin_client, **said)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert not Event.objects.exists()


def test_without_the_permission_nobody_plays() -> None:
    assert press(visitor("view_distribution")).status_code == 403
