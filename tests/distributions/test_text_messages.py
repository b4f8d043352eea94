"""Text messages from the API to Twilio's log: sent once, looked for where an answer was lost, and stopped by a reply."""

import ipaddress
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from customers import suppressing
from customers.models import Suppression
from distributions import connecting
from distributions.channels import sms
from distributions.models import Attempt, Delivery, Feedback, Pace
from events.models import Event
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.twins import server
from tests.twins.twilio import TwilioTwin, signature

pytestmark = pytest.mark.django_db(transaction=True)

SEND = "POST /2010-04-01/Accounts/*/Messages.json"
ALICE = "+31611112222"


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioTwin]:
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", [ipaddress.ip_network("127.0.0.0/8")])
    monkeypatch.setattr(sms, "LOOK_AGAIN_SECONDS", 0.05)
    with TwilioTwin() as twin:
        yield twin


class Texting:
    """A shop connected to Twilio over the API, and Twilio's side of it."""

    def __init__(self, shop: Shop, api: RestClient, twin: TwilioTwin) -> None:
        self.shop, self.api, self.twin, self.client = shop, api, twin, Client()
        said = {"account_sid": twin.sid, "auth_token": twin.token, "from": twin.number, "base_url": twin.url}
        self.connection = connecting.create(connecting.provider_for("sms"), "Twilio", said)

    def goes_live(self, text: str = "{{ voucher.discount }} with {{ voucher.code }}", **policy: Any) -> str:
        made = self.api.post("/v1/distributions", {
            "name": "Cart rescue", "type": "automatic",
            "trigger": {"event": "customer.segment.entered", "segment_id": self.shop.segment().public_id},
            "action": {"type": "publish_code", "campaign_id": self.shop.campaign().public_id},
            "channels": [{"type": "sms", "connection_id": self.connection.public_id, "text": text}], "policy": policy,
        }).json()  # fmt: skip
        answer = self.api.post(f"/v1/distributions/{made['id']}/live")
        assert answer.status_code == 200, answer.json()
        return str(made["id"])

    def abandons(self, name: str = "alice", phone: str | None = "+31 6 1111 2222") -> None:
        self.shop.customer(name, phone=phone)
        self.shop.happens(name)
        self.send()

    def send(self) -> None:
        """Send, ask and send again, without waiting."""
        for _ in range(6):
            self.shop.hurry()
            self.shop.send()

    def message(self, distribution: str) -> Any:
        [message] = self.api.get(f"/v1/distributions/{distribution}/messages").json()["messages"]
        return message

    def tells(self, path: str, said: dict[str, str], token: str = "") -> Any:
        """Call the product as Twilio does."""
        signed = signature(token or self.twin.token, f"{settings.PROMO_PUBLIC_URL}{path}", said)
        kind = "application/x-www-form-urlencoded"
        return self.client.post(path, urlencode(said), content_type=kind, headers={"X-Twilio-Signature": signed})

    def becomes(self, status: str, *, code: str = "", token: str = "") -> int:
        text = self.twin.texts[-1]
        said = {"MessageSid": text.sid, "MessageStatus": status, "To": text.to, "From": text.sender}
        path = urlsplit(text.callback).path
        return int(self.tells(path, said | ({"ErrorCode": code} if code else {}), token).status_code)

    def replies(self, words: str, sid: str = "SM1", token: str = "", **more: str) -> Any:
        path = f"/hooks/twilio/{self.connection.public_id}/replies"
        return self.tells(path, {"MessageSid": sid, "From": ALICE, "Body": words, **more}, token)


@pytest.fixture
def texting(shop: Shop, api: RestClient, twilio: TwilioTwin) -> Texting:
    return Texting(shop, api, twilio)


def rest_is_over() -> None:
    Pace.objects.update(free_at="2020-01-01T00:00Z", line_ends_at="2020-01-01T00:00Z")


def events(name: str) -> int:
    return Event.objects.filter(name=name).count()


def test_the_code_reaches_the_telephone_and_both_sides_say_the_same(texting: Texting, shop: Shop) -> None:
    distribution = texting.goes_live()
    texting.abandons()
    [text], [code], message = texting.twin.texts, shop.codes("alice"), texting.message(distribution)
    assert (text.to, text.body) == (ALICE, f"5% off with {code}")
    assert (text.message_id, message["status"], message["attempts"]) == (message["id"], "sent", 1)
    assert [events(f"{who}.sms.sent") for who in ("customer", "distribution")] == [1, 1]
    assert Attempt.objects.get().provider_id == text.sid


@pytest.mark.parametrize(
    ("phone", "reason"), [(None, "no_phone"), ("+1555", "invalid_phone"), ("0000000", "invalid_phone")]
)
def test_who_has_no_telephone_is_a_failed_message_with_its_reason_and_event(
    texting: Texting, phone: str | None, reason: str
) -> None:
    distribution = texting.goes_live()
    texting.abandons(phone=phone)
    assert (texting.message(distribution)["status"], texting.message(distribution)["reason"]) == ("failed", reason)
    assert [events(f"{who}.sms.failed") for who in ("customer", "distribution")] == [1, 1]
    assert texting.twin.received == []


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(server.accepts_and_drops(on=SEND), id="taken, and the line cut"),
        pytest.param(server.accepts_and_answers(500, on=SEND), id="taken, and 500"),
    ],
)
def test_a_message_whose_answer_was_lost_is_found_and_not_sent_again(texting: Texting, fault: server.Fault) -> None:
    texting.twin.misbehave(fault)
    distribution = texting.goes_live()
    texting.abandons()
    assert len(texting.twin.texts) == 1
    message = texting.message(distribution)
    assert (message["status"], message["may_repeat"], message["attempts"]) == ("sent", False, 1)
    assert events("customer.sms.sent") == 1


def test_a_message_that_was_surely_not_taken_is_sent_again(texting: Texting, shop: Shop) -> None:
    texting.twin.misbehave(server.refuses(500, on=SEND), server.drops(on=SEND))
    distribution = texting.goes_live()
    texting.abandons()
    assert [text.body.split()[-1] for text in texting.twin.texts] == shop.codes("alice")
    assert (texting.message(distribution)["status"], texting.message(distribution)["attempts"]) == ("sent", 3)


def test_where_twilio_cannot_tell_nothing_is_sent_again(texting: Texting) -> None:
    texting.twin.misbehave(server.accepts_and_drops(on=SEND), *[server.refuses(500, on="GET *")] * 9)
    distribution = texting.goes_live()
    texting.abandons()
    assert len(texting.twin.texts) == 1
    assert texting.message(distribution)["status"] == "unknown"
    assert Delivery.objects.get().state == "UNCERTAIN"
    assert events("customer.sms.sent") == events("customer.sms.failed") == 0
    # The callback clears it up.
    assert texting.becomes("delivered") == 204
    assert texting.message(distribution)["status"] == "delivered"
    assert events("customer.sms.sent") == 1


def test_a_busy_provider_costs_time_and_no_message(texting: Texting) -> None:
    texting.twin.misbehave(
        server.refuses(429, {"code": 20429, "message": "Too Many Requests"}, {"Retry-After": "60"}, on=SEND)
    )
    distribution = texting.goes_live()
    texting.abandons()
    assert len(texting.twin.texts) == 0
    assert texting.message(distribution)["status"] == "queued"
    # The whole account rests until then, however much is due.
    rest_is_over()
    texting.send()
    assert (len(texting.twin.texts), texting.message(distribution)["status"]) == (1, "sent")


def test_a_wrong_token_keeps_the_message_until_it_is_right(texting: Texting) -> None:
    texting.twin.token = "changed"
    distribution = texting.goes_live()
    texting.abandons()
    message = texting.message(distribution)
    assert (message["status"], texting.twin.texts) == ("queued", [])
    assert "20003" in Attempt.objects.latest("number").detail
    texting.twin.token = "t" * 32
    rest_is_over()
    texting.send()
    assert texting.message(distribution)["status"] == "sent"


def test_who_has_told_twilio_to_stop_is_stopped_here_too(texting: Texting) -> None:
    texting.twin.opted_out.add(ALICE)
    distribution = texting.goes_live()
    texting.abandons()
    assert (texting.message(distribution)["status"], texting.message(distribution)["reason"]) == ("failed", "opted_out")
    assert (Suppression.objects.get().channel, Suppression.objects.get().reason) == ("sms", "stop")
    assert suppressing.suppressed("sms", ["06-11112222", "+31 6 1111 2222"]) == {"+31 6 1111 2222"}


def test_a_delivered_message_says_so_once(texting: Texting) -> None:
    distribution = texting.goes_live()
    texting.abandons()
    assert [texting.becomes(status) for status in ("sent", "delivered", "delivered")] == [204, 204, 204]
    assert texting.message(distribution)["status"] == "delivered"
    assert [one.provider_event_id for one in Feedback.objects.all()] == [f"{texting.twin.texts[0].sid}:delivered"]


def test_a_message_that_did_not_arrive_has_failed(texting: Texting) -> None:
    distribution = texting.goes_live()
    texting.abandons()
    texting.becomes("undelivered", code="30003")
    assert (texting.message(distribution)["status"], texting.message(distribution)["reason"]) == (
        "failed", "not_delivered")  # fmt: skip
    assert events("customer.sms.failed") == 1
    assert not Suppression.objects.exists()


def test_a_callback_of_somebody_else_is_not_believed(texting: Texting) -> None:
    distribution = texting.goes_live()
    texting.abandons()
    assert texting.becomes("delivered", token="forged") == 403
    assert texting.client.post(urlsplit(texting.twin.texts[0].callback).path).status_code == 403
    assert texting.tells("/hooks/twilio/messages/msg_" + "0" * 32, {}).status_code == 404
    assert texting.tells("/hooks/twilio/messages/nothing", {}).status_code == 404
    assert texting.client.get(urlsplit(texting.twin.texts[0].callback).path).status_code == 405
    assert (texting.message(distribution)["status"], Feedback.objects.count()) == ("sent", 0)


@pytest.mark.parametrize("words", ["STOP", "please stop texting me", "Unsubscribe!", "END"])
def test_who_replies_stop_gets_no_more_and_is_told_so(texting: Texting, words: str) -> None:
    distribution = texting.goes_live()
    answer = texting.replies(words)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")
    assert "<Response><Message>You will get no more text messages from Example Shop." in answer.content.decode()
    texting.abandons()
    assert (texting.message(distribution)["status"], texting.message(distribution)["reason"]) == (
        "suppressed", "unsubscribed")  # fmt: skip
    assert texting.twin.texts == []


def test_a_stop_between_preparing_and_sending_wins(texting: Texting, shop: Shop) -> None:
    texting.goes_live()
    texting.twin.misbehave(server.refuses(429, {"code": 20429}, {"Retry-After": "60"}, on=SEND))
    texting.abandons()
    texting.replies("STOP")
    rest_is_over()
    texting.send()
    assert (texting.twin.texts, shop.states("alice"), shop.reasons("alice")) == ([], ["SUPPRESSED"], ["unsubscribed"])


def test_who_replies_start_gets_them_again(texting: Texting) -> None:
    texting.goes_live()
    texting.replies("STOP", "SM1")
    assert "You will get text messages from Example Shop again." in texting.replies("Start", "SM2").content.decode()
    texting.abandons()
    assert len(texting.twin.texts) == 1


def test_a_reply_that_is_told_twice_counts_once(texting: Texting) -> None:
    texting.replies("STOP", "SM1")
    texting.replies("START", "SM2")
    texting.replies("STOP", "SM3")
    assert "again" in texting.replies("START", "SM2").content.decode()
    assert suppressing.suppressed("sms", [ALICE]) == {ALICE}
    assert Feedback.objects.count() == 3


def test_who_asks_for_help_is_told_who_writes(texting: Texting) -> None:
    answer = texting.replies("HELP").content.decode()
    assert "This is Example Shop." in answer
    assert "Reply STOP" in answer
    assert not Suppression.objects.exists()


def test_what_twilio_has_answered_itself_is_not_answered_again(texting: Texting) -> None:
    answer = texting.replies("ARRETER", OptOutType="STOP").content.decode()
    assert answer.endswith("<Response></Response>")
    assert suppressing.suppressed("sms", [ALICE])


def test_other_words_are_answered_with_silence_and_a_forged_stop_stops_nobody(texting: Texting) -> None:
    assert texting.replies("Is <it> in stock?").content.decode().endswith("<Response></Response>")
    assert texting.replies("STOP", token="forged").status_code == 403
    assert texting.tells("/hooks/twilio/conn_nobody/replies", {"Body": "STOP"}).status_code == 404
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("ours", "signed", "status"),
    [
        pytest.param("https://shop.example", "https://shop.example", 200, id="as it was given"),
        pytest.param("https://shop.example", "https://shop.example:443", 200, id="https with its port"),
        pytest.param("http://shop.example", "http://shop.example:80", 200, id="http with its port"),
        pytest.param("https://shop.example:443", "https://shop.example", 200, id="without the port we have"),
        pytest.param("https://shop.example:8443", "https://shop.example:8443", 200, id="a port of our own"),
        pytest.param("https://shop.example", "https://shop.example:80", 403, id="the port of the other scheme"),
        pytest.param("https://shop.example", "https://shop.example:8443", 403, id="a port that is not ours"),
        pytest.param("https://shop.example", "http://shop.example", 403, id="the other scheme"),
        pytest.param("https://shop.example", "https://shop.example.evil.example", 403, id="another host"),
    ],
)
def test_an_address_is_genuine_with_its_port_spelled_out_or_not(
    texting: Texting, monkeypatch: pytest.MonkeyPatch, ours: str, signed: str, status: int
) -> None:
    monkeypatch.setattr(settings, "PROMO_PUBLIC_URL", ours)
    path, said = f"/hooks/twilio/{texting.connection.public_id}/replies", {"From": ALICE, "Body": "HELP"}
    header = {"X-Twilio-Signature": signature(texting.twin.token, f"{signed}{path}", said)}
    kind = "application/x-www-form-urlencoded"
    assert texting.client.post(path, urlencode(said), content_type=kind, headers=header).status_code == status


def test_a_refused_consent_keeps_the_telephone_silent(texting: Texting, shop: Shop) -> None:
    distribution = texting.goes_live()
    shop.customer("alice", phone=ALICE)
    customer = texting.api.get("/v1/customers/alice").json()
    assert texting.api.put(f"/v1/customers/{customer['id']}/consents", {"sms": False}).status_code < 300
    texting.abandons()
    assert texting.message(distribution)["reason"] == "unsubscribed"
    assert texting.twin.texts == []
