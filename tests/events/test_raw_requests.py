"""What only a socket can send, against the server that the product runs on."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from events.models import Event, SeenMessage

pytestmark = pytest.mark.django_db(transaction=True)

BODY = b'{"event": "cart_abandoned", "customer": {"source_id": "alice"}, "message_id": "m-1"}'
Send = Callable[..., tuple[int, bytes]]


@pytest.fixture
def port(db: None) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": _database()}
    command = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "promo_site.wsgi:application"]
    options = ["--host", "127.0.0.1", "--port", str(number), "--workers", "1", "--blocking-threads", "4", "--no-ws"]
    with subprocess.Popen([*command, *options], env=environment) as server:
        _wait_until_it_listens(number)
        yield number
        server.send_signal(signal.SIGTERM)


def _database() -> str:
    options = connection.settings_dict
    return make_conninfo(
        dbname=options["NAME"], user=options["USER"], host=options["HOST"], port=options["PORT"] or None
    )


def _wait_until_it_listens(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server did not start")


@pytest.fixture
def send(port: int, api: Any) -> Send:
    """Return a function that sends bytes and returns the answer's status and body."""

    def exchange(
        body: bytes = BODY, *, slowly: bool = False, length: int | None = None, **extra: str
    ) -> tuple[int, bytes]:
        given = {"Host": "127.0.0.1", "Content-Type": "application/json", "Connection": "close", **api.headers}
        given |= {name.replace("_", "-"): value for name, value in extra.items()}
        given.setdefault("Content-Length", str(len(body) if length is None else length))
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value)
        return _exchange(port, f"POST /v1/events HTTP/1.1\r\n{head}\r\n".encode("latin-1"), body, slowly)

    return exchange


def _exchange(port: int, head: bytes, body: bytes, slowly: bool) -> tuple[int, bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as stream:
        # A server that refuses early need not read on; its answer is there all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            stream.sendall(head)
            for piece in [body[n : n + 1] for n in range(len(body))] if slowly else [body]:
                stream.sendall(piece)
        answer = b""
        with suppress(ConnectionResetError):
            while part := stream.recv(65536):
                answer += part
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content


def test_the_real_server_takes_an_event_and_its_repeat(send: Send) -> None:
    assert send()[0] == 200
    status, body = send()
    assert (status, b'"duplicate":true' in body) == (200, True)
    assert Event.objects.filter(name="cart_abandoned").count() == 1


def test_what_only_a_socket_can_send_is_refused_or_understood(send: Send) -> None:
    assert send(slowly=True)[0] == 200
    refused = {
        "empty": send(b"")[0],
        "no content type": send(Content_Type="")[0],
        "utf-7": send(Content_Type="application/json; charset=utf-7")[0],
        "unknown charset": send(Content_Type="application/json; charset=klingon")[0],
        "gzip": send(Content_Encoding="gzip")[0],
        "no such length": send(Content_Length="-1")[0],
        "large": send(b"x" * 40_000)[0],
        "very large": send(b"x" * 3_000_000)[0],
        "length and chunks": send(b"0\r\n\r\n", Transfer_Encoding="chunked", Content_Length="5")[0],
        "header of 64 kB": send(X_Long="x" * 65_536)[0],
        "two lengths": send(Content_Length="10, 20")[0],
    }
    assert {name: status for name, status in refused.items() if not 400 <= status < 500} == {}
    assert refused["large"] == refused["very large"] == 413
    assert refused["utf-7"] == refused["unknown charset"] == refused["gzip"] == refused["no content type"] == 415
    assert refused["empty"] == 400
    assert SeenMessage.objects.count() == 1


def test_ten_thousand_headers_do_no_harm(send: Send) -> None:
    status, _ = send(**{f"X-{n}": "1" for n in range(10_000)})
    assert 400 <= status < 500
    assert send()[0] == 200
