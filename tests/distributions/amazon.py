"""Amazon's notices at the door: a twin of SNS that our own client finds where Amazon would be."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohappyeyeballs
import pytest
from aiohttp import connector
from django.conf import settings

from promo_site.settings import environment
from tests.twins import sns
from tests.twins.sns import SnsTwin


def headers_of(said: dict[str, Any]) -> dict[str, str]:
    """Return what SNS sends beside a message."""
    return {"x-amz-sns-message-type": str(said.get("Type")), "x-amz-sns-message-id": str(said.get("MessageId"))}


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROMO_EGRESS_ALLOW", "127.0.0.0/8")
    monkeypatch.setattr(settings, "PROMO_EGRESS_ALLOW", environment.networks("PROMO_EGRESS_ALLOW"))


@pytest.fixture
def amazon(allowed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SnsTwin]:
    """Let the name of SNS mean a twin: what is replaced is the net's, its names, roads and certificates."""
    with SnsTwin(tmp_path) as twin:
        port = int(twin.url.rpartition(":")[2])
        ask, connect = socket.getaddrinfo, aiohappyeyeballs.start_connection

        def named(host: Any, *more: Any, **options: Any) -> Any:
            return ask("127.0.0.1" if host == sns.HOST else host, *more, **options)

        async def led(*, addr_infos: Any, **options: Any) -> Any:
            there = [(*one[:4], ("127.0.0.1", port) if one[4][1] == 443 else one[4]) for one in addr_infos]
            return await connect(addr_infos=there, **options)

        monkeypatch.setattr(socket, "getaddrinfo", named)
        monkeypatch.setattr(aiohappyeyeballs, "start_connection", led)
        monkeypatch.setattr(connector, "_SSL_CONTEXT_VERIFIED", twin.trusting())
        yield twin
