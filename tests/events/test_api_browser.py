from typing import Any

import pytest
from django.test import Client

from access import authentication, keys
from access.models import ApiKey
from customers.models import Customer
from events.models import Event

pytestmark = pytest.mark.django_db

SHOP = "http://shop.example"
CART = {"event": "cart_abandoned", "customer": {"source_id": "alice", "email": "alice@shop.example"}}


@pytest.fixture
def page(db: None) -> dict[str, str]:
    authentication.forget()
    issued = keys.issue("Shop pages", ApiKey.Kind.CLIENT, ["events:write"], [SHOP])
    return {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token, "Origin": SHOP}


def send(headers: dict[str, str], said: object = CART, content_type: str = "application/json") -> Any:
    return Client().post("/client/v1/events", said, content_type=content_type, headers=headers)


def test_a_page_reports_an_event(page: dict[str, str]) -> None:
    answer = send(page)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == SHOP
    assert answer["Vary"] == "Origin"
    assert "Access-Control-Allow-Credentials" not in answer
    assert Event.objects.get(name="cart_abandoned").source == "CLIENT_API"


@pytest.mark.parametrize(
    "origin",
    ["http://shop.example.evil.example", "https://shop.example", "http://shop.example:8080", "null", ""],
    ids=["suffix", "scheme", "port", "opaque", "none"],
)
def test_a_foreign_origin_is_refused(page: dict[str, str], origin: str) -> None:
    answer = send({**page, "Origin": origin})
    assert answer.status_code == 401
    assert "Access-Control-Allow-Origin" not in answer
    assert not Event.objects.exists()


def test_a_preflight_is_answered_for_a_known_origin_only(page: dict[str, str]) -> None:
    known = Client().options("/client/v1/events", headers={"Origin": SHOP})
    foreign = Client().options("/client/v1/events", headers={"Origin": "http://evil.example"})
    assert (known.status_code, known["Access-Control-Allow-Methods"]) == (204, "POST, OPTIONS")
    assert "X-Client-Token" in known["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in foreign


@pytest.mark.parametrize(
    "name", ["order.paid", "customer.order.paid", "customer.order.fulfilled", "redemption.succeeded"]
)
def test_a_page_cannot_claim_what_a_shop_s_servers_may_tell(page: dict[str, str], name: str) -> None:
    answer = send(page, {**CART, "event": name})
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert not Event.objects.exists()


def test_a_beacon_sends_plain_text(page: dict[str, str]) -> None:
    said = '{"event": "cart_abandoned", "customer": {"source_id": "bob"}}'
    assert send(page, said, "text/plain;charset=UTF-8").status_code == 200


def test_a_page_cannot_redirect_a_known_customers_mail(page: dict[str, str]) -> None:
    send(page)
    answer = send(page, {**CART, "customer": {"source_id": "alice", "email": "mallory@evil.example"}})
    assert answer.status_code == 403
    assert Customer.objects.get().email == "alice@shop.example"
    assert Event.objects.filter(name="cart_abandoned").count() == 1


def test_a_page_may_complete_what_is_not_known_yet(page: dict[str, str]) -> None:
    send(page, {"event": "visited", "customer": {"source_id": "bob"}})
    send(page, {"event": "visited", "customer": {"source_id": "bob", "email": "bob@shop.example"}})
    assert Customer.objects.get().email == "bob@shop.example"


def test_a_refused_message_may_be_sent_again_mended(page: dict[str, str]) -> None:
    send(page)
    bad = {**CART, "message_id": "m-1", "customer": {"source_id": "alice", "email": "mallory@evil.example"}}
    send(page, bad)
    assert send(page, {**CART, "message_id": "m-1"}).json()["duplicate"] is False


def test_a_page_is_told_only_what_it_said(page: dict[str, str], api: Any) -> None:
    api.post("/v1/customers", {"source_id": "alice", "name": "Alice Moreau", "metadata": {"vip": True}})
    told = send(page, {"event": "visited", "customer": {"source_id": "alice"}}).json()["customer"]
    assert (told["name"], told["email"], told["metadata"]) == (None, None, {})


def test_a_browser_key_opens_no_server_path(page: dict[str, str]) -> None:
    stolen = {"X-App-Id": page["X-Client-Application-Id"], "X-App-Token": page["X-Client-Token"]}
    assert Client().get("/v1/customers", headers=stolen).status_code == 401


def test_a_switch_that_is_off_refuses(db: None) -> None:
    issued = keys.issue("Coupons only", ApiKey.Kind.CLIENT, ["redeem"], ["*"])
    headers = {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token, "Origin": SHOP}
    assert send(headers).status_code == 401
