"""A customer's timeline on the screen: all that happened, in words, each with its cause."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer
from events import lines, tracking
from events.models import Event
from events.tracking import Fact
from tests.pages.shop import a_customer, an_event


@pytest.fixture
def alice(db: None) -> Customer:
    return a_customer("alice")


def open_timeline(client: Client, customer: Customer, **query: str) -> str:
    return client.get(reverse("admin:events_event_timeline", args=[customer.public_id]), query).content.decode()


@pytest.mark.parametrize(
    ("name", "properties", "title", "detail"),
    [
        pytest.param("cart_abandoned", {"cart_value": 7450}, "Cart abandoned", "cart_value: 7450", id="the shop's own"),
        pytest.param(
            "voucher.published",
            {"voucher": {"code": "BACK-1"}, "campaign": {"name": "Five off"}},
            "Got the code BACK-1",
            "Five off",
            id="a code",
        ),
        pytest.param(
            "customer.updated", {"changed": ["name", "email"]}, "Her profile changed: name, email", "", id="a list"
        ),
        pytest.param("voucher.published", {}, "Voucher published", "", id="a value is missing"),
        pytest.param("order.paid", {"order": {"source_id": None}}, "Order paid", "", id="a value is null"),
    ],
)
def test_an_event_is_told_in_words(name: str, properties: dict[str, Any], title: str, detail: str) -> None:
    line = lines.line_of(Event(name=name, properties=properties))
    assert (line.title, line.detail) == (title, detail)


def test_a_line_with_many_properties_says_how_many_more_there_are() -> None:
    line = lines.line_of(Event(name="viewed", properties={f"p{n}": n for n in range(9)}))
    assert line.detail == "p0: 0 · p1: 1 · p2: 2 · p3: 3 · 5 more"


def test_her_timeline_tells_everything_in_order_with_its_cause(admin_client: Client, alice: Customer) -> None:
    cart = an_event(alice, "cart_abandoned")
    tracking.track(Fact("voucher.published", alice.pk, {"voucher": {"code": "BACK-1"}}, caused_by=cart))
    page = open_timeline(admin_client, alice)
    assert page.index("Got the code BACK-1") < page.index("Became known")
    assert "because of <a" in page


@pytest.mark.parametrize(
    ("show", "seen", "hidden"),
    [
        pytest.param("ACTION", "Cart abandoned", "Got the code", id="what she did"),
        pytest.param("EFFECT", "Got the code", "Cart abandoned", id="what followed"),
    ],
)
def test_her_timeline_can_be_narrowed(admin_client: Client, alice: Customer, show: str, seen: str, hidden: str) -> None:
    an_event(alice, "cart_abandoned")
    tracking.track(Fact("voucher.published", alice.pk, {"voucher": {"code": "BACK-1"}}))
    page = open_timeline(admin_client, alice, show=show)
    assert seen in page
    assert hidden not in page


def test_a_long_timeline_goes_on_page_by_page(
    admin_client: Client, alice: Customer, django_assert_max_num_queries: Any
) -> None:
    for number in range(lines.PER_PAGE + 5):
        an_event(alice, f"step_{number:02}")
    # Session, person, customer, her events, their causes.
    with django_assert_max_num_queries(5):
        first = open_timeline(admin_client, alice)
    assert "Step 44" in first
    assert "Step 04" not in first
    before = lines.page_of(alice).earlier
    assert "Step 04" in open_timeline(admin_client, alice, before=str(before))


def test_what_a_customer_sent_is_shown_and_never_run(admin_client: Client, alice: Customer) -> None:
    an_event(alice, "<script>alert(1)</script>", note="<img src=x onerror=alert(1)>")
    page = open_timeline(admin_client, alice)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("key", ["cust_none", "a\0b", "x" * 300])
def test_nobodys_timeline_is_not_found(admin_client: Client, key: str) -> None:
    assert admin_client.get(f"/admin/events/event/of/{key.replace(chr(0), '%00')}/").status_code == 404
