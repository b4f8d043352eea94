"""One installation: its data folder, its secrets, and the environment that its processes share.

Knows nothing of Django; `promo_site.settings` reads what is made here.
"""

import base64
import fcntl
import json
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from promo_site.embedded import Postgres, ServerError, Valkey

ROOT = Path(__file__).resolve().parent.parent


class Installation:
    """The data folder of one run, and what is remembered in it between runs."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.data.mkdir(parents=True, exist_ok=True)
        self._secrets_file = data / "secrets.json"
        self._addresses_file = data / "addresses.json"
        self._lock_file = data / "running.lock"
        self._started: list[Postgres | Valkey] = []

    @classmethod
    def from_environment(cls) -> "Installation":
        return cls(Path(os.environ.get("PROMO_DATA") or ROOT / ".data").resolve())

    @property
    def address(self) -> str:
        host = os.environ.get("PROMO_HOST", "127.0.0.1")
        return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{os.environ.get('PROMO_PORT', '8000')}"  # noqa: S104

    def secrets(self) -> dict[str, str]:
        """Return the secrets of this installation, made once."""
        if not self._secrets_file.exists():
            made = {
                "PROMO_SECRET_KEY": secrets.token_urlsafe(48),
                "PROMO_ENCRYPTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "admin_password": secrets.token_urlsafe(9),
            }
            write_privately(self._secrets_file, made)
        return read_json(self._secrets_file)

    def demo_key(self) -> dict[str, str] | None:
        """Return the id and token of the demo's key; tokens are shown once, so the demo keeps its own."""
        file = self.data / "demo_key.json"
        return read_json(file) if file.exists() else None

    def keep_demo_key(self, app_id: str, app_token: str) -> None:
        write_privately(self.data / "demo_key.json", {"app_id": app_id, "app_token": app_token})

    def environment(self, addresses: dict[str, str]) -> dict[str, str]:
        """Return the environment of every process of the product; what the operator set stays."""
        made = {name: value for name, value in self.secrets().items() if name.startswith("PROMO_")}
        defaults = {
            "DJANGO_SETTINGS_MODULE": "promo_site.settings.base",
            "PROMO_DATA": str(self.data),
            "PROMO_PUBLIC_URL": self.address,
            **made,
            **addresses,
        }
        return {**defaults, **os.environ}

    @contextmanager
    def running(self, addresses: dict[str, str]) -> Iterator[None]:
        """Tell other processes where the product runs, while it does; the lock goes with us, however we end."""
        write_privately(self._addresses_file, addresses)
        with self._lock_file.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield

    def running_addresses(self) -> dict[str, str] | None:
        """Return the addresses of the product that runs on this data folder, or None where none does."""
        if not self._addresses_file.exists() or not is_locked(self._lock_file):
            return None
        addresses: dict[str, str] = read_json(self._addresses_file)
        return addresses

    @contextmanager
    def servers(self, *, durable: bool = True) -> Iterator[dict[str, str]]:
        """Start the embedded servers that the environment does not replace; yield the addresses of all."""
        addresses: dict[str, str] = {}
        try:
            for variable, server in self._wanted(durable=durable):
                self._started.append(server)
                server.start()
                addresses[variable] = server.url
            yield addresses
        finally:
            while self._started:
                with ignoring_interrupts():
                    self._started.pop().stop()

    def restart_ended_servers(self) -> list[str]:
        """Start again, on the same data and sockets, each server that ended by itself; return their names."""
        ended = [one for one in self._started if one.process is not None and one.process.poll() is not None]
        for server in ended:
            server.start()
        return [type(server).__name__ for server in ended]

    def _wanted(self, *, durable: bool) -> Iterator[tuple[str, Postgres | Valkey]]:
        if not os.environ.get("DATABASE_URL"):
            yield "DATABASE_URL", Postgres(self.data, durable=durable)
        if not os.environ.get("REDIS_URL"):
            yield "REDIS_URL", Valkey(self.data)


@contextmanager
def ignoring_interrupts() -> Iterator[None]:
    """Let a stop run to its end though the person presses Ctrl-C again."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds the lock of this file."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise ServerError(f"{path} cannot be read ({error}); restore it from a backup or remove it.") from error


def write_privately(path: Path, content: object) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(content, file, indent=1)
    draft.replace(path)
