"""A webhook's own headers, which often hold a key: written, sealed, sent, and never shown again."""

import importlib
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection as database
from django.test import Client

from access import sealing
from distributions.models import Distribution, DistributionChannel, Message
from tests.conftest import RestClient
from tests.distributions.conftest import Shop
from tests.sinks import WebhookSink

pytestmark = pytest.mark.django_db(transaction=True)

TOKEN = "Bearer a-token-of-the-shop"
HEADERS = {"authorization": TOKEN, "x-shop": "north"}


def step(draft: Distribution) -> str:
    return f"/admin/distributions/distribution/{draft.pk}/step/message/?channel=webhook"


def told(shop: Shop, url: str) -> list[dict[str, str]]:
    return [shop.webhook(url, headers=HEADERS)]


def everything_stored() -> str:
    """Return all that the database holds, as text."""
    with database.cursor() as cursor:
        tables = [name for name in database.introspection.table_names(cursor) if not name.startswith("django_")]
        rows = []
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row[0] for row in cursor.fetchall()]
    return "\n".join(rows)


def opened() -> dict[str, str]:
    return {name: sealing.unseal(value) for name, value in DistributionChannel.objects.get().headers.items()}


def test_headers_reach_the_receiver_and_stand_nowhere_in_the_database(shop: Shop, webhook_sink: WebhookSink) -> None:
    shop.live(campaign=shop.campaign(), channels=told(shop, webhook_sink.url))
    shop.happens("alice")
    shop.send()
    assert webhook_sink.received[0].headers.items() >= HEADERS.items()
    assert Message.objects.count() == 1
    assert TOKEN not in everything_stored()


def test_the_api_shows_that_there_is_a_value_and_takes_back_what_it_shows(api: RestClient, shop: Shop) -> None:
    made = api.post("/v1/distributions", {
        "name": "x", "type": "automatic", "channels": told(shop, "https://shop.example/hook"),
    }).json()  # fmt: skip
    [channel] = made["channels"]
    assert channel["headers"] == {"authorization": "••••", "x-shop": "••••"}
    channel["headers"] = {"authorization": "••••", "x-shop": "south"}
    del channel["secret"]
    assert api.put(f"/v1/distributions/{made['id']}", {"channels": [channel]}).status_code == 200
    assert opened() == {"authorization": TOKEN, "x-shop": "south"}


def test_what_is_shown_is_no_value_for_a_header_that_has_none(api: RestClient, shop: Shop) -> None:
    channel = {"type": "webhook", "headers": {"authorization": "••••"}}
    refused = api.post("/v1/distributions", {"name": "x", "type": "automatic", "channels": [channel]})
    assert (refused.status_code, "has no value yet" in refused.json()["details"]) == (400, True)


def test_the_step_keeps_what_is_not_written_anew_and_shows_no_value(shop: Shop, admin_client: Client) -> None:
    draft = shop.draft(channels=told(shop, "https://shop.example/hook"))
    page = admin_client.get(step(draft)).content.decode()
    assert "authorization: ••••" in page
    assert "x-shop: ••••" in page
    assert TOKEN not in page
    said = {
        "url": "https://shop.example/other",
        "headers": "authorization: ••••\nx-new: 1",
        "payload": "",
        "go": "stay",
    }
    assert admin_client.post(step(draft), said).status_code == 302
    assert opened() == {"authorization": TOKEN, "x-new": "1"}


def test_other_steps_and_duplicates_keep_the_values(shop: Shop, admin_client: Client, api: RestClient) -> None:
    draft = shop.draft(channels=told(shop, "https://shop.example/hook"))
    chosen = {"kinds": ["webhook", "mailbox"], "go": "stay"}
    assert admin_client.post(step(draft).replace("/message/?channel=webhook", "/channel/"), chosen).status_code == 302
    kept = DistributionChannel.objects.get(distribution=draft, type="webhook")
    assert sealing.unseal(kept.headers["authorization"]) == TOKEN


def test_a_new_key_seals_them_anew(shop: Shop, webhook_sink: WebhookSink, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.live(campaign=shop.campaign(), channels=told(shop, webhook_sink.url))
    old = settings.PROMO_ENCRYPTION_KEY
    monkeypatch.setattr(settings, "PROMO_ENCRYPTION_KEY", Fernet.generate_key().decode())
    monkeypatch.setattr(settings, "PROMO_ENCRYPTION_KEYS_BEFORE", [old])
    call_command("rotate_secrets")
    monkeypatch.setattr(settings, "PROMO_ENCRYPTION_KEYS_BEFORE", [])
    shop.happens("alice")
    shop.send()
    assert webhook_sink.received[0].headers["authorization"] == TOKEN


def test_a_message_that_waits_leaves_with_the_key_that_is_good_by_then(
    api: RestClient, shop: Shop, webhook_sink: WebhookSink
) -> None:
    live = shop.live(campaign=shop.campaign(), channels=told(shop, webhook_sink.url))
    webhook_sink.answers = [401]
    shop.happens("alice")
    shop.send()
    changed = [{"type": "webhook", "url": webhook_sink.url, "headers": {"authorization": "Bearer fresh"}}]
    assert api.put(f"/v1/distributions/{live.public_id}", {"channels": changed}).status_code == 200
    shop.hurry()
    shop.send()
    assert [each.headers["authorization"] for each in webhook_sink.received] == [TOKEN, "Bearer fresh"]


def test_what_was_stored_openly_is_sealed_and_taken_out_of_messages(shop: Shop, webhook_sink: WebhookSink) -> None:
    shop.live(campaign=shop.campaign(), channels=told(shop, webhook_sink.url))
    shop.happens("alice")
    shop.send()
    DistributionChannel.objects.update(headers=HEADERS)
    Message.objects.update(headers=HEADERS)
    migration: Any = importlib.import_module("distributions.migrations.0011_sealed_headers_of_webhooks")
    migration.seal(apps, None)
    assert TOKEN not in everything_stored()
    shop.happens("bob")
    shop.send()
    assert webhook_sink.received[-1].headers["authorization"] == TOKEN
    migration.unseal(apps, None)
    assert DistributionChannel.objects.get().headers == HEADERS
