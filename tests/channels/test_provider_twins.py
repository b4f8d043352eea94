"""The demo's stand-ins for providers: connected, told of in lines, and within reach only while they run on this machine."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from distributions import connecting
from distributions.channels import egress, twins
from distributions.models import Connection
from promo_site import provider_twins
from promo_site.installation import Installation
from tests.distributions.conftest import Shop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A data folder of the test's own, and no network that may be reached beside the public ones."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", [])
    monkeypatch.setattr(settings, "PROMO_PUBLIC_URL", "http://127.0.0.1:8000")


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def stage(lines: list[str]) -> Iterator[provider_twins.Stage]:
    with provider_twins.running(lines.append) as stage:
        yield stage


def send(shop: Shop) -> None:
    for _ in range(4):
        shop.hurry()
        shop.send()


def test_every_twin_is_connected_and_answers(stage: provider_twins.Stage) -> None:
    assert [tested.ok for _, tested in stage.connect()] == [True] * len(provider_twins.STAND_INS)
    assert set(Connection.objects.values_list("provider", flat=True)) == set(provider_twins.STAND_INS)


def test_the_connections_of_before_lead_to_the_twins_of_now(lines: list[str]) -> None:
    for _ in range(2):
        with provider_twins.running(lines.append) as stage:
            assert all(tested.ok for _, tested in stage.connect())
    assert Connection.objects.count() == len(provider_twins.STAND_INS)


def test_a_webhook_of_before_finds_the_receiver_of_now(lines: list[str]) -> None:
    urls = []
    for _ in range(2):
        with provider_twins.running(lines.append) as stage:
            urls.append(stage.receiver.url)
    assert urls[0] == urls[1]


def test_what_a_twin_is_told_stands_in_a_line_without_its_key(
    shop: Shop, stage: provider_twins.Stage, lines: list[str]
) -> None:
    list(stage.connect())
    told = {"type": "intercom", "fields": {"CODE": "{{ voucher.code }}"}}
    shop.live(campaign=shop.campaign(), channels=[told])
    shop.happens("alice")
    send(shop)
    [code] = shop.codes("alice")
    assert any("Intercom" in line and "POST /contacts -> 200" in line and code in line for line in lines)
    keys = [value for each in Connection.objects.all() for value in connecting.account_of(each).secrets.values()]
    assert not any(key in line for key in keys for line in lines)


def test_a_webhook_finds_the_receiver(shop: Shop, stage: provider_twins.Stage, lines: list[str]) -> None:
    shop.live(campaign=shop.campaign(), channels=[shop.webhook(f"{stage.receiver.url}/hook")])
    shop.happens("alice")
    send(shop)
    assert shop.states("alice") == ["SENT"]
    assert any("Webhook" in line and "POST /hook -> 204" in line for line in lines)


def test_a_text_message_arrives_a_moment_later(
    shop: Shop, stage: provider_twins.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(provider_twins, "UNDER_WAY_SECONDS", 0.0)
    monkeypatch.setattr(
        stage.by_provider["twilio"], "call_back", lambda text, status: told.append(f"{text.to} {status}")
    )
    list(stage.connect())
    shop.customer("alice", phone="+31611112222")
    shop.live(campaign=shop.campaign(), channels=[{"type": "sms", "text": "{{ voucher.code }}"}])
    shop.happens("alice")
    send(shop)
    until = time.monotonic() + 5
    while not told and time.monotonic() < until:
        time.sleep(0.05)
    assert told == ["+31611112222 delivered"]


def test_only_the_twins_ports_are_reached_and_only_while_they_run(lines: list[str]) -> None:
    with provider_twins.running(lines.append) as stage:
        url = f"{stage.receiver.url}/hook"
        assert egress.problem_with(url) is None
        egress.refuse_literal(urlsplit(url))
        assert egress.problem_with("http://127.0.0.1:5432/") is not None
        assert egress.problem_with(url.replace("127.0.0.1", "localhost")) is not None
        assert egress.problem_with(url.replace("http:", "ftp:")) is not None
    assert egress.problem_with(url) is not None
    with pytest.raises(egress.EgressError):
        egress.refuse_literal(urlsplit(url))


def test_an_installation_that_others_reach_reaches_no_twin(
    stage: provider_twins.Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "PROMO_PUBLIC_URL", "https://promo.shop.example")
    assert egress.problem_with(stage.receiver.url) is not None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": "x", "ports": [1]}', None])
def test_what_a_dead_command_left_behind_opens_nothing(content: str | None) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    twins.file().write_text(json.dumps({"pid": gone.pid, "ports": [9]}) if content is None else content)
    assert twins.ports() == frozenset()


def test_the_command_refuses_to_run_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    installation = Installation(settings.DATA_DIR)
    with pytest.raises(CommandError, match="PROMO_DEMO"):
        call_command("provider_twins")
    installation.keep_demo_key("app_1", "sk_1")
    with pytest.raises(CommandError, match="Start the product first"):
        call_command("provider_twins")
    with installation.running({"DATABASE_URL": "x"}):
        twins.file().write_text(json.dumps({"pid": os.getpid(), "ports": [9]}))
        with pytest.raises(CommandError, match="run already"):
            call_command("provider_twins")
        monkeypatch.setattr(settings, "PROMO_PUBLIC_URL", "https://promo.shop.example")
        with pytest.raises(CommandError, match=r"promo\.shop\.example"):
            call_command("provider_twins")
    assert not Connection.objects.exists()
