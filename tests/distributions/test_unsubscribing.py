"""Leaving takes one request, from a person or from her mail program, and wins over what is on its way."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from customers import preferring, suppressing
from customers.models import Consent, Customer, Suppression
from distributions import unsubscribing
from distributions.models import Attempt
from distributions.sending import preparing
from tests.distributions.conftest import Shop
from tests.sinks import MailSink

pytestmark = pytest.mark.django_db


def link_in(mail_sink: MailSink) -> str:
    header = str(mail_sink.messages[0]["List-Unsubscribe"])
    return urlsplit(header.strip("<>")).path


def test_one_click_stops_all_further_mail(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")], policy={"frequency": "every_event"})
    shop.happens("alice")
    shop.send()
    client = Client(enforce_csrf_checks=True)
    answer = client.post(link_in(mail_sink), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.cookies) == (200, {})
    shop.happens("alice")
    shop.send()
    assert shop.states("alice") == ["SENT", "SUPPRESSED"]
    assert len(mail_sink.messages) == 1
    assert Suppression.objects.get().reason == "unsubscribed"


def test_looking_at_the_page_changes_nothing(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    shop.send()
    answer = Client().get(link_in(mail_sink))
    assert answer.status_code == 200
    assert re.search(r'<form method="post">', answer.content.decode())
    assert Suppression.objects.count() == 0


def test_asking_twice_is_harmless(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    shop.send()
    for _ in range(2):
        assert Client().post(link_in(mail_sink)).status_code == 200
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "ä", "A" * 38, ""])
def test_a_token_we_never_gave_out_is_nobody_s(token: str) -> None:
    assert unsubscribing.delivery_of(token) is None
    if token:
        assert Client().post(f"/unsubscribe/{token}").status_code == 404


def test_a_token_of_a_message_that_is_gone_is_taken_without_a_word() -> None:
    path = urlsplit(unsubscribing.address_of(uuid4())).path
    assert Client().post(path).status_code == 200
    assert Suppression.objects.count() == 0


def allow(customer: Customer, *subjects: str) -> None:
    preferring.choose(customer, subjects, "127.0.0.1")


@pytest.mark.parametrize(
    ("purpose", "state"), [("marketing", "SUPPRESSED"), (None, "SUPPRESSED"), ("transactional", "SENT")]
)
def test_who_refused_offers_still_gets_what_she_needs_to_know(shop: Shop, purpose: str | None, state: str) -> None:
    allow(shop.customer("alice"), "email:transactional")
    shop.live(channels=[shop.letter(purpose=purpose)])
    shop.happens("alice")
    shop.send()
    assert shop.states("alice") == [state]


def test_a_refusal_between_preparing_and_sending_wins(shop: Shop) -> None:
    alice = shop.customer("alice")
    shop.live(channels=[shop.letter()])
    shop.happens("alice")
    preparing.prepare()
    allow(alice, "email:transactional")
    shop.send()
    assert (shop.states("alice"), shop.reasons("alice")) == (["SUPPRESSED"], ["unsubscribed"])
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("stopped_by", "reason"),
    [
        ("bounced", "bounced_before"),
        ("complained", "complained_before"),
        ("manual", "stopped_by_hand"),
        ("stop", "unsubscribed"),
    ],
)
def test_what_stopped_an_address_is_told_as_the_reason(shop: Shop, stopped_by: str, reason: str) -> None:
    suppressing.suppress("email", "alice@shop.example", stopped_by)
    shop.live(channels=[shop.letter()])
    shop.happens("alice")
    shop.send()
    assert shop.reasons("alice") == [reason]


def test_unsubscribing_leaves_the_proof_that_she_asked(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    shop.send()
    Client().post(link_in(mail_sink))
    proof = Consent.objects.get()
    assert (proof.is_given, proof.source, proof.ip_address) == (False, "one-click unsubscribe", "127.0.0.1")
    assert shop.deliveries("alice")[0].public_id in proof.wording


def test_the_page_leads_to_her_preferences(shop: Shop, mail_sink: MailSink) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.letter("email")])
    shop.happens("alice")
    shop.send()
    page = Client().get(link_in(mail_sink)).content.decode()
    assert preferring.address_of(shop.customer("alice").pk) in page
