"""Webhooks over REST: made, told, changed, deleted, as the management API's clients ask for it."""

from typing import Any

import pytest
from django.conf import settings

from access.models import AuditEntry
from events import catalogue
from tests.conftest import RestClient
from tests.webhooks.conftest import Listening
from webhooks import names
from webhooks.models import Webhook

URL = "https://hooks.shop.example/in"


def test_a_webhook_is_made_told_changed_and_deleted(api: RestClient, listening: Listening) -> None:
    made = listening.subscribe(URL, "redemption.succeeded")
    assert (made["object"], made["active"], made["events"]) == ("webhook", True, ["redemption.succeeded"])
    address = f"{listening.path}/{made['id']}"
    assert api.get(address).json() == made
    changed = api.put(address, {"target_url": None, "events": ["order.paid"], "active": False}).json()
    assert (changed["target_url"], changed["events"], changed["active"]) == (URL, ["order.paid"], False)
    listed = api.get(listening.path).json()
    assert (listed["data_ref"], listed["total"], listed["data"][0]["id"]) == ("data", 1, made["id"])
    assert "secret" not in listed["data"][0]
    assert api.delete(address).status_code == 204
    assert api.get(address).json()["resource_type"] == "webhook"
    assert api.get(listening.path).json()["total"] == 0
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")] == ["created", "changed", "deleted"]


def test_all_webhooks_of_the_project_are_signed_with_one_secret(listening: Listening) -> None:
    first, second = listening.subscribe(URL), listening.subscribe(URL)
    assert first["secret"] == second["secret"]
    assert first["secret"].startswith("whsec_")


def test_the_misspelt_names_of_the_management_api_are_taken_and_told_as_they_came(listening: Listening) -> None:
    misspelt = ["voucher.gift.balance_aded", "campaign.vouchers.aded", "voucher.loyalty_card.points_aded"]
    assert listening.subscribe(URL, *misspelt)["events"] == misspelt
    assert names.by_stored_name(misspelt)["voucher.gift.balance_added"] == "voucher.gift.balance_added"


def test_every_internal_event_and_each_of_its_other_names_can_be_subscribed_to(listening: Listening) -> None:
    known = [spelling for one in catalogue.KNOWN.values() for spelling in (one.name, *one.aliases, *one.shared_aliases)]
    assert len(listening.subscribe(URL, *known)["events"]) == len(set(known))


def test_an_event_of_the_shop_s_own_can_be_subscribed_to_once_it_is_known(
    api: RestClient, listening: Listening
) -> None:
    api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "ida"}})
    assert listening.subscribe(URL, "cart_abandoned")["events"] == ["cart_abandoned"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([], id="no object"),
        pytest.param({"target_url": URL}, id="no events"),
        pytest.param({"events": ["*"]}, id="no address"),
        pytest.param({"target_url": URL, "events": []}, id="an empty list"),
        pytest.param({"target_url": URL, "events": "*"}, id="events that are no list"),
        pytest.param({"target_url": URL, "events": [7]}, id="a name that is no text"),
        pytest.param({"target_url": URL, "events": ["moon.landed"]}, id="an event that nobody knows"),
        pytest.param({"target_url": URL, "events": ["*"], "active": "yes"}, id="a switch that is none"),
        pytest.param({"target_url": "ftp://shop.example", "events": ["*"]}, id="no web address"),
        pytest.param({"target_url": "https://10.0.0.1/", "events": ["*"]}, id="an address inside"),
        pytest.param({"target_url": "https://u:p@shop.example/", "events": ["*"]}, id="a password in the address"),
        pytest.param({"target_url": f"https://shop.example/{'a' * 2000}", "events": ["*"]}, id="a very long address"),
    ],
)
def test_what_cannot_be_a_webhook_is_refused_and_nothing_is_stored(
    api: RestClient, listening: Listening, monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", [])
    answer = api.post(listening.path, body)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload"), answer.json()
    assert not Webhook.objects.exists()


def test_a_project_that_is_not_this_one_is_not_found(api: RestClient, listening: Listening) -> None:
    assert api.get("/management/v1/projects/proj_other/webhooks").status_code == 404
    assert api.get(f"{listening.path}/wh_none%00").status_code == 404


def test_a_list_costs_the_same_however_long_it_is(
    api: RestClient, listening: Listening, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        listening.subscribe(URL)
    # The key, the project, the rows, how many there are.
    with django_assert_num_queries(3):
        assert len(api.get(listening.path).json()["data"]) == 5
