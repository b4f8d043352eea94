"""The embedded servers start, serve, stop and leave nothing behind."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError

from promo_site.embedded import Postgres, ServerError, Valkey, socket_folder
from promo_site.installation import Installation


@pytest.fixture
def data() -> Iterator[Path]:
    """A folder that the account of PostgreSQL can reach, as `./run test` makes one for itself."""
    folder = Path(tempfile.mkdtemp(prefix="promo-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def test_data_survives_a_restart(data: Path) -> None:
    for expected in (0, 1):
        server = Postgres(data)
        server.start()
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
            assert len(connection.execute("SELECT * FROM kept").fetchall()) == expected
            connection.execute("INSERT INTO kept VALUES (1)")
        server.stop()


def test_a_server_killed_with_its_pid_file_starts_again(data: Path) -> None:
    server = Postgres(data)
    server.start()
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    again = Postgres(data)
    again.start()
    with psycopg.connect(again.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    again.stop()


def test_a_second_run_on_the_same_data_is_refused_in_words(data: Path) -> None:
    server = Postgres(data)
    server.start()
    with pytest.raises(ServerError, match="Another run is using"):
        Postgres(data).start()
    server.stop()


def test_two_brokers_live_side_by_side(data: Path) -> None:
    first, second = Valkey(data), Valkey(data / "other")
    (data / "other").mkdir()
    first.start()
    second.start()
    Redis.from_url(first.url).set("who", "first")
    assert Redis.from_url(second.url).get("who") is None
    second.stop()
    first.stop()
    assert not socket_folder(data).exists()


def test_a_server_that_was_killed_is_started_again_where_it_was(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    installation = Installation(data)
    with installation.servers() as addresses:
        assert installation.restart_ended_servers() == []
        killed = [server.process for server in installation._started]
        for process in killed:
            assert process is not None
            process.kill()
            process.wait()
        until = time.monotonic() + 20
        while not all(_answers(addresses)) and time.monotonic() < until:
            with contextlib.suppress(ServerError):
                installation.restart_ended_servers()
            time.sleep(0.2)
        assert all(_answers(addresses))
    assert _processes_on(data) == []


def _answers(addresses: dict[str, str]) -> Iterator[bool]:
    try:
        yield bool(Redis.from_url(addresses["REDIS_URL"]).ping())
        with psycopg.connect(addresses["DATABASE_URL"]) as connection:
            yield connection.execute("SELECT 1").fetchone() == (1,)
    except (RedisConnectionError, psycopg.OperationalError):
        yield False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Only Linux tells a child that its parent is gone.")
def test_nothing_outlives_a_supervisor_that_was_killed(data: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from promo_site.installation import Installation\n"
        f"with Installation(Path({str(data)!r})).servers() as addresses: print('up', flush=True); time.sleep(60)"
    )
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    supervisor = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=clean)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == b"up\n"
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait()
    until = time.monotonic() + 10
    while _processes_on(data) and time.monotonic() < until:
        time.sleep(0.1)
    assert _processes_on(data) == []


def _processes_on(data: Path) -> list[str]:
    needles = (str(data).encode(), str(socket_folder(data)).encode())
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if any(needle in command for needle in needles):
            found.append(folder.name)
    return found


def test_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    first = Installation(tmp_path).secrets()
    assert Installation(tmp_path).secrets() == first
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
