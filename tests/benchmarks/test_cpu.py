"""The kernel's accounting counts a whole tree of processes, the ended ones included."""

import os
import subprocess
import sys

from benchmarks import cpu

BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_the_cpu_of_a_child_that_ended_still_counts() -> None:
    before = cpu.seconds({"tests": os.getpid()})
    subprocess.run([sys.executable, "-c", BURN], check=True)
    assert cpu.seconds({"tests": os.getpid()}) - before >= 0.25


def test_the_dearest_part_of_an_event_is_named_first() -> None:
    before, after = {"web": 1.0, "valkey": 1.0, "postgres": 1.0}, {"web": 1.1, "valkey": 1.0, "postgres": 1.5}
    assert cpu.spent_between(before, after, events=1000) == "postgres 0.50, web 0.10"
