"""Accounts over the API and on the screen: secrets go in and never come out, a test really calls, a key is exchanged."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from access import sealing
from access.models import AuditEntry
from distributions import connecting
from distributions.channels.handover import Account
from distributions.channels.servers import server_for
from distributions.models import Connection, DistributionChannel, Pace
from tests.conftest import RestClient
from tests.distributions import stand_in
from tests.distributions.conftest import Shop
from tests.sinks import MailSink, WebhookSink

pytestmark = pytest.mark.django_db

SECRET = "s3cret-canary"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    yield from stand_in.connect(monkeypatch)


@pytest.fixture
def body(provider: Any, webhook_sink: WebhookSink) -> dict[str, Any]:
    told = {"api_key": SECRET, "list_id": "L1", "base_url": webhook_sink.url}
    return {"channel": "braze", "provider": "stand_in", "name": "Main", "settings": told}


def smtp(sink: MailSink, **more: Any) -> dict[str, Any]:
    host, _, port = sink.url.removeprefix("smtp://").partition(":")
    told = {"host": host, "port": int(port), "security": "none", "password": SECRET, **more}
    return {"channel": "email", "provider": "smtp", "name": "Relay", "settings": told}


def test_an_account_is_told_without_its_secrets(api: RestClient, body: dict[str, Any]) -> None:
    answer = api.post("/v1/connections", body)
    assert answer.status_code == 200
    told = answer.json()
    assert told["id"].startswith("conn_")
    assert {name: told[name] for name in ("object", "channel", "provider", "name", "settings")} == {
        "object": "connection", "channel": "braze", "provider": "stand_in", "name": "Main",
        "settings": {"list_id": "L1", "base_url": body["settings"]["base_url"]},
    }  # fmt: skip
    everything = [answer, api.get("/v1/connections"), api.get(f"/v1/connections/{told['id']}")]
    everything += [api.put(f"/v1/connections/{told['id']}", {"name": "Other"})]
    assert all(SECRET not in each.content.decode() for each in everything)
    assert SECRET not in str(list(Connection.objects.values())) + str(list(AuditEntry.objects.values()))


def test_an_account_is_listed_changed_and_removed_and_each_change_is_written_down(
    api: RestClient, body: dict[str, Any]
) -> None:
    key = api.post("/v1/connections", body).json()["id"]
    listed = api.get("/v1/connections").json()
    assert (listed["data_ref"], listed["total"], listed["connections"][0]["id"]) == ("connections", 1, key)
    changed = api.put(f"/v1/connections/{key}", {"name": "Other", "settings": {"list_id": "L2"}, "calls_per_second": 3})
    assert (changed.json()["name"], changed.json()["settings"]["list_id"]) == ("Other", "L2")
    connection = Connection.objects.get()
    assert (connecting.account_of(connection)["api_key"], connection.calls_per_second) == (SECRET, 3.0)
    assert api.delete(f"/v1/connections/{key}").status_code == 204
    assert api.get(f"/v1/connections/{key}").status_code == 404
    assert not Pace.objects.exists()
    verbs = list(AuditEntry.objects.filter(object_type="connection").order_by("id").values_list("verb", flat=True))
    assert verbs == ["create", "update", "delete"]


@pytest.mark.parametrize(
    "change",
    [
        {"channel": "pigeon"}, {"channel": None}, {"channel": 7}, {"provider": "nobody"}, {"settings": []},
        {"settings": {"api_key": ""}}, {"settings": {"api_key": 1.5}}, {"settings": {"api_key": "a\nb"}},
        {"settings": {"api_key": "k", "surprise": "x"}}, {"settings": {"api_key": "k", "base_url": "http://10.0.0.1/"}},
        {"settings": {"api_key": "k", "base_url": "file:///etc/passwd"}}, {"calls_per_second": 0},
        {"calls_per_second": "many"}, {"name": "x" * 256}, {"name": "a\x00b"},
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_stores_nothing(
    api: RestClient, body: dict[str, Any], change: dict[str, Any]
) -> None:
    answer = api.post("/v1/connections", body | change)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")
    assert not Connection.objects.exists()


def test_a_key_without_the_scope_sees_no_account(api: RestClient, api_key: Any) -> None:
    type(api_key.key).objects.update(scopes=["distributions"])
    assert api.get("/v1/connections").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_test_calls_the_provider_and_remembers_what_it_said(
    api: RestClient, body: dict[str, Any], webhook_sink: WebhookSink
) -> None:
    key = api.post("/v1/connections", body).json()["id"]
    assert api.post(f"/v1/connections/{key}/test").json() == {
        "object": "test", "ok": True, "status": 200, "message": "The key works.",
    }  # fmt: skip
    webhook_sink.answers = [401]
    refused = api.post(f"/v1/connections/{key}/test").json()
    assert (refused["ok"], refused["status"]) == (False, 401)
    assert webhook_sink.received[0].headers["authorization"] == f"Bearer {SECRET}"
    assert api.get(f"/v1/connections/{key}").json()["last_test"]["ok"] is False


def test_an_account_that_a_distribution_goes_out_by_is_not_removed(
    shop: Shop, api: RestClient, body: dict[str, Any]
) -> None:
    key = api.post("/v1/connections", body).json()["id"]
    shop.draft(channels=[{"type": "braze", "connection_id": key, "fields": {"A": "1"}}])
    refused = api.delete(f"/v1/connections/{key}")
    assert (refused.status_code, refused.json()["key"]) == (400, "connection_in_use")


def test_a_channel_takes_no_account_of_another(shop: Shop, api: RestClient, body: dict[str, Any]) -> None:
    key = api.post("/v1/connections", body).json()["id"]
    answer = api.post(
        "/v1/distributions", {"name": "x", "type": "automatic", "channels": [{"type": "email", "connection_id": key}]}
    )
    assert answer.status_code == 400
    assert "not for email" in answer.json()["details"]


@pytest.mark.django_db(transaction=True)
def test_mail_goes_out_by_a_server_that_was_connected(
    shop: Shop, api: RestClient, mail_sink: MailSink, webhook_sink: WebhookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PROMO_MAIL_SERVER", None)
    told = api.post("/v1/connections", smtp(mail_sink, **{"from": "shop@letters.example"})).json()
    assert api.post(f"/v1/connections/{told['id']}/test").json()["ok"] is True
    assert mail_sink.messages == []
    shop.live(channels=[shop.letter("email", connection_id=told["id"])])
    shop.happens("alice")
    shop.send()
    [mail] = mail_sink.messages
    assert "shop@letters.example" in mail["From"]
    assert mail["Message-ID"].endswith("@letters.example>")
    assert [delivery.message.carrier for delivery in shop.deliveries()] == ["smtp"]


def test_a_server_inside_our_own_network_is_not_reached_unless_that_is_allowed(
    api: RestClient, mail_sink: MailSink
) -> None:
    told = api.post("/v1/connections", smtp(mail_sink)).json()
    answer = api.post(f"/v1/connections/{told['id']}/test").json()
    assert (answer["ok"], mail_sink.connections) == (False, 0)
    assert "not public" in answer["message"]


def test_a_server_has_the_port_that_fits_its_encryption() -> None:
    ports = [server_for(Account(1, "smtp", {"host": "h", "security": each})) for each in ("starttls", "tls", "none")]
    assert [server.port for server in ports if server] == [587, 465, 25]


def test_secrets_are_sealed_with_a_new_key_and_the_old_one_can_go(
    shop: Shop, api: RestClient, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    api.post("/v1/connections", body)
    shop.draft(channels=[shop.webhook("https://shop.example/hook")])
    secret = sealing.unseal(DistributionChannel.objects.get(type="webhook").sealed_secret)
    old, new = settings.PROMO_ENCRYPTION_KEY, Fernet.generate_key().decode()
    monkeypatch.setattr(settings, "PROMO_ENCRYPTION_KEY", new)
    with pytest.raises(CommandError, match="PROMO_ENCRYPTION_KEYS_BEFORE"):
        call_command("rotate_secrets")
    monkeypatch.setattr(settings, "PROMO_ENCRYPTION_KEYS_BEFORE", [old])
    assert connecting.account_of(Connection.objects.get())["api_key"] == SECRET
    call_command("rotate_secrets")
    assert "1 connections" in capsys.readouterr().out
    monkeypatch.setattr(settings, "PROMO_ENCRYPTION_KEYS_BEFORE", [])
    assert connecting.account_of(Connection.objects.get())["api_key"] == SECRET
    assert sealing.unseal(DistributionChannel.objects.get(type="webhook").sealed_secret) == secret
    assert AuditEntry.objects.filter(verb="rotate").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_account_is_connected_on_the_screen_and_its_secret_is_not_drawn(
    admin_client: Client, body: dict[str, Any], webhook_sink: WebhookSink
) -> None:
    listed = admin_client.get("/admin/distributions/connection/")
    assert "Stand-in" in listed.content.decode()
    address = "/admin/distributions/connection/add/?provider=stand_in"
    assert 'type="password"' in admin_client.get(address).content.decode()
    posted = {"name": "Main", "setting_api_key": SECRET, "setting_base_url": webhook_sink.url, "rate": ""}
    page = admin_client.post(address, posted, follow=True).content.decode()
    assert "The key works." in page
    assert SECRET not in page
    connection = Connection.objects.get()
    changed = {"name": "Renamed", "setting_api_key": "", "setting_base_url": webhook_sink.url, "rate": "4.5"}
    admin_client.post(f"/admin/distributions/connection/{connection.pk}/change/", changed)
    connection = Connection.objects.get()
    assert (connection.name, connection.calls_per_second) == ("Renamed", 4.5)
    assert connecting.account_of(connection)["api_key"] == SECRET
    assert admin_client.post(f"/admin/distributions/connection/{connection.pk}/test/").status_code == 302
    admin_client.post(f"/admin/distributions/connection/{connection.pk}/delete/")
    assert not Connection.objects.exists()


def test_the_wizard_offers_connected_channels_and_says_how_to_connect_the_others(
    shop: Shop, admin_client: Client, api: RestClient, body: dict[str, Any]
) -> None:
    key = api.post("/v1/connections", body).json()["id"]
    draft = shop.draft(channels=[])
    address = f"/admin/distributions/distribution/{draft.pk}/step/channel/"
    page = admin_client.get(address).content.decode()
    assert "Main, not tested yet" in page
    assert "/admin/distributions/connection/" in page
    admin_client.post(address, {"kinds": ["braze"], "connection_braze": key, "uncertain": ""})
    channel = draft.channels.get()
    assert channel.connection == Connection.objects.get()
