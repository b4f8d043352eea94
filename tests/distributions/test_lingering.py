"""One receiver that does not answer keeps nobody else waiting."""

import time

import pytest

from distributions.channels import calls, client
from distributions.models import Delivery
from distributions.sending import lingering, preparing, stages
from tests.distributions.conftest import Shop
from tests.sinks import SilentSink, WebhookSink


@pytest.mark.django_db(transaction=True)
def test_a_silent_receiver_keeps_nobody_else_waiting(
    shop: Shop, webhook_sink: WebhookSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_sender", None)
    monkeypatch.setattr(calls, "DEADLINE_SECONDS", 4.0)
    with SilentSink() as silent:
        segment = shop.segment()
        slow = shop.live(segment, shop.campaign(), channels=[shop.webhook(silent.url)])
        quick = shop.live(segment, shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
        for number in range(3):
            shop.happens(f"customer{number}")
        began = time.monotonic()
        preparing.prepare()
        stages.hand_over_some()
        assert time.monotonic() - began < 3
        assert lingering.addresses() == [silent.url]
        assert set(quick.deliveries.values_list("state", flat=True)) == {"SENT"}
        assert set(slow.deliveries.values_list("state", flat=True)) == {"SENDING"}

        shop.happens("alice")
        preparing.prepare()
        stages.hand_over_some()
        assert quick.deliveries.get(customer__source_id="alice").state == "SENT"
        assert slow.deliveries.get(customer__source_id="alice").state == "READY"

        until = time.monotonic() + 15
        while lingering.addresses() and time.monotonic() < until:
            time.sleep(0.1)
        unknown = Delivery.objects.filter(distribution=slow, state="UNKNOWN")
        assert unknown.count() == 3
