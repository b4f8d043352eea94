"""`./run` and its verbs: starts what is needed in order, keeps it running, stops it in order."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from promo_site.embedded import ServerError, die_with_parent
from promo_site.installation import ROOT, Installation, ignoring_interrupts
from promo_site.keeper import Keeper, manage, program, require_free_port, say, start_product, wait_until_healthy

HELP = """./run                        start the product; Ctrl-C stops it
./run test [arguments]       all tests, on throw-away servers (arguments go to pytest)
./run manage COMMAND ...     manage.py against the running product
./run bench [NAME ...]       the benchmarks, on throw-away servers
./run lint                   formatter, linter, types, import contracts, missing migrations
"""


class Stopped(BaseException):
    """The person or the operating system asked us to stop."""


def call(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run a command to its end in our terminal; it dies with us."""
    with subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=die_with_parent(signal.SIGTERM)) as child:
        try:
            return child.wait()
        except BaseException:
            child.terminate()
            raise


def prepare(environment: dict[str, str], installation: Installation) -> None:
    """Bring the tables up to date and, on the first start, make the first administrator and the demo."""
    say("Preparing the database ...")
    steps = [("migrate", "--verbosity", "0"), ("prepare_installation",)]
    secrets = {"PROMO_ADMIN_PASSWORD": installation.secrets()["admin_password"]}
    for step in steps:
        if call(manage(*step), {**environment, **secrets}):
            raise ServerError(f"`manage.py {step[0]}` failed; the reason stands above.")


def up(_arguments: Sequence[str]) -> int:
    """Start everything, keep it running until we are asked to stop, then stop it in order."""
    installation = Installation.from_environment()
    if installation.running_addresses() is not None:
        raise ServerError(
            f"The product already runs on {installation.data}; set PROMO_DATA and PROMO_PORT for a second one."
        )
    require_free_port()
    logs = installation.data / "logs"
    logs.mkdir(exist_ok=True)
    say("Starting PostgreSQL and Valkey ...")
    with installation.servers() as addresses:
        environment = installation.environment(addresses)
        prepare(environment, installation)
        keeper = Keeper(environment, logs)
        try:
            with installation.running(addresses):
                say("Starting web, workers and beat ...")
                start_product(keeper)
                wait_until_healthy(keeper, installation.address)
                greet(installation, environment)
                while True:
                    restart_servers(installation)
                    keeper.restart_the_dead()
                    time.sleep(0.2)
        finally:
            with ignoring_interrupts():
                say("Stopping ...")
                keeper.stop()


def restart_servers(installation: Installation) -> None:
    """Start a server again that was killed; where it cannot start yet, as its remains still end, try again later."""
    try:
        for name in installation.restart_ended_servers():
            say(f"{name} had ended; it was started again.")
    except ServerError as error:
        say(str(error))
        time.sleep(1)


def greet(installation: Installation, environment: dict[str, str]) -> None:
    call(manage("welcome", "--address", installation.address), environment)


def run_manage(arguments: Sequence[str]) -> int:
    """Run manage.py against the running product, or against its servers started for this one command."""
    installation = Installation.from_environment()
    running = installation.running_addresses()
    if running is not None:
        return call(manage(*arguments), installation.environment(running))
    with installation.servers() as addresses:
        return call(manage(*arguments), installation.environment(addresses))


def on_throwaway_servers(command: Sequence[str], extra: dict[str, str] | None = None) -> int:
    """Run a command against empty servers that vanish with it."""
    folder = Path(tempfile.mkdtemp(prefix="promo-"))
    try:
        installation = Installation(folder)
        folder.chmod(0o711)
        (folder / "static").mkdir()
        with installation.servers(durable=(extra or {}).get("PROMO_DURABLE") == "1") as addresses:
            own = {**installation.environment(addresses), **addresses, "PROMO_DATA": str(folder), **(extra or {})}
            return call(command, own)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test(arguments: Sequence[str]) -> int:
    return on_throwaway_servers([sys.executable, "-m", "pytest", *arguments])


def bench(arguments: Sequence[str]) -> int:
    return on_throwaway_servers([sys.executable, "-m", "benchmarks", *arguments], {"PROMO_DURABLE": "1"})


def lint(_arguments: Sequence[str]) -> int:
    """Say everything that is wrong, not only the first thing."""
    checks = [
        [program("ruff"), "format", "--check", "."],
        [program("ruff"), "check", "."],
        [program("lint-imports"), "--no-cache"],
        [program("mypy"), "."],
    ]
    installation = Installation.from_environment()
    nowhere = {"DATABASE_URL": "postgresql:///none", "REDIS_URL": "unix:///none"}
    codes = [call(check, installation.environment(nowhere)) for check in checks]
    codes.append(on_throwaway_servers(manage("makemigrations", "--check", "--dry-run")))
    return int(any(codes))


def show_help(_arguments: Sequence[str]) -> int:
    print(HELP, end="")
    return 0


VERBS: dict[str, Callable[[Sequence[str]], int]] = {
    "up": up, "test": test, "manage": run_manage, "bench": bench, "lint": lint, "help": show_help, "--help": show_help,
}  # fmt: skip


def raise_stopped(_number: int, _frame: object) -> None:
    raise Stopped


def main(arguments: Sequence[str]) -> int:
    verb = VERBS.get(arguments[0])
    if verb is None:
        say(f"./run knows no verb {arguments[0]!r}.\n\n{HELP}")
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, raise_stopped)
    try:
        return verb(arguments[1:])
    except Stopped:
        return 0 if arguments[0] == "up" else 130
    except ServerError as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
