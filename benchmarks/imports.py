"""Customers from a sheet: how long a hundred thousand take, and how much memory that costs."""

import io
import resource
import sys
import time

from backlog import asking, working
from backlog.models import AsyncAction
from benchmarks.bench import Bench
from benchmarks.table import Result, at_most
from customers import sheets

HEADER = "source_id,name,email,Address_City,lang,club\n"


def run(bench: Bench) -> Result:
    result = Result("imports")
    count = bench.size(100_000, 5_000)
    with bench.database() as database, bench.django(database):
        imported("gold", count // 10)
        before = memory()
        new = imported("gold", count, prefix="new")
        grown = memory() - before
        changed = imported("silver", count, prefix="new")
    rate = f"{count / new:,.0f} rows/s new, {count / changed:,.0f} rows/s changed"
    result.add(f"{count:,} customers from a CSV", new, "s", at_most(60, 20), rate)
    result.add("the same, every one of them changed", changed, "s", at_most(60, 20))
    result.add("memory that it takes on top", grown, "MB", at_most(100, 40))
    return result


def imported(club: str, count: int, prefix: str = "known") -> float:
    """Take a sheet in and work it off; return how many seconds that took."""
    rows = (f"{prefix}-{n},Name {n},{prefix}{n}@shop.example,City {n % 100},nl,{club}\n" for n in range(count))
    file = io.BytesIO((HEADER + "".join(rows)).encode())
    started = time.monotonic()
    action = asking.ask("CUSTOMERS.IMPORT_CSV", sheets.rows_of(file), scope="customers")
    while working.work_some():
        pass
    seconds = time.monotonic() - started
    done = AsyncAction.objects.get(pk=action.pk)
    if done.result["done_count"] != count:
        raise AssertionError(f"only {done.result} of {count} rows came in")
    return seconds


def memory() -> float:
    """Return the most memory that this process ever held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024
