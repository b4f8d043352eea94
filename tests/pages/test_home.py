"""Home: what is live, what happened in the last hour, what needs attention."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distributions.models import Delivery
from events.clock import database_now
from events.models import PendingEvent
from promo_site import home
from segments.models import Segment
from tests.pages.shop import a_customer, a_live_distribution, a_segment, an_event, visitor


def figures(client: Client) -> dict[str, int]:
    return {figure.label: figure.count for figure in client.get(reverse("home_now")).context["figures"]}


def concerns(client: Client) -> list[str]:
    return [concern.text for concern in client.get(reverse("home_now")).context["concerns"]]


def test_a_new_installation_is_told_its_first_steps(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert "curl" in page
    assert "/v1/events" in page
    an_event(a_customer("alice"), "cart_abandoned")
    assert "First steps" not in admin_client.get(reverse("admin:index")).content.decode()


def test_the_last_hour_is_counted(admin_client: Client, drain: Any, clean_broker: Any) -> None:
    distribution = a_live_distribution()
    drain()
    an_event(a_customer("alice"), "cart_abandoned")
    drain()
    found = figures(admin_client)
    assert (found["segment entries"], found["messages sent"], found["messages failed"]) == (1, 1, 0)
    assert found["events received"] >= 4
    (row,) = admin_client.get(reverse("home_now")).context["distributions"]
    assert (row["distribution"], row["sent"]) == (distribution, 1)


def test_a_customers_page_shows_the_messages_to_her(admin_client: Client, drain: Any, clean_broker: Any) -> None:
    a_live_distribution()
    drain()
    alice = a_customer("alice")
    an_event(alice, "cart_abandoned")
    drain()
    page = admin_client.get(reverse("admin:customers_customer_change", args=[alice.pk])).content.decode()
    assert reverse("admin:distributions_delivery_change", args=[alice.deliveries.get().pk]) in page


def test_a_count_that_reaches_its_bound_says_or_more(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "BOUND", 2)
    for _ in range(5):
        an_event(a_customer("alice"), "cart_abandoned")
    page = admin_client.get(reverse("home_now")).content.decode()
    assert "<b>2+</b>" in page


def test_what_waits_for_a_person_is_named_with_the_page_that_helps(
    admin_client: Client, drain: Any, clean_broker: Any
) -> None:
    a_live_distribution()
    drain()
    event = an_event(a_customer("alice"), "cart_abandoned")
    drain()
    assert concerns(admin_client) == ["Five off has 9 free codes left"]
    Delivery.objects.update(state=Delivery.State.FAILED)
    PendingEvent.objects.create(event_id=event.pk, quarantined_at=database_now())
    broken = a_segment("Broken")
    Segment.objects.filter(pk=broken.pk).update(fill=Segment.Fill.FAILED)
    assert concerns(admin_client) == [
        "1 message could not be delivered in the last 24 hours",
        "Five off has 9 free codes left",
        "Filling the segment Broken failed",
        "1 event could not be worked on and were set aside",
    ]
    for concern in admin_client.get(reverse("home_now")).context["concerns"]:
        assert admin_client.get(concern.url).status_code == 200


def test_home_asks_the_same_few_questions_whatever_happened(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        an_event(a_customer(f"shop-{number}"), "cart_abandoned")
    # Session, person, clock, four figures, running, sent, four kinds of trouble, pools, segments, events, empty, key.
    with django_assert_max_num_queries(18):
        admin_client.get(reverse("home_now"))


def test_home_shows_nobody_what_she_may_not_open(db: None) -> None:
    an_event(a_customer("alice"), "cart_abandoned")
    page = visitor("view_event").get(reverse("admin:index")).content.decode()
    assert "Alice" in page
    assert "Running now" not in page


def test_home_names_no_customer_to_who_may_not_see_events(db: None) -> None:
    an_event(a_customer("alice"), "cart_abandoned")
    assert "Alice" not in visitor("view_segment").get(reverse("admin:index")).content.decode()
