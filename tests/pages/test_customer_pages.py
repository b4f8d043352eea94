"""Customers on the screen: found, read, written."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers import profiles
from customers.models import Customer
from customers.suppressing import suppress
from events import tracking
from events.models import Event
from events.tracking import Fact
from segments import definition

LIST = "admin:customers_customer_changelist"
ROWS = {"facts-TOTAL_FORMS": "2", "facts-INITIAL_FORMS": "0"}


def make(source_id: str, **said: Any) -> Customer:
    return tracking.identify(profiles.parse({"source_id": source_id, **said}), source=Event.Source.API).customer


@pytest.fixture
def alice(db: None) -> Customer:
    return make("alice", name="Alice Meyer", email="alice@shop.example", metadata={"visits": 3, "vip": True})


@pytest.mark.parametrize(
    "wanted", ["Meyer", "alice@shop", "ali"], ids=["part of the name", "beginning of the e-mail", "source id"]
)
def test_a_customer_is_found_by_what_people_know_of_her(admin_client: Client, alice: Customer, wanted: str) -> None:
    make("bob", name="Bob Vance")
    page = admin_client.get(reverse(LIST), {"q": wanted}).content.decode()
    assert "Alice Meyer" in page
    assert "Bob Vance" not in page


def test_the_list_costs_the_same_for_one_and_for_many(
    admin_client: Client, alice: Customer, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make(f"shop-{number}")
    # Session, person, and the page's rows with one more to know whether there is a next page.
    with django_assert_max_num_queries(4):
        admin_client.get(reverse(LIST))


def test_her_page_tells_her_profile_segments_and_why_things_happened(
    admin_client: Client, alice: Customer, django_assert_max_num_queries: Any
) -> None:
    definition.create("Friends", "static", customers=["alice"])
    cause = tracking.track(Fact("cart_abandoned", alice.pk, source=Event.Source.API))
    tracking.track(Fact("voucher.published", alice.pk, caused_by=cause))
    # Session, person, customer, and one to three for each app's card.
    with django_assert_max_num_queries(16):
        page = admin_client.get(reverse("admin:customers_customer_change", args=[alice.pk])).content.decode()
    assert "alice@shop.example" in page
    assert "Friends" in page
    assert "because of" in page
    assert reverse("admin:events_event_change", args=[cause.pk]) in page


def test_her_page_says_when_her_address_is_not_written_to(admin_client: Client, alice: Customer) -> None:
    address = reverse("admin:customers_customer_change", args=[alice.pk])
    assert "not written to" not in admin_client.get(address).content.decode()
    suppress("email", "Alice@shop.example", "unsubscribed", customer=alice)
    assert "not written to" in admin_client.get(address).content.decode()


def test_her_page_opens_by_her_ids_too(admin_client: Client, alice: Customer) -> None:
    for key in (alice.public_id, "alice"):
        assert admin_client.get(reverse("admin:customers_customer_change", args=[key])).status_code == 200


def test_a_customer_written_at_a_desk_is_told_as_an_event(admin_client: Client) -> None:
    told = {
        "source_id": "carol",
        "name": "Carol",
        "email": "carol@shop.example",
        "city": "Oslo",
        "facts-0-name": "visits",
        "facts-0-kind": "number",
        "facts-0-value": "7",
        "facts-1-kind": "text",
    }
    saved = admin_client.post(reverse("admin:customers_customer_add"), {**told, **ROWS})
    assert saved.status_code == 302
    carol = Customer.objects.get(source_id="carol")
    assert (carol.metadata, carol.address["city"]) == ({"visits": 7}, "Oslo")
    event = Event.objects.get(name="customer.created")
    assert (event.customer_id, event.source) == (carol.pk, Event.Source.ADMIN)


def test_an_edit_changes_erases_and_keeps_what_it_should(admin_client: Client, alice: Customer) -> None:
    make("alice", metadata={"history": ["a", "b"]})
    told = {
        "source_id": "alice",
        "name": "Alice Berg",
        "facts-0-name": "visits",
        "facts-0-kind": "number",
        "facts-0-value": "4",
        "facts-1-kind": "text",
    }
    saved = admin_client.post(reverse("admin:customers_customer_edit", args=[alice.pk]), {**told, **ROWS})
    assert saved.status_code == 302
    alice.refresh_from_db()
    assert (alice.name, alice.email) == ("Alice Berg", None)
    assert alice.metadata == {"visits": 4, "history": ["a", "b"]}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        pytest.param({}, "Give at least a name", id="nothing said"),
        pytest.param({"name": "Ida", "email": "ida at shop"}, "must look like name@example.com", id="no e-mail"),
        pytest.param({"name": "Ida", "phone": "call me"}, "must be a telephone number", id="no phone"),
        pytest.param(
            {"name": "Ida", "facts-0-name": "visits", "facts-0-kind": "number", "facts-0-value": "often"},
            "This is no number.",
            id="no number",
        ),
    ],
)
def test_what_cannot_be_saved_is_said_in_a_sentence(admin_client: Client, told: dict[str, str], sentence: str) -> None:
    blank = {"facts-0-kind": "text", "facts-1-kind": "text"}
    page = admin_client.post(reverse("admin:customers_customer_add"), {**blank, **told, **ROWS})
    assert page.status_code == 400
    assert sentence in page.content.decode()
    assert not Customer.objects.exists()
