"""Footprint: what the whole product holds in memory, and burns, while nothing happens."""

import time

from benchmarks import cpu
from benchmarks.bench import Bench
from benchmarks.table import Result, at_most


def run(bench: Bench) -> Result:
    with bench.product() as product:
        product.call("GET", "/v1/segments")
        time.sleep(bench.size(5, 2))
        before, seconds = cpu.seconds(product.roots()), bench.size(10, 3)
        time.sleep(seconds)
        burnt = (cpu.seconds(product.roots()) - before) / seconds
        megabytes = cpu.resident_megabytes(product.roots())
    result = Result("footprint")
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(megabytes.items(), key=lambda part: -part[1]))
    result.add("whole stack idle, PSS", sum(megabytes.values()), "MB", at_most(700), parts)
    result.add("whole stack idle, CPU", burnt * 100, "% of a core")
    return result
