"""A receiver on the loopback, and a shop that tells it of events."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F

from promo_site.settings import environment
from tests.conftest import RestClient
from tests.sinks import Received, SilentSink, WebhookSink
from webhooks.models import Sendout, Webhook


@pytest.fixture
def loopback_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMO_EGRESS_ALLOW", "127.0.0.0/8")
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", environment.networks("PROMO_EGRESS_ALLOW"))


@pytest.fixture
def sink(loopback_allowed: None) -> Iterator[WebhookSink]:
    with WebhookSink() as sink:
        yield sink


@pytest.fixture
def silent(loopback_allowed: None) -> Iterator[SilentSink]:
    with SilentSink() as sink:
        yield sink


class Listening:
    """Speaks the tests' sentences: subscribe an address, let something happen, see what came."""

    def __init__(self, api: RestClient, project: Any, drain: Callable[[], int]) -> None:
        self.api, self.drain = api, drain
        self.path = f"/management/v1/projects/{project.public_id}/webhooks"

    def subscribe(self, url: str, *events: str) -> dict[str, Any]:
        answer = self.api.post(self.path, {"target_url": url, "events": list(events) or ["*"]})
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def webhook(self) -> Webhook:
        return Webhook.objects.get()

    def happens(self, name: str = "ida") -> None:
        """Let a customer come to be, and do what is due."""
        self.api.post("/v1/customers", {"source_id": name, "name": name.title()})
        self.drain()

    def hurry(self) -> None:
        """Let every wait, and every lease, be over; then do what is due."""
        Sendout.objects.filter(state__in=Sendout.OPEN).update(due_at=F("created_at") - timedelta(days=1))
        self.drain()

    def states(self) -> list[str]:
        return list(Sendout.objects.order_by("id").values_list("state", flat=True))


@pytest.fixture
def listening(api: RestClient, project: Any, drain: Callable[[], int]) -> Listening:
    return Listening(api, project, drain)


def types(received: list[Received]) -> list[str]:
    return [one.body["type"] for one in received]
