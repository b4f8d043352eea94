"""What is measured, as real processes: the product as `./run` starts it, and the reference site beside it."""

import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import redis

from benchmarks import cpu, databases
from promo_site.installation import ROOT
from promo_site.keeper import Keeper, is_healthy, manage, program, start_product

START_SECONDS = 60
_broker_numbers = itertools.count(1)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class PartialKeeper(Keeper):
    """Keeps only those of the product's processes that are wanted; all where that is not said."""

    wanted: frozenset[str] = frozenset()

    def start(self, name: str, command: Sequence[str], *, dying: int = signal.SIGTERM) -> None:
        if not self.wanted or name in self.wanted:
            super().start(name, command, dying=dying)


class Stack:
    """Processes of ours on one database and one numbered database of the broker."""

    def __init__(self, folder: Path, database: str, settings: str) -> None:
        self.port = free_port()
        self.database = database
        self.broker = databases.broker_address(next(_broker_numbers))
        logs = folder / f"stack-{self.port}" / "logs"
        logs.mkdir(parents=True)
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": database,
            "REDIS_URL": self.broker,
            "PROMO_PORT": str(self.port),
            "PROMO_DATA": str(logs.parent),
            "PROMO_PUBLIC_URL": self.address,
            "PROMO_EGRESS_ALLOW": "127.0.0.0/8",
            "PROMO_DEMO": "0",
        }
        self.environment.pop("CELERY_BROKER_URL", None)
        self.keeper = PartialKeeper(self.environment, logs)
        self._valkey = redis.Redis.from_url(self.broker)
        self._valkey.flushdb()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def roots(self) -> dict[str, int]:
        """Return the processes whose CPU counts: ours, the database's and the broker's."""
        ours = {name: process.pid for name, process in self.keeper.processes.items()}
        return {**ours, "postgres": databases.server_process(), "valkey": self._valkey.info("server")["process_id"]}

    def used(self) -> dict[str, float]:
        return cpu.by_part(self.roots())

    def pause_workers(self) -> None:
        """Hold the workers still, so that only what answers requests, or another stack, is measured."""
        self._signal_workers(signal.SIGSTOP)

    def resume_workers(self) -> None:
        self._signal_workers(signal.SIGCONT)

    def _signal_workers(self, number: int) -> None:
        for name, process in self.keeper.processes.items():
            if name.startswith(("worker", "beat")):
                os.killpg(process.pid, number)

    @contextmanager
    def workers_paused(self) -> Iterator[None]:
        self.pause_workers()
        try:
            yield
        finally:
            self.resume_workers()

    def start_granian(self, application: str, *arguments: str) -> None:
        """Serve an application just as the product is served."""
        self.keeper.start("web", [
            program("granian"), "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(self.port),
            "--workers", "2", "--blocking-threads", "16", "--backpressure", "512", "--no-ws", *arguments,
        ])  # fmt: skip

    def wait_until_up(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self.is_up():
            if time.monotonic() > until:
                raise TimeoutError(f"A stack did not become healthy; its logs are in {self.keeper.logs}.")
            if died := [name for name, process in self.keeper.processes.items() if process.poll() is not None]:
                raise RuntimeError(f"{died} ended: {self.last_words(died[0])}")
            time.sleep(0.1)

    def is_up(self) -> bool:
        """Tell whether everything works; with some of the processes left out, whether anything answers."""
        if not self.keeper.wanted:
            return is_healthy(self.address)
        with socket.socket() as caller:
            return caller.connect_ex(("127.0.0.1", self.port)) == 0

    def last_words(self, name: str) -> str:
        return (self.keeper.logs / f"{name}.log").read_text()[-1500:]

    def stop(self) -> None:
        """End every process at once: its database goes with it, so there is nothing to leave in order."""
        for process in self.keeper.processes.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._valkey.flushdb()


class Product(Stack):
    """The product under test and the key by which we call it."""

    def __init__(self, folder: Path, database: str, key: dict[str, str]) -> None:
        super().__init__(folder, database, "promo_site.settings.base")
        self.headers = {"X-App-Id": key["app_id"], "X-App-Token": key["app_token"]}

    def start(self, *wanted: str) -> None:
        """Start the processes, or these of them; the caller waits until they are up, perhaps several stacks at once."""
        self.keeper.wanted = frozenset(wanted)
        os.environ["PROMO_HOST"], os.environ["PROMO_PORT"] = "127.0.0.1", str(self.port)
        start_product(self.keeper)

    def call(self, method: str, path: str, body: object = None) -> dict:
        """Call the REST API as a shop would; raise with what it answered where it refuses."""
        request = urllib.request.Request(
            self.address + path, None if body is None else json.dumps(body).encode(), method=method,
            headers={**self.headers, "Content-Type": "application/json"},
        )  # fmt: skip
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read().decode()[:800]}") from error

    def wait_until_quiet(self, seconds: float = 60) -> float:
        """Wait until no event waits for its consequences; return when that was seen."""
        until = time.monotonic() + seconds
        with databases.connect(self.database) as connection:
            while connection.execute(
                "SELECT EXISTS (SELECT FROM events_pendingevent WHERE quarantined_at IS NULL)"
            ).fetchone() != (False,):
                if time.monotonic() > until:
                    left = connection.execute("SELECT count(*), max(error) FROM events_pendingevent").fetchone()
                    raise TimeoutError(f"Events still pending after {seconds:.0f} s: {left}")
                time.sleep(0.03)
        return time.monotonic()


class ReferenceSite(Stack):
    """The reference operations that need a server: parse-only, an idle Celery hop, and the usual naive design."""

    def __init__(self, folder: Path, database: str) -> None:
        super().__init__(folder, database, "benchmarks.reference.settings")

    def start(self, *, workers: Sequence[str] = ()) -> None:
        """Start the web server and a worker with these options of Celery's, where there are any."""
        self.start_granian("benchmarks.reference.wsgi:application")
        if workers:
            self.keeper.start("worker", [
                program("celery"), "-A", "benchmarks.reference.celery", "worker", "--loglevel", "WARNING", *workers,
            ])  # fmt: skip


def prepare_template(folder: Path) -> dict[str, str]:
    """Make the template database with the product's tables; return a server key that works in every clone."""
    environment = {**os.environ, "DATABASE_URL": databases.create(databases.TEMPLATE), "PROMO_DEMO": "0"}
    environment |= {"PROMO_ADMIN_PASSWORD": "bench-bench-bench", "PROMO_DATA": str(folder)}
    for step in (("migrate", "--skip-checks", "--verbosity", "0"), ("prepare_installation",)):
        subprocess.run(manage(*step), cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    made = subprocess.run(
        manage("create_api_key", "--kind", "server", "--name", "benchmarks", "--json"),
        cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE,
    )  # fmt: skip
    return json.loads(made.stdout)


def prepare_reference(name: str) -> str:
    """Make a database with the naive design's tables; return its address."""
    environment = {**os.environ, "DATABASE_URL": databases.create(name)}
    environment["DJANGO_SETTINGS_MODULE"] = "benchmarks.reference.settings"
    command = [sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return environment["DATABASE_URL"]
