"""The whole way: something happens, she enters, a message with a code goes out."""

import pytest
from standardwebhooks.webhooks import Webhook

from access import sealing
from distributions.models import Attempt, Delivery
from tests.distributions.conftest import Shop
from tests.sinks import MailSink, WebhookSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def step_by_step() -> None:
    """Nothing stands between the steps here: what may go out at once is written at once."""


def test_who_abandons_her_cart_finds_a_code_in_the_mailbox(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    shop.send()
    assert shop.states("alice") == ["SENT"]
    message = shop.message("alice")
    assert message.subject == "Your 5% off"
    assert shop.codes("alice")[0] in message.html
    assert shop.codes("alice")[0] in message.text


def test_a_second_event_of_a_member_sends_nothing_more(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice", times=2)
    shop.happens("alice")
    shop.happens("bob")
    shop.send()
    assert len(shop.deliveries("alice")) == 1
    assert len(set(shop.codes())) == 2


def test_a_webhook_carries_the_envelope_under_a_verifiable_signature(shop: Shop, webhook_sink: WebhookSink) -> None:
    distribution = shop.live(
        campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url, headers={"x-shop": "north"})]
    )
    shop.happens("alice", cart_value=89)
    shop.send()
    [received] = webhook_sink.received
    [delivery] = shop.deliveries("alice")
    secret = sealing.unseal(distribution.channels.get().sealed_secret)
    Webhook(secret).verify(received.raw, received.headers)
    assert received.headers["webhook-id"] == delivery.public_id
    assert received.headers["x-shop"] == "north"
    body = received.body
    assert body["type"] == "customer.segment.entered"
    assert body["source"]["id"] == distribution.public_id
    assert body["data"]["customer"]["source_id"] == "alice"
    assert body["data"]["voucher"]["code"] == shop.codes("alice")[0]
    assert set(body["data"]) >= {"customer", "segment", "campaign", "voucher", "publication"}
    assert body["event"]["type"] == "customer.segment.entered"


def test_mail_goes_out_as_text_and_html_to_one_recipient(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    shop.happens("bob")
    shop.send()
    assert [sorted(to) for to in mail_sink.recipients] == [["alice@shop.example"], ["bob@shop.example"]]
    assert mail_sink.connections == 1
    mail = mail_sink.messages[0]
    [delivery] = shop.deliveries("alice")
    assert mail["X-Promo-Message"] == delivery.public_id
    assert delivery.public_id in mail["Message-ID"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    html = mail.get_body(("html",)).get_content()
    assert shop.codes("alice")[0] in html
    assert "1 Main Street" in html
    assert shop.codes("alice")[0] in mail.get_body(("plain",)).get_content()


def test_every_hand_over_is_written_down_before_and_after(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    shop.happens("alice")
    shop.send()
    [attempt] = Attempt.objects.all()
    assert attempt.outcome == Attempt.Outcome.ACCEPTED
    assert attempt.started_at <= attempt.ended_at
    assert Delivery.objects.get().attempt_count == 1
