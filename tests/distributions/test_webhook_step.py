"""A webhook's words, its secret and its test, on the screen."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from standardwebhooks.webhooks import Webhook

from access import sealing
from access.models import AuditEntry
from distributions.models import Delivery, Distribution, DistributionChannel
from tests.conftest import RestClient
from tests.distributions import stand_in
from tests.distributions.conftest import Shop
from tests.sinks import Received, WebhookSink

pytestmark = pytest.mark.django_db(transaction=True)


def on(draft: Distribution, page: str) -> str:
    return reverse(f"admin:distributions_distribution_{page}", args=[draft.pk, "webhook"])


def secret_of(draft: Distribution) -> str:
    return sealing.unseal(DistributionChannel.objects.get(distribution=draft).sealed_secret)


def is_signed(received: Received, secret: str) -> bool:
    try:
        Webhook(secret).verify(received.raw, received.headers)
    except Exception:
        return False
    return True


def test_for_a_day_after_an_exchange_either_secret_proves_the_sender(
    shop: Shop, admin_client: Client, webhook_sink: WebhookSink
) -> None:
    live = shop.live(shop.segment(), channels=[shop.webhook(webhook_sink.url)])
    before = secret_of(live)
    page = admin_client.post(on(live, "exchange")).content.decode()
    after = secret_of(live)
    assert after != before
    assert after in page
    assert AuditEntry.objects.filter(verb="rotate", object_id=live.public_id).count() == 1
    shop.happens("alice")
    shop.send()
    assert [is_signed(webhook_sink.received[0], each) for each in (before, after)] == [True, True]
    DistributionChannel.objects.update(secret_made_at="2020-01-01T00:00Z")
    shop.happens("bob")
    shop.send()
    assert [is_signed(webhook_sink.received[1], each) for each in (before, after)] == [False, True]


def test_a_test_calls_the_webhook_alone_and_shows_what_it_answered(
    shop: Shop, admin_client: Client, webhook_sink: WebhookSink
) -> None:
    shop.customer("alice")
    draft = shop.draft(channels=[shop.letter(), shop.webhook(webhook_sink.url, payload={"code": "{{ voucher.code }}"})])
    webhook_sink.answers, webhook_sink.words = [422], b"no such code"
    page = admin_client.post(on(draft, "test"), follow=True).content.decode()
    assert "422 no such code" in page
    page = admin_client.post(on(draft, "test"), follow=True).content.decode()
    assert "A test went to your webhook" in page
    assert Delivery.objects.filter(is_test=True).count() == 2


def test_the_step_offers_bodies_to_begin_with(shop: Shop, admin_client: Client) -> None:
    draft = shop.draft(channels=[shop.webhook("https://shop.example/hook")])
    page = admin_client.get(reverse("admin:distributions_distribution_step", args=[draft.pk, "message"])).content
    assert b"A chat message" in page


def test_a_test_of_a_tool_tells_of_nobody_who_was_not_named(
    shop: Shop, api: RestClient, webhook_sink: WebhookSink, monkeypatch: Any
) -> None:
    [_provider] = stand_in.connect(monkeypatch)
    told = {"api_key": "k", "base_url": webhook_sink.url}
    key = api.post("/v1/connections", {"channel": "braze", "provider": "stand_in", "settings": told}).json()["id"]
    shop.customer("alice")
    shop.customer("bob")
    draft = shop.draft(channels=[{"type": "braze", "connection_id": key, "fields": {"A": "{{ customer.name }}"}}])
    refused = api.post(f"/v1/distributions/{draft.public_id}/test", {"to": "me@shop.example"})
    assert (refused.status_code, webhook_sink.received) == (400, [])
    sent = api.post(f"/v1/distributions/{draft.public_id}/test", {"customer": "alice"})
    assert sent.json()["ok"] is True
    assert (webhook_sink.received[0].body["id"], webhook_sink.received[0].body["fields"]) == ("alice", {"A": "Alice"})
