"""Which events are written for whom, and what is said of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import catalogue, pipeline
from events.clock import database_now
from events.models import Event, PendingEvent
from events.tracking import Fact, track, track_many
from segments import definition
from tests.conftest import RestClient
from tests.customers.test_events import Ways
from tests.webhooks.conftest import Listening
from webhooks import outbox, subscriptions
from webhooks.models import Sendout

URL = "https://hooks.shop.example/in"

pytestmark = pytest.mark.django_db


def bodies() -> list[dict[str, Any]]:
    return [json.loads(body) for body in Sendout.objects.order_by("id").values_list("body", flat=True)]


@pytest.mark.parametrize("name", sorted(catalogue.KNOWN))
def test_every_event_of_the_catalogue_is_written_for_who_asked_for_it(
    listening: Listening, api: RestClient, name: str
) -> None:
    listening.subscribe(URL, name)
    known = catalogue.KNOWN[name]
    api.post("/v1/customers", {"source_id": "ida"})
    ida = Event.objects.get(name="customer.created").customer_id
    pipeline.drain()
    Sendout.objects.all().delete()
    event = track(Fact(name, ida if known.has_customer else None, {"note": "x"}, "ent_1", group_id="v-1"))
    pipeline.drain()
    [body] = bodies()
    assert (body["type"], body["event"]["id"], body["event"]["type"]) == (name, event.public_id, name)
    assert (body["event"]["entity_id"], body["event"]["group_id"]) == ("ent_1", "v-1")
    assert body["data"]["note"] == "x"
    assert ("customer" in body["data"]) == known.has_customer


@pytest.mark.parametrize(
    ("alias", "stored"),
    [(alias, event.name) for event in catalogue.KNOWN.values() for alias in (*event.aliases, *event.shared_aliases)],
)
def test_an_event_is_told_under_the_name_by_which_it_was_asked_for(
    listening: Listening, alias: str, stored: str
) -> None:
    listening.subscribe(URL, alias)
    track(Fact(stored))
    pipeline.drain()
    assert [(body["type"], body["event"]["type"]) for body in bodies()] == [(alias, stored)]


def test_who_asks_for_one_event_by_two_names_is_told_once(listening: Listening) -> None:
    listening.subscribe(URL, "customer.order.paid", "order.paid", "*")
    listening.subscribe(URL, "*")
    track(Fact("order.paid"))
    pipeline.drain()
    assert [body["type"] for body in bodies()] == ["customer.order.paid", "order.paid"]


def test_the_envelope_says_what_happened_to_whom_and_why(api: RestClient, listening: Listening, api_key: Any) -> None:
    made = listening.subscribe(URL, "customer.segment.entered")
    condition = {"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}
    definition.create("Cart abandoners", "auto-update", {"junction": "and", "conditions": [condition]})
    listening.drain()
    cause = api.post(
        "/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "ida", "email": "i@x.example"}}
    )
    pipeline.drain()
    [body] = bodies()
    [sendout] = Sendout.objects.all()
    assert (body["id"], body["project_id"]) == (sendout.public_id, listening.path.split("/")[4])
    assert body["source"] == {"id": made["id"], "object": "webhook", "target_url": URL}
    assert body["data"]["customer"]["email"] == "i@x.example"
    assert body["data"]["customer"]["summary"]["orders"]["total_count"] == 0
    assert body["data"]["segment"]["name"] == "Cart abandoners"
    assert body["event"]["caused_by"] == cause.json()["id"]
    assert body["event"]["group_id"].startswith("v-")
    assert set(body) == {"id", "project_id", "created_at", "type", "data", "source", "event"}


def test_who_reported_an_event_is_told_with_it(api: RestClient, listening: Listening, api_key: Any) -> None:
    listening.subscribe(URL, "customer.custom_event")
    api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "ida"}, "metadata": {"value": 7}})
    pipeline.drain()
    [body] = bodies()
    assert body["type"] == "customer.custom_event"
    assert body["data"]["event"]["metadata"] == {"value": 7}
    assert body["data"]["event_schema"]["name"] == "cart_abandoned"
    reporter = {"name": api_key.key.name, "app_id": api_key.key.app_id}
    assert body["event"]["event_source"] == {"channel": "API", "api_key": reporter}


def test_what_has_too_many_causes_to_change_anything_is_told_all_the_same(listening: Listening) -> None:
    listening.subscribe(URL, "*")
    event = track(Fact("order.paid"))
    for _ in range(pipeline.DEPTH_MOST + 2):
        event = track(Fact("order.updated", caused_by=event))
    assert event.depth == pipeline.DEPTH_MOST + 2
    pipeline.drain()
    assert len(bodies()) == pipeline.DEPTH_MOST + 3
    assert not PendingEvent.objects.exists()


@pytest.mark.parametrize("way", ["bulk", "metadata", "sheet"])
def test_customers_who_come_in_bulk_are_told_like_any_others(
    api: RestClient, admin_client: Client, listening: Listening, way: str
) -> None:
    say = getattr(Ways(api, admin_client), way)
    Ways(api, admin_client).rest("Ida")
    listening.subscribe(URL, "customer.updated")
    say("Ida Vos")
    listening.drain()
    [body] = bodies()
    assert (body["type"], body["data"]["customer"]["source_id"]) == ("customer.updated", "ada")


def test_applying_a_batch_twice_tells_it_once(listening: Listening) -> None:
    listening.subscribe(URL, "order.paid")
    event = track(Fact("order.paid"))
    pipeline.drain()
    with transaction.atomic():
        outbox.write([event, event], database_now(), subscriptions.current())
    assert Sendout.objects.count() == 1


def test_a_batch_that_is_undone_tells_nothing_and_is_told_when_it_is_done(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    listening.subscribe(URL, "order.paid")
    track(Fact("order.paid"))

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    insert = outbox._insert
    with monkeypatch.context() as broken:
        broken.setattr(outbox, "_insert", lambda addressed, now: (insert(addressed, now), die()))
        with pytest.raises(Killed):
            pipeline.drain()
    assert not Sendout.objects.exists()
    pipeline.drain()
    assert Sendout.objects.count() == 1


def test_a_webhook_that_is_off_or_deleted_gets_nothing(api: RestClient, listening: Listening) -> None:
    off, gone = listening.subscribe(URL), listening.subscribe(URL)
    api.put(f"{listening.path}/{off['id']}", {"active": False})
    api.delete(f"{listening.path}/{gone['id']}")
    track(Fact("order.paid"))
    pipeline.drain()
    assert not Sendout.objects.exists()


def test_an_event_costs_one_query_where_nobody_asked_for_it(project: Any, django_assert_num_queries: Any) -> None:
    events, now = track_many([Fact("order.paid") for _ in range(3)]), database_now()
    # The version of the subscriptions.
    with django_assert_num_queries(1):
        assert outbox.write(events, now, subscriptions.current()) == 0


def test_a_batch_costs_a_fixed_number_of_queries(
    api: RestClient, listening: Listening, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        listening.subscribe(URL, "order.paid", "customer.created")
    for name in ("ida", "otto", "una"):
        api.post("/v1/customers", {"source_id": name})
    events = list(Event.objects.filter(name="customer.created"))
    outbox.write(events[:1], database_now(), subscriptions.current())
    # The version, the project, the customers, their facts (four), the keys, the rows.
    with CaptureQueriesContext(connection) as of_one:
        outbox.write(events[1:2], database_now(), subscriptions.current())
    with django_assert_num_queries(len(of_one)):
        outbox.write(events, database_now(), subscriptions.current())
    assert Sendout.objects.count() == 9


def test_who_was_deleted_and_is_erased_later_is_told_of_without_a_name(api: RestClient, listening: Listening) -> None:
    listening.subscribe(URL, "customer.deleted")
    api.post("/v1/customers", {"source_id": "ida-vos"})
    api.delete("/v1/customers/ida-vos")
    pipeline.drain()
    [told] = bodies()
    assert told["data"]["customer"]["source_id"] == "ida-vos"
    api.post(f"/v1/customers/{told['data']['customer']['id']}/permanent-deletion")
    sendout = Sendout.objects.get()
    assert (sendout.state, "ida-vos" in sendout.body) == ("WAITING", False)
    assert json.loads(sendout.body)["data"]["customer"]["id"] == told["data"]["customer"]["id"]


def test_what_was_written_of_a_customer_goes_when_she_is_erased(
    api: RestClient, listening: Listening, drain: Callable[[], int]
) -> None:
    listening.subscribe(URL, "customer.created", "customer.deleted")
    api.post("/v1/customers", {"source_id": "ida", "name": "Ida"})
    pipeline.drain()
    assert "Ida" in Sendout.objects.get().body
    api.post("/v1/customers/ida/permanent-deletion")
    pipeline.drain()
    assert [(one.type, one.state, bool(one.body)) for one in Sendout.objects.order_by("id")] == [
        ("customer.created", "FAILED", False),
        ("customer.deleted", "WAITING", True),
    ]
    assert "Ida" not in "".join(Sendout.objects.values_list("body", flat=True))
