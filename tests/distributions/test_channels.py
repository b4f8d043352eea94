"""The ways out: which addresses may be reached, how a mail looks on the wire, what a signature says."""

import email
import ipaddress
import socket
from email.policy import default
from typing import Any

import pytest
from django.conf import settings
from standardwebhooks.webhooks import Webhook

from distributions.channels import Outcome, OutgoingMessage, egress, mailbox, mime, webhook
from distributions.channels import email as mail_channel
from tests.sinks import MailSink, WebhookSink

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def outgoing(address: str, **fields: Any) -> OutgoingMessage:
    return OutgoingMessage(**{"id": "msg_1", "address": address, "text": "{}", "secret": SECRET, **fields})


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0", "224.0.0.1", "100.64.0.1", "::1", "fe80::1",
     "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "::127.0.0.1", "2001:0:7f00:1::80ff:fffe",
     "64:ff9b:1::a00:1", "240.0.0.1"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_not_reached(address: str) -> None:
    with pytest.raises(egress.EgressError):
        egress.check(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e"])
def test_a_public_address_is_reached(address: str) -> None:
    egress.check(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    ["ftp://shop.example/", "https://", "shop.example", "https://user:pw@shop.example/", "http://127.0.0.1/x",
     "https://[::1]/", "https://10.0.0.1:443/", "https://shop.example:99999/", "javascript:alert(1)",
     "http://shop.example/", "https://shop.example:9000/"],
)  # fmt: skip
def test_an_address_that_cannot_be_meant_is_named(url: str) -> None:
    assert egress.problem_with(url)


def test_an_allowed_network_lifts_the_rules_on_scheme_and_port_too(webhook_sink: WebhookSink) -> None:
    assert egress.problem_with(webhook_sink.url) is None


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_no_spelling_of_the_loopback_leaves(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for scheme in ("http", "https"):
            url = f"{scheme}://{host}:{server.getsockname()[1]}/"
            [receipt] = [one for one in webhook.deliver([outgoing(url)]) if one]
            assert receipt.outcome in {Outcome.REJECTED, Outcome.NOT_ACCEPTED}
        server.settimeout(0.05)
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_name_that_does_not_resolve_is_no_proof_of_anything_but_that_nothing_left() -> None:
    [receipt] = [one for one in webhook.deliver([outgoing("https://no-such-host.invalid/")]) if one]
    assert receipt.outcome == Outcome.NOT_ACCEPTED


def test_a_redirect_is_not_followed(webhook_sink: WebhookSink) -> None:
    webhook_sink.answers = [(302, {"Location": webhook_sink.url})]
    [receipt] = [one for one in webhook.deliver([outgoing(webhook_sink.url)]) if one]
    assert (receipt.status_code, len(webhook_sink.received)) == (302, 1)


def test_many_webhooks_share_connections_and_each_has_its_receipt(webhook_sink: WebhookSink) -> None:
    messages = [outgoing(webhook_sink.url, id=f"msg_{number}") for number in range(120)]
    receipts = [one for one in webhook.deliver(messages) if one]
    assert {one.message_id for one in receipts} == {message.id for message in messages}
    assert {(one.outcome, one.detail) for one in receipts} == {(Outcome.ACCEPTED, "")}
    assert sorted(received.headers["webhook-id"] for received in webhook_sink.received) == sorted(
        m.id for m in messages
    )


def test_the_signature_is_that_of_standard_webhooks() -> None:
    signature = webhook.sign(SECRET, "msg_1", "1674087231", b'{"a": 1}')
    verifier = Webhook(SECRET)
    assert signature in verifier.sign("msg_1", __import__("datetime").datetime.fromtimestamp(1674087231), '{"a": 1}')


def test_while_a_secret_is_exchanged_either_one_proves_who_sent_it() -> None:
    other = "whsec_" + "A" * 32
    both = webhook.sign(f"{other} {SECRET}", "msg_1", "1674087231", b"{}")
    assert both.split(" ") == [webhook.sign(each, "msg_1", "1674087231", b"{}") for each in (other, SECRET)]


def test_the_words_of_an_answer_are_kept_where_they_are_wanted(webhook_sink: WebhookSink) -> None:
    webhook_sink.words = b"thank you"
    told = [
        next(receipt.detail for receipt in webhook.deliver([message]) if receipt)
        for message in (outgoing(webhook_sink.url), outgoing(webhook_sink.url, keeps_answer=True, patience=1.0))
    ]
    assert told == ["", "thank you"]


def test_the_mailbox_accepts_everything() -> None:
    [receipt] = mailbox.deliver([outgoing("")])
    assert receipt.outcome == Outcome.ACCEPTED


@pytest.mark.parametrize(
    "address",
    ["", "alice", "alice@", "@shop.example", "a@b@c", "a b@shop.example", "alice@shop.example\r\nBcc: x@y.example",
     "<alice@shop.example>", '"a b"@shop.example', "alice@[127.0.0.1]", "alice,bob@shop.example", "ålice@shop.example"],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_rejected_before_anything_is_sent(mail_sink: MailSink, address: str) -> None:
    [receipt] = mail_channel.deliver([outgoing(address)])
    assert receipt.outcome == Outcome.REJECTED
    assert mail_sink.messages == []


def test_a_domain_outside_ascii_is_written_as_mail_servers_know_it() -> None:
    assert mime.envelope_address("ida@müller.example") == "ida@xn--mller-kva.example"


def test_a_mail_survives_the_wire(mail_sink: MailSink) -> None:
    text = "Grüße\n.\n..two dots\nlong " + "x" * 2_000
    message = outgoing("alice@shop.example", subject="Grüße, " + "ä" * 200, html="<p>é</p>\n.\n", text=text,
                       headers={"From": settings.PROMO_MAIL_FROM, "X-Long": "y" * 3_000})  # fmt: skip
    [receipt] = mail_channel.deliver([message])
    assert receipt.outcome == Outcome.ACCEPTED
    mail = mail_sink.messages[0]
    assert mail["Subject"] == message.subject
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n").rstrip("\n") == text
    assert "<p>é</p>" in mail.get_body(("html",)).get_content()
    assert all(len(line) <= 998 for line in mail_sink.raw[0].split(b"\r\n"))


def test_the_same_message_is_the_same_bytes() -> None:
    message = outgoing("alice@shop.example", subject="Hi", html="<p>x</p>", text="x")
    first, second = (mime.as_bytes(message, "shop@example.com", "alice@shop.example") for _ in range(2))
    assert first == second
    assert email.message_from_bytes(first, policy=default).get_content_type() == "multipart/alternative"
