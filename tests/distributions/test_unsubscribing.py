"""Leaving takes one request, from a person or from her mail program, and wins over what is on its way."""

import re
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client

from customers.models import Suppression
from distributions import unsubscribing
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
