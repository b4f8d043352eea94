"""`./run bench [NAME ...] [--json FILE] [--quick]`: each benchmark is a ratio, measured in one run on one machine."""

import argparse
import importlib
import os
import platform
import signal
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

import django

from benchmarks import table
from benchmarks.bench import Bench

# In this order: the short ones first, the ones that load the machine longest last.
NAMES = [
    "footprint",
    "ingest",
    "endtoend",
    "latency",
    "codes",
    "render",
    "redeem",
    "send",
    "webhooks",
    "imports",
    "lists",
    "firstfill",
    "flips",
    "scale",
]
SECONDS_EACH = 180


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    django.setup()
    bench = Bench(quick=options.quick)
    try:
        results = [measure(name, bench) for name in options.names or NAMES]
    finally:
        bench.close()
    print(f"\n{describe(machine())}\n\n{table.as_text(results)}", end="")
    if options.json:
        table.write_json(results, options.json, machine())
    return int(any(result.failure for result in results))


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all where none is given")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: is it broken, not how good is it")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return options


def measure(name: str, bench: Bench) -> table.Result:
    """Run one benchmark; one that fails or takes too long is a row that says so, and the others go on."""
    say(f"{name} ...")
    started = time.monotonic()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS_EACH)
    try:
        result = importlib.import_module(f"benchmarks.{name}").run(bench)
    except Exception as error:
        traceback.print_exc()
        result = table.Result(name, failure=f"{type(error).__name__}: {error}"[:200].replace("\n", " "))
    finally:
        signal.alarm(0)
    say(f"{table.as_text([result])}{name} took {time.monotonic() - started:.0f} s")
    return result


def give_up(_number: int, _frame: object) -> None:
    raise TimeoutError(f"not done after {SECONDS_EACH} s")


def machine() -> dict[str, object]:
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "load_average": os.getloadavg()[0],
    }


def describe(facts: dict[str, object]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items())


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
