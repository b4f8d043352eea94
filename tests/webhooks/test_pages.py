"""Webhooks on the screen: made, tested, looked through, sent again; the secret is seen once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from events import pipeline
from events.tracking import Fact, track, track_many
from tests.conftest import RestClient
from tests.sinks import WebhookSink
from tests.webhooks.conftest import Listening, types
from webhooks import signing
from webhooks.models import Sendout, Webhook

URL = "https://hooks.shop.example/in"
LIST, ADD, CHANGE = (f"admin:webhooks_webhook_{name}" for name in ("changelist", "add", "change"))
LOG, ONE = (f"admin:webhooks_sendout_{name}" for name in ("changelist", "change"))

pytestmark = pytest.mark.django_db


def posted(*events: str, url: str = URL, **fields: Any) -> dict[str, Any]:
    return {"target_url": url, "whole": "some", "is_active": "on", "events": list(events), **fields}


def shown(client: Client, name: str, *keys: Any, **query: Any) -> str:
    answer = client.get(reverse(name, args=keys), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_webhook_shows_the_secret_once(admin_client: Client) -> None:
    assert "Nobody outside is told" in shown(admin_client, LIST)
    made = admin_client.post(reverse(ADD), posted("order.paid", "order.created")).content.decode()
    assert signing.secret() in made
    assert signing.secret() not in shown(admin_client, LIST)
    assert signing.secret() not in shown(admin_client, CHANGE, Webhook.objects.get().pk)
    second = admin_client.post(reverse(ADD), posted("order.paid"))
    assert second.url == reverse(LIST)
    assert AuditEntry.objects.filter(verb="created", object_type="webhook").count() == 2


def test_a_webhook_is_changed_and_keeps_the_names_by_which_it_was_subscribed(
    admin_client: Client, listening: Listening
) -> None:
    listening.subscribe(URL, "customer.order.paid", "voucher.created")
    webhook = listening.webhook()
    page = shown(admin_client, CHANGE, webhook.pk)
    assert 'value="customer.order.paid" checked' in page
    assert 'value="voucher.created" checked' in page
    admin_client.post(reverse(CHANGE, args=[webhook.pk]), posted(whole="all", is_active=""))
    webhook.refresh_from_db()
    assert (webhook.events, webhook.is_active, webhook.wants_all) == (["*"], False, True)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (posted(), "Pick at least one event, or all."),
        (posted("order.paid", url=""), "Say where to send them"),
        (posted("order.paid", url="ftp://shop.example"), "must begin with https://"),
        (posted("moon.landed"), "there is no event named moon.landed"),
    ],
)
def test_a_form_that_cannot_be_meant_says_why(admin_client: Client, body: dict[str, Any], sentence: str) -> None:
    answer = admin_client.post(reverse(ADD), body)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Webhook.objects.exists()


def test_a_test_is_sent_and_its_answer_shown(
    admin_client: Client, listening: Listening, sink: WebhookSink, drain: Callable[[], int]
) -> None:
    listening.subscribe(sink.url, "order.paid")
    sink.words = b"<b>thank you</b>"
    sent = admin_client.post(reverse("admin:webhooks_webhook_test", args=[listening.webhook().pk]))
    assert "It has not been sent yet" in admin_client.get(sent.url).content.decode()
    drain()
    page = admin_client.get(sent.url).content.decode()
    assert types(sink.received) == ["webhook.test"]
    assert "&lt;b&gt;thank you&lt;/b&gt;" in page


def test_the_log_is_narrowed_and_read_page_by_page(
    admin_client: Client, listening: Listening, django_assert_max_num_queries: Any
) -> None:
    listening.subscribe(URL, "*")
    track_many([Fact("order.paid") for _ in range(60)])
    track(Fact("order.created"))
    pipeline.drain()
    Sendout.objects.filter(type="order.created").update(state="FAILED")
    assert shown(admin_client, LOG, state="FAILED").count("order.created</a>") == 1
    assert shown(admin_client, LOG, type="order.paid").count("order.paid</a>") == 50
    first = shown(admin_client, LOG)
    older = first.partition("?before=")[2].partition('"')[0]
    assert shown(admin_client, LOG, before=older).count("order.paid</a>") == 11
    assert "Nothing matches" in shown(admin_client, LOG, webhook=listening.webhook().pk, state="SENT")
    # The session, the person, the addresses to choose from, the page.
    with django_assert_max_num_queries(5):
        shown(admin_client, LOG)


def test_a_sendout_shows_its_words_and_is_sent_again(
    admin_client: Client, api: RestClient, listening: Listening, sink: WebhookSink
) -> None:
    listening.subscribe(sink.url, "customer.created")
    api.post("/v1/customers", {"source_id": "eve", "name": "<script>alert(1)</script>"})
    listening.drain()
    sendout = Sendout.objects.get()
    page = shown(admin_client, ONE, sendout.pk)
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    admin_client.post(reverse("admin:webhooks_sendout_again", args=[sendout.pk]))
    listening.drain()
    assert len(sink.received) == 2
    assert AuditEntry.objects.filter(verb="resend").exists()


def test_a_sendout_that_is_on_its_way_is_not_sent_again(admin_client: Client, listening: Listening) -> None:
    listening.subscribe(URL, "order.paid")
    track(Fact("order.paid"))
    pipeline.drain()
    Sendout.objects.update(state="SENDING")
    answer = admin_client.post(reverse("admin:webhooks_sendout_again", args=[Sendout.objects.get().pk]), follow=True)
    assert "It is being sent at this moment" in answer.content.decode()


def test_sending_again_to_a_webhook_that_is_off_promises_no_more_than_it_keeps(
    admin_client: Client, api: RestClient, listening: Listening
) -> None:
    made = listening.subscribe(URL, "order.paid")
    track(Fact("order.paid"))
    pipeline.drain()
    api.put(f"{listening.path}/{made['id']}", {"active": False})
    sendout = Sendout.objects.get()
    assert "Send again once the webhook is on" in shown(admin_client, ONE, sendout.pk)
    answer = admin_client.post(reverse("admin:webhooks_sendout_again", args=[sendout.pk]), follow=True)
    assert "Its webhook is off: it is sent once more as soon as that is turned on" in answer.content.decode()
    assert "It waits until its webhook is turned on." in answer.content.decode()


def test_nothing_is_sent_again_to_a_webhook_that_was_deleted(
    admin_client: Client, api: RestClient, listening: Listening
) -> None:
    made = listening.subscribe(URL, "order.paid")
    track(Fact("order.paid"))
    pipeline.drain()
    api.delete(f"{listening.path}/{made['id']}")
    answer = admin_client.post(reverse("admin:webhooks_sendout_again", args=[Sendout.objects.get().pk]), follow=True)
    assert "Its webhook was deleted." in answer.content.decode()
    assert "It is not sent any more" in answer.content.decode()


def test_the_secret_is_exchanged_and_seen_once(admin_client: Client, listening: Listening) -> None:
    before = listening.subscribe(URL)["secret"]
    answer = admin_client.post(reverse("admin:webhooks_webhook_exchange"))
    assert signing.secret() in answer.content.decode()
    assert signing.secret() != before
    assert "no-store" in answer["Cache-Control"]


def test_a_deleted_webhook_is_gone_and_what_was_sent_stays(
    admin_client: Client, listening: Listening, sink: WebhookSink
) -> None:
    listening.subscribe(sink.url, "order.paid")
    track(Fact("order.paid"))
    listening.drain()
    webhook = listening.webhook()
    admin_client.post(reverse("admin:webhooks_webhook_delete", args=[webhook.pk]))
    assert admin_client.get(reverse(CHANGE, args=[webhook.pk])).status_code == 404
    assert "Send again" not in shown(admin_client, ONE, Sendout.objects.get().pk)


def test_who_may_not_change_webhooks_cannot(listening: Listening) -> None:
    listening.subscribe(URL)
    stranger = Client()
    stranger.force_login(get_user_model().objects.create_user("eve", password="correct horse", is_staff=True))
    pk = listening.webhook().pk
    assert stranger.get(reverse(LIST)).status_code == 403
    assert stranger.post(reverse(ADD), posted("order.paid")).status_code == 403
    assert stranger.post(reverse(CHANGE, args=[pk]), posted("order.paid")).status_code == 403
    assert stranger.post(reverse("admin:webhooks_webhook_exchange")).status_code == 403
