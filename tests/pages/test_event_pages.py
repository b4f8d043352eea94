"""Events on the screen: the list, the chain of causes, the schema."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers import profiles
from customers.models import Customer
from events import definitions, tracking, volumes
from events.clock import database_now
from events.models import Event, EventDefinition, PendingEvent
from events.tracking import Fact

LIST = "admin:events_event_changelist"


@pytest.fixture
def alice(db: None) -> Customer:
    return tracking.identify(
        profiles.parse({"source_id": "alice", "email": "alice@shop.example"}), source="API"
    ).customer


def happen(name: str, customer: Customer | None = None, **more: Any) -> Event:
    return tracking.track(Fact(name, customer.pk if customer else None, source=Event.Source.API, **more))


def test_the_list_shows_the_newest_first_and_pages_without_counting(
    admin_client: Client, alice: Customer, django_assert_num_queries: Any
) -> None:
    for number in range(60):
        happen(f"event_{number}", alice)
    # Session, person, events with their customers, names for the filter.
    with django_assert_num_queries(4):
        page = admin_client.get(reverse(LIST))
    rows = page.context["events"]
    assert rows.rows[0].name == "event_59"
    older = admin_client.get(reverse(LIST), {"before": str(rows.older)}).context["events"]
    assert [event.name for event in older.rows][:2] == ["event_9", "event_8"]
    assert older.older is None


def test_the_list_is_narrowed_by_name_customer_and_source(admin_client: Client, alice: Customer) -> None:
    bob = tracking.identify(profiles.parse({"source_id": "bob"}), source="API").customer
    wanted = happen("cart_abandoned", alice)
    happen("cart_abandoned", bob)
    happen("page_viewed", alice)
    told = {"name": "cart_abandoned", "customer": "alice@shop.example", "source": "API"}
    assert list(admin_client.get(reverse(LIST), told).context["events"].rows) == [wanted]
    nothing = admin_client.get(reverse(LIST), {"name": "never"}).content.decode()
    assert "No event matches" in nothing


def test_an_aliased_name_finds_the_events_of_the_seeds_name(admin_client: Client, alice: Customer) -> None:
    happen("order.paid", alice)
    found = admin_client.get(reverse(LIST), {"name": "customer.order.paid"}).context["events"].rows
    assert [event.name for event in found] == ["order.paid"]


def test_an_events_page_shows_what_led_to_it_and_what_followed(admin_client: Client, alice: Customer) -> None:
    first = happen("cart_abandoned", alice)
    entered = happen("customer.segment.entered", alice, caused_by=first)
    published = happen("voucher.published", alice, caused_by=entered)
    page = admin_client.get(reverse("admin:events_event_change", args=[entered.public_id]))
    assert [link.event for link in page.context["causes"]] == [first]
    assert [link.event for link in page.context["effects"]] == [published]


def test_an_event_set_aside_says_so_and_why(admin_client: Client, alice: Customer) -> None:
    event = happen("cart_abandoned", alice)
    PendingEvent.objects.filter(pk=event.pk).update(quarantined_at=database_now(), attempts=5, error="It did not fit.")
    page = admin_client.get(reverse("admin:events_event_change", args=[event.pk])).content.decode()
    assert "was set aside" in page
    assert "It did not fit." in page
    assert str(event.pk) in admin_client.get(reverse("admin:events_pendingevent_changelist")).content.decode()


def test_an_event_set_aside_is_tried_again(admin_client: Client, alice: Customer, clean_broker: Any) -> None:
    event = happen("cart_abandoned", alice)
    PendingEvent.objects.filter(pk=event.pk).update(quarantined_at=database_now(), attempts=5)
    chosen = {"action": "try_again", "_selected_action": [str(event.pk)]}
    page = admin_client.post(reverse("admin:events_pendingevent_changelist"), chosen, follow=True)
    assert "1 event will be worked on again." in page.content.decode()
    pending = PendingEvent.objects.get(pk=event.pk)
    assert (pending.quarantined_at, pending.attempts) == (None, 0)


def test_volumes_count_the_last_thirty_days(alice: Customer) -> None:
    for _ in range(3):
        happen("cart_abandoned", alice)
    found = volumes.recent(database_now())["cart_abandoned"]
    assert (found.count, found.is_estimate, found.in_words) == (3, False, "3")


def test_volumes_of_a_large_table_are_estimates_that_say_so(alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volumes, "ROWS", 1)
    for _ in range(3):
        happen("cart_abandoned", alice)
    found = volumes.recent(database_now())["cart_abandoned"]
    assert found.is_estimate
    assert found.in_words.startswith("about ")
    assert found.last_at is not None


def rows(*properties: tuple[str, str], **more: str) -> dict[str, str]:
    told = {"properties-TOTAL_FORMS": str(len(properties)), "properties-INITIAL_FORMS": "0"}
    for number, (name, kind) in enumerate(properties):
        told |= {f"properties-{number}-name": name, f"properties-{number}-type": kind}
    return told | more


def test_an_event_is_declared_in_rows(admin_client: Client) -> None:
    told = rows(("cart_value", "number"), ("", "string"), **{"properties-0-required": "on", "name": "cart_abandoned"})
    assert admin_client.post(reverse("admin:events_eventdefinition_add"), told).status_code == 302
    declared = EventDefinition.objects.get()
    assert declared.properties == {"cart_value": {"type": "number", "optional": False, "deleted": False}}


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        pytest.param(rows(), "Give the event its name", id="no name"),
        pytest.param(rows(name="order.paid"), "is the name of an internal event", id="an internal name"),
        pytest.param(rows(("a", "string"), ("a", "number"), name="x"), "stands in two rows", id="twice"),
        pytest.param(rows(name="known"), "exists already", id="declared before"),
    ],
)
def test_what_cannot_be_declared_is_said_in_a_sentence(
    admin_client: Client, told: dict[str, str], sentence: str
) -> None:
    definitions.declare("known", {})
    page = admin_client.post(reverse("admin:events_eventdefinition_add"), told)
    assert page.status_code == 400
    assert sentence in page.content.decode()


def test_a_declared_type_cannot_be_changed(admin_client: Client) -> None:
    known = definitions.declare("cart_abandoned", {"cart_value": {"type": "number"}})
    address = reverse("admin:events_eventdefinition_change", args=[known.pk])
    page = admin_client.post(address, rows(("cart_value", "string")))
    assert "cannot be changed" in page.content.decode()
    assert admin_client.post(address, rows(("cart_value", "number"), ("currency", "string"))).status_code == 302
    known.refresh_from_db()
    assert set(known.properties) == {"cart_value", "currency"}


def test_a_forgotten_declaration_leaves_the_events(admin_client: Client, alice: Customer) -> None:
    known = definitions.declare("cart_abandoned", {})
    happen("cart_abandoned", alice)
    admin_client.post(reverse("admin:events_eventdefinition_delete", args=[known.pk]))
    assert not EventDefinition.objects.exists()
    assert Event.objects.filter(name="cart_abandoned").exists()


def test_the_schema_shows_what_was_merely_seen_beside_what_was_declared(admin_client: Client, api: Any) -> None:
    definitions.declare("order_done", {})
    assert api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "alice"}}).status_code == 200
    page = admin_client.get(reverse("admin:events_eventdefinition_changelist")).content.decode()
    assert page.index("cart_abandoned") < page.index(">seen<")
    assert page.index("order_done") < page.index(">declared<")
