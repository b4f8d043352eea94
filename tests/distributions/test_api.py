"""``/v1/distributions`` as a program sees it."""

from typing import Any

import pytest

from access import keys
from access import project as projects
from access.models import ApiKey
from distributions.models import Delivery, Distribution
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.sinks import MailSink, WebhookSink

pytestmark = pytest.mark.django_db


def whole(shop: Shop, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Cart rescue",
        "type": "automatic",
        "trigger": {"event": "customer.segment.entered", "segment_id": shop.segment().public_id},
        "action": {"type": "publish_code", "campaign_id": shop.campaign().public_id},
        "channels": [shop.letter()],
        "policy": {"frequency": "every_event"},
        **changes,
    }


def test_a_draft_needs_only_a_name_and_a_type(api: RestClient) -> None:
    made = api.post("/v1/distributions", {"name": "Cart rescue", "type": "automatic"})
    assert made.status_code == 200
    body = made.json()
    assert (body["status"], body["object"], body["channels"]) == ("DRAFT", "distribution", [])
    assert body["policy"]["frequency"] == "every_entry"
    assert api.get(f"/v1/distributions/{body['id']}").json() == body


def test_what_is_written_is_read_back(api: RestClient, shop: Shop) -> None:
    asked = whole(shop, policy={"frequency": "once", "cooldown_days": 2, "quiet_hours": {"from": "21:00", "to": "08:00"},
                                "stop_if_event": "customer.order.paid", "holdout_percent": 10, "uncertain": "hold"})  # fmt: skip
    body = api.post("/v1/distributions", asked).json()
    assert body["trigger"] == asked["trigger"]
    assert body["action"] == asked["action"]
    assert body["policy"].items() >= (asked["policy"] | {"stop_if_event": "order.paid"}).items()
    assert body["channels"][0]["subject"] == asked["channels"][0]["subject"]


def test_the_rest_may_come_later_and_part_by_part(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", {"name": "Cart rescue", "type": "automatic"}).json()
    for name, value in whole(shop).items():
        answer = api.put(f"/v1/distributions/{made['id']}", {name: value})
        assert answer.status_code == 200, answer.json()
    assert api.post(f"/v1/distributions/{made['id']}/live").json()["status"] == "LIVE"


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"name": 5}, id="a name that is a number"),
        pytest.param({"name": "x" * 300}, id="a name too long"),
        pytest.param({"type": "sometimes"}, id="no such type"),
        pytest.param({"trigger": []}, id="a trigger that is a list"),
        pytest.param({"trigger": {"segment_id": "seg_none"}}, id="no such segment"),
        pytest.param({"action": {"type": "dance"}}, id="no such action"),
        pytest.param({"action": {"campaign_id": 7}}, id="a campaign id that is a number"),
        pytest.param({"channels": {}}, id="channels that are no list"),
        pytest.param({"channels": [{"type": "pigeon"}]}, id="no such channel"),
        pytest.param({"channels": [{}]}, id="a channel without a type"),
        pytest.param({"channels": [{"type": "email", "subject": 1}]}, id="a subject that is a number"),
        pytest.param({"channels": [{"type": "email", "connection_id": "conn_x"}]}, id="no such connection"),
        pytest.param({"channels": [{"type": "webhook", "headers": {"Host": "x"}}]}, id="a header that is ours"),
        pytest.param(
            {"channels": [{"type": "webhook", "headers": {"x-a": "b\r\nc: d"}}]}, id="a header with a line end"
        ),
        pytest.param({"channels": [{"type": "webhook", "payload": ["x" * 70_000]}]}, id="a payload too large"),
        pytest.param({"policy": {"frequency": "often"}}, id="no such frequency"),
        pytest.param({"policy": {"delay_minutes": -1}}, id="a negative delay"),
        pytest.param({"policy": {"cooldown_days": True}}, id="a truth as a number"),
        pytest.param({"policy": {"recheck": "yes"}}, id="a word as a truth"),
        pytest.param({"policy": {"quiet_hours": {"from": "25:00", "to": "08:00"}}}, id="no such hour"),
        pytest.param({"policy": {"holdout_percent": 101}}, id="more than all"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_and_stores_nothing(api: RestClient, wrong: dict[str, Any]) -> None:
    answer = api.post("/v1/distributions", {"name": "Cart rescue", "type": "automatic", **wrong})
    assert answer.status_code == 400
    assert answer.json()["key"] == "invalid_payload"
    assert Distribution.objects.count() == 0


def test_unknown_fields_are_ignored(api: RestClient) -> None:
    body = {"name": "Cart rescue", "type": "automatic", "colour": "red", "policy": {"mood": "good"}}
    assert api.post("/v1/distributions", body).status_code == 200


def test_going_live_is_refused_with_everything_that_is_missing(api: RestClient) -> None:
    made = api.post("/v1/distributions", {"name": "Cart rescue", "type": "automatic"}).json()
    answer = api.post(f"/v1/distributions/{made['id']}/live")
    assert answer.status_code == 400
    missing = answer.json()["error"]["missing"]
    assert [lack["key"] for lack in missing] == ["channel_missing", "trigger_missing", "campaign_missing"]
    assert all(lack["message"].endswith(".") for lack in missing)


@pytest.mark.parametrize(
    ("channel", "key"),
    [
        pytest.param({"type": "email", "html": "<p>x</p>"}, "subject_missing", id="no subject"),
        pytest.param({"type": "email", "subject": "x"}, "message_missing", id="no message"),
        pytest.param({"type": "mailbox", "subject": "x", "html": "{{ a"}, "message_broken", id="broken words"),
        pytest.param({"type": "webhook"}, "url_missing", id="no address"),
        pytest.param({"type": "webhook", "url": "http://10.0.0.1/x"}, "url_refused", id="a private address"),
        pytest.param({"type": "webhook", "url": "https://u:p@shop.example"}, "url_refused", id="a password in it"),
        pytest.param({"type": "sms", "text": "x"}, "channel_not_connected", id="a channel without an account"),
    ],
)
def test_a_channel_that_cannot_work_keeps_it_from_going_live(
    api: RestClient, shop: Shop, channel: dict[str, Any], key: str
) -> None:
    made = api.post("/v1/distributions", whole(shop, channels=[channel])).json()
    missing = api.post(f"/v1/distributions/{made['id']}/live").json()["error"]["missing"]
    assert [lack["key"] for lack in missing] == [key]


def test_marketing_mail_needs_a_postal_address_and_transactional_mail_does_not(api: RestClient, shop: Shop) -> None:
    projects.change(postal_address="")
    made = api.post("/v1/distributions", whole(shop, channels=[shop.letter("email", purpose="marketing")])).json()
    missing = api.post(f"/v1/distributions/{made['id']}/live").json()["error"]["missing"]
    assert [lack["key"] for lack in missing] == ["postal_address_missing"]
    api.put(f"/v1/distributions/{made['id']}", {"channels": [shop.letter("email", purpose="transactional")]})
    assert api.post(f"/v1/distributions/{made['id']}/live").status_code == 200


def test_live_pause_resume_stop_and_delete(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", whole(shop)).json()
    address = f"/v1/distributions/{made['id']}"
    for verb, status in (("live", "LIVE"), ("live", "LIVE"), ("pause", "PAUSED"), ("pause", "PAUSED"),
                         ("resume", "LIVE"), ("stop", "STOPPED"), ("stop", "STOPPED")):  # fmt: skip
        answer = api.post(f"{address}/{verb}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert api.post(f"{address}/live").status_code == 400
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_live_distribution_is_not_deleted_and_its_trigger_not_changed(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", whole(shop)).json()
    address = f"/v1/distributions/{made['id']}"
    api.post(f"{address}/live")
    assert api.delete(address).status_code == 400
    assert api.put(address, {"trigger": {"event": "something_else"}}).status_code == 400
    assert api.put(address, {"channels": [shop.letter(subject="")]}).status_code == 400
    assert api.put(address, {"name": "Another name"}).json()["name"] == "Another name"


def test_the_signing_secret_is_told_and_stays_the_same(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", whole(shop, channels=[shop.webhook("https://shop.example/a")])).json()
    secret = made["channels"][0]["secret"]
    assert secret.startswith("whsec_")
    again = api.put(f"/v1/distributions/{made['id']}", {"channels": [shop.webhook("https://shop.example/b")]}).json()
    assert (again["channels"][0]["secret"], again["channels"][0]["url"]) == (secret, "https://shop.example/b")


def test_a_key_without_the_scope_may_not_look(shop: Shop) -> None:
    issued = keys.issue(name="Events only", kind=ApiKey.Kind.SERVER, scopes=["events:write"], origins=[])
    poor = RestClient({"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token})
    assert poor.get("/v1/distributions").status_code == 403


def test_messages_are_listed_newest_first_with_what_became_of_them(api: RestClient, shop: Shop) -> None:
    distribution = shop.live(campaign=shop.campaign(codes=2))
    for name in ("alice", "bob", "carol"):
        shop.happens(name)
        shop.send()
    body = api.get(f"/v1/distributions/{distribution.public_id}/messages").json()
    assert (body["data_ref"], body["total"]) == ("messages", 3)
    assert [one["status"] for one in body["messages"]] == ["waiting_code", "sent", "sent"]
    first = body["messages"][-1]
    assert first["customer"]["source_id"] == "alice"
    assert set(first["customer"]) == {"id", "source_id", "name", "email"}
    assert first["voucher"]["code"] == shop.codes("alice")[0]
    assert (first["channel"], first["attempts"]) == ("mailbox", 1)
    assert first["caused_by"].startswith("evt_")
    sent = api.get(f"/v1/distributions/{distribution.public_id}/messages", status="sent", customer="bob").json()
    assert [one["customer"]["source_id"] for one in sent["messages"]] == ["bob"]


def test_the_list_of_messages_costs_a_fixed_number_of_queries(
    api: RestClient, shop: Shop, django_assert_max_num_queries: Any
) -> None:
    distribution = shop.live(campaign=shop.campaign(codes=20))
    for number in range(15):
        shop.happens(f"customer{number}")
    shop.send()
    api.get("/v1/distributions")
    # The distribution, its channels, the messages, their number; the key perhaps.
    with django_assert_max_num_queries(6):
        assert len(api.get(f"/v1/distributions/{distribution.public_id}/messages", limit=100).json()["messages"]) == 15


def test_a_test_send_carries_a_sample_code_and_burns_none(
    api: RestClient, shop: Shop, webhook_sink: WebhookSink
) -> None:
    channels = [shop.letter(), shop.webhook(webhook_sink.url)]
    made = api.post("/v1/distributions", whole(shop, channels=channels)).json()
    shop.customer("alice")
    answer = api.post(f"/v1/distributions/{made['id']}/test", {"address": "marta@shop.example"}).json()
    assert answer["ok"] is True
    assert webhook_sink.received[0].body["data"]["voucher"]["code"].startswith("SAMPLE")
    message = Delivery.objects.get(is_test=True, channel__type="mailbox").message
    assert (message.address, message.subject[:6]) == ("marta@shop.example", "[Test]")
    assert "SAMPLE" in message.html
    assert shop.deliveries() == []
    assert api.get(f"/v1/distributions/{made['id']}/messages").json()["total"] == 0


def test_a_test_without_an_address_is_not_mailed_to_whoever_came_last(
    api: RestClient, shop: Shop, mail_sink: MailSink, webhook_sink: WebhookSink
) -> None:
    channels = [shop.webhook(webhook_sink.url), shop.letter(type="email")]
    made = api.post("/v1/distributions", whole(shop, channels=channels)).json()
    shop.customer("alice")
    refused = api.post(f"/v1/distributions/{made['id']}/test")
    assert (refused.status_code, refused.json()["details"].partition(":")[0]) == (400, "address")
    assert (Delivery.objects.count(), mail_sink.messages, webhook_sink.received) == (0, [], [])
    assert api.post(f"/v1/distributions/{made['id']}/test", {"customer": "alice"}).json()["ok"] is True
    assert api.post(f"/v1/distributions/{made['id']}/test", {"to": "marta@shop.example"}).json()["ok"] is True
    assert len(mail_sink.messages) == 2


def test_a_test_needs_somebody_to_write_it_for(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", whole(shop)).json()
    assert api.post(f"/v1/distributions/{made['id']}/test").json()["key"] == "test_not_possible"


def test_explain_tells_why_she_did_or_did_not_get_it(api: RestClient, shop: Shop) -> None:
    distribution = shop.live(campaign=shop.campaign())
    shop.customer("bob")
    shop.happens("alice")
    shop.send()
    address = f"/v1/distributions/{distribution.public_id}/explain"
    told = api.get(address, customer="alice").json()
    assert told["sentence"] == "The customer's latest message was sent."
    assert told["segment"]["matches"] is True
    assert "has not entered" in api.get(address, customer="bob").json()["sentence"]
    assert api.get(address, customer="nobody").status_code == 404


def test_a_backtest_counts_what_would_have_been(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", whole(shop, trigger={"event": "wishlist_shared"},
                                               policy={"frequency": "every_event", "cooldown_days": 1})).json()  # fmt: skip
    shop.happens("alice", "wishlist_shared", times=3)
    shop.happens("bob", "wishlist_shared")
    told = api.post(f"/v1/distributions/{made['id']}/backtest", {"days": 7}).json()
    assert (told["triggered"], told["messages"], told["customers"]) == (4, 2, 2)
    assert told["held_back"]["cooldown"] == 2
    assert shop.deliveries() == []


def test_a_distribution_that_has_sent_takes_new_words(api: RestClient, shop: Shop) -> None:
    live = shop.live(campaign=shop.campaign())
    shop.happens("alice")
    shop.send()
    changed = [shop.letter(subject="Another {{ voucher.discount }}")]
    assert api.put(f"/v1/distributions/{live.public_id}", {"channels": changed}).status_code == 200
    shop.happens("bob")
    shop.send()
    assert [shop.message(name).subject for name in ("alice", "bob")] == ["Your 5% off", "Another 5% off"]
