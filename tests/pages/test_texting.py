"""The message step of a text message: what is written, what it comes to, and how a customer would read it."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from distributions import connecting
from distributions.models import Connection, Delivery, Distribution
from distributions.planning import drafting
from tests.pages.shop import a_campaign, a_customer

pytestmark = pytest.mark.django_db

ACCOUNT = {"account_sid": "AC" + "1" * 32, "auth_token": "s3cret", "from": "+15005550006"}


@pytest.fixture
def connection(project: Any) -> Connection:
    return connecting.create(connecting.provider_for("sms"), "Our number", ACCOUNT)


@pytest.fixture
def draft(connection: Connection) -> Distribution:
    gift = {"type": "publish_code", "campaign_id": a_campaign().public_id}
    return drafting.save_draft(
        None, {"name": "Rescue", "type": "automatic", "action": gift, "channels": [{"type": "sms"}]}
    )


def step(draft: Distribution) -> str:
    return reverse("admin:distributions_distribution_step", args=[draft.pk, "message"])


def write(client: Client, draft: Distribution, text: str, account: str = "") -> str:
    client.post(step(draft), {"text": text, "connection_id": account, "go": "stay"})
    return text_of(client, draft)


def text_of(client: Client, draft: Distribution, **asked: str) -> str:
    page = client.get(step(draft), asked).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_what_is_written_is_kept_with_its_account(
    admin_client: Client, draft: Distribution, connection: Connection
) -> None:
    write(admin_client, draft, "{{ voucher.code }} for you", connection.public_id)
    channel = draft.channels.get()
    assert (channel.text, channel.connection) == ("{{ voucher.code }} for you", connection)


def test_the_message_is_shown_as_a_customer_reads_it_with_what_it_comes_to(
    admin_client: Client, draft: Distribution
) -> None:
    a_customer("alice", name="Alice", phone="+31 6 1111 2222")
    page = write(admin_client, draft, 'Hi {{ customer.name | default: "you" }}: {{ voucher.code }}. Reply STOP to end.')
    assert "Hi Alice: SAMPLE-7KQ2-M9PD. Reply STOP to end." in page
    assert "+31611112222" in page
    assert "1 message · 46 characters in GSM-7 · room for 114 more" in page
    assert "It says how to stop it." in page


def test_what_makes_it_dear_is_named(admin_client: Client, draft: Distribution) -> None:
    page = write(admin_client, draft, "It’s time 👍 " + "x" * 60)
    assert "’ 👍 cannot be written in GSM-7" in page
    assert "It is sent, and paid for, as 2 messages." in page
    assert "Advertising must say how to stop it" in page


@pytest.mark.parametrize(
    ("phone", "words"), [(None, "She has no telephone number"), ("+1555", "“+1555” is no telephone number")]
)
def test_a_customer_who_cannot_be_reached_is_said_to_be(
    admin_client: Client, draft: Distribution, phone: str | None, words: str
) -> None:
    a_customer("bob", name="Bob", **({"phone": phone} if phone else {}))
    assert words in text_of(admin_client, draft)


def test_a_broken_template_is_a_sentence_and_not_a_crash(admin_client: Client, draft: Distribution) -> None:
    assert "{{ voucher.nothing }} is not a field of a message." in write(admin_client, draft, "{{ voucher.nothing }}")
    assert "{% if" in write(admin_client, draft, "{% if %}") or "if" in write(admin_client, draft, "{% if")


def test_the_viewer_is_fetched_anew(admin_client: Client, draft: Distribution) -> None:
    write(admin_client, draft, "Hello")
    answer = admin_client.get(reverse("admin:distributions_distribution_words", args=[draft.pk, "sms"]))
    assert b'class="d-bubble">Hello' in answer.content


def test_a_test_needs_a_telephone_and_no_e_mail_address(admin_client: Client, draft: Distribution) -> None:
    a_customer("alice", name="Alice", phone="+31611112222")
    write(admin_client, draft, "Hello")
    there = reverse("admin:distributions_distribution_test", args=[draft.pk, "sms"])
    answer = admin_client.post(there, {"to": "nobody"}, follow=True).content.decode()
    assert "is no telephone number, so no test was sent." in answer
    assert not Delivery.objects.exists()


def test_the_account_s_page_says_where_answers_go(admin_client: Client, connection: Connection) -> None:
    page = admin_client.get(reverse("admin:distributions_connection_change", args=[connection.pk])).content.decode()
    assert f"/hooks/twilio/{connection.public_id}/replies" in page
    assert "s3cret" not in page
