"""The processes of the product: which there are, and how they are kept running."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from promo_site.embedded import ServerError, spawn, stop
from promo_site.installation import ROOT

READY_SECONDS = 90
LONGEST_PAUSE = 10.0


class Keeper:
    """Keeps a set of processes running: one that dies is started again, ever more patiently."""

    def __init__(self, environment: dict[str, str], logs: Path) -> None:
        self.environment = environment
        self.logs = logs
        self.commands: dict[str, tuple[Sequence[str], int]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.pauses: dict[str, float] = {}
        self.next_start: dict[str, float] = {}

    def start(self, name: str, command: Sequence[str], *, dying: int = signal.SIGTERM) -> None:
        self.commands[name] = (command, dying)
        with open(self.logs / f"{name}.log", "ab") as log:
            self.processes[name] = spawn(
                command, dying=dying, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def restart_the_dead(self) -> None:
        now = time.monotonic()
        for name, process in list(self.processes.items()):
            if process.poll() is None or now < self.next_start.get(name, 0):
                continue
            pause = min(self.pauses.get(name, 0.25) * 2, LONGEST_PAUSE)
            self.pauses[name], self.next_start[name] = pause, now + pause
            say(f"{name} ended ({process.returncode}); starting it again. Its log: {self.logs / (name + '.log')}")
            command, dying = self.commands[name]
            self.start(name, command, dying=dying)

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            stop(process)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def manage(*arguments: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def listening_at() -> tuple[str, str]:
    return os.environ.get("PROMO_HOST", "127.0.0.1"), os.environ.get("PROMO_PORT", "8000")


def require_free_port() -> None:
    """Refuse to start where somebody else listens: her answers would be taken for ours."""
    host, port = listening_at()
    try:
        socket.create_server((host, int(port))).close()
    except (OSError, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or error
        raise ServerError(f"Port {port} of {host} cannot be used ({why}); set PROMO_PORT to another one.") from error


def start_product(keeper: Keeper) -> None:
    """Start web, workers and beat. Queues have workers of their own, so that none starves another.

    The framework's checks would load every page into each of them; they are run by the tests.
    """
    host, port = listening_at()
    keeper.start("web", [
        program("granian"), "--interface", "wsgi", "promo_site.wsgi:application", "--host", host, "--port", port,
        "--workers", "2", "--blocking-threads", "16", "--backpressure", "512", "--no-ws", "--respawn-failed-workers",
        "--workers-kill-timeout", "10",
    ])  # fmt: skip
    for queue in ("evaluate", "send", "bulk"):
        keeper.start(f"worker-{queue}", [
            program("celery"), "--skip-checks", "-A", "promo_site.celery", "worker", "-Q", queue, "-n", f"{queue}@%h",
            "--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING",
        ], dying=signal.SIGKILL)  # fmt: skip
    keeper.start("beat", [
        program("celery"), "-A", "promo_site.beat", "beat",
        "--schedule", str(keeper.logs.parent / "beat"), "--pidfile", "", "--loglevel", "WARNING",
    ], dying=signal.SIGKILL)  # fmt: skip


def wait_until_healthy(keeper: Keeper, address: str) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        keeper.restart_the_dead()
        if is_healthy(address):
            return
        time.sleep(0.1)
    raise ServerError(f"The product did not become ready in {READY_SECONDS} s; the reasons are in {keeper.logs}.")


def is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
            return answer.status == 200
    except OSError:
        return False
