"""The keeper's promises that need no running product."""

import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from promo_site.embedded import ServerError
from promo_site.keeper import Keeper, require_free_port


def test_a_taken_port_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as neighbour:
        monkeypatch.setenv("PROMO_PORT", str(neighbour.getsockname()[1]))
        with pytest.raises(ServerError, match="set PROMO_PORT to another one"):
            require_free_port()


@pytest.mark.parametrize("port", ["eighty", "70000"])
def test_a_port_that_is_none_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PROMO_PORT", port)
    with pytest.raises(ServerError, match=port):
        require_free_port()


def test_a_process_that_dies_is_started_again(tmp_path: Path) -> None:
    keeper = Keeper({}, tmp_path)
    keeper.start("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"])
    first = keeper.processes["sleeper"]
    first.send_signal(signal.SIGKILL)
    first.wait()
    until = time.monotonic() + 5
    while keeper.processes["sleeper"] is first and time.monotonic() < until:
        keeper.restart_the_dead()
        time.sleep(0.05)
    again = keeper.processes["sleeper"]
    assert again is not first
    assert again.poll() is None
    keeper.stop()
    assert again.poll() is not None
