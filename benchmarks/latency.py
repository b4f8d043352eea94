"""Latency: from the moment an event is sent until its webhook is at the sink; L5 is an idle Celery hop beside it."""

import json
import subprocess
import sys
import time

from benchmarks import shop
from benchmarks.bench import Bench
from benchmarks.load import Plan
from benchmarks.sink import Sink
from benchmarks.stack import Product, ReferenceSite
from benchmarks.table import Result, at_most, median, quantile
from promo_site.installation import ROOT

HOP_WORKER = ("--pool", "prefork", "--concurrency", "1")
SEGMENTS = 50
IDLE_RATE = 8.0


def run(bench: Bench) -> Result:
    hops: list[float] = []
    idle: list[float] = []
    with bench.sink() as sink, bench.product() as product, bench.reference_site(workers=HOP_WORKER) as reference:
        shop.open_rescue(product, shop.open_segments(product, SEGMENTS), sink.url, codes=bench.size(40_000, 8_000))
        latencies(bench, product, sink, "warm", 50, None)
        hop(reference, 20)
        for turn in range(bench.size(3, 1)):
            hops += hop(reference, 60)
            idle += latencies(bench, product, sink, f"idle-{turn}", bench.size(60, 30), IDLE_RATE)
        turns, events = range(bench.size(3, 1)), bench.size(2_500, 500)
        sustained = median(throughput(bench, product, sink, f"full-{turn}", events) for turn in turns)
        rate, events = sustained / 2, int(sustained / 2 * bench.size(6, 2))
        half = [took for turn in turns for took in latencies(bench, product, sink, f"half-{turn}", events, rate)]
    return told(hops, idle, half, sustained)


def latencies(bench: Bench, product: Product, sink: Sink, prefix: str, events: int, rate: float | None) -> list[float]:
    """Return each event's seconds from when it was due to be sent until its message arrived."""
    sink.forget()
    plan = Plan(product.port, events, prefix, headers=product.headers, rate=rate, connections=32 if rate else 8)
    sent = bench.load.send(plan)
    sink.wait_for(events, seconds=30)
    arrivals = sink.arrivals()
    return [arrivals[customer][0] - at for customer, at in sent.sent_at.items()]


def throughput(bench: Bench, product: Product, sink: Sink, prefix: str, events: int) -> float:
    sink.forget()
    sent = bench.load.send(Plan(product.port, events, prefix, headers=product.headers))
    return events / (sink.wait_for(events, seconds=30) - sent.started)


def hop(reference: ReferenceSite, count: int) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.reference.hopping", str(count)]
    done = subprocess.run(command, cwd=ROOT, env=reference.environment, check=True, stdout=subprocess.PIPE)
    time.sleep(0.2)
    return json.loads(done.stdout)


def told(hops: list[float], idle: list[float], half: list[float], sustained: float) -> Result:
    result = Result("latency")
    l5, calm = median(hops) * 1000, median(idle) * 1000
    busy, late = median(half) * 1000, quantile(half, 0.99) * 1000
    seen = f"{calm:.1f} ms (p99 {quantile(idle, 0.99) * 1000:.1f}); L5 {l5:.2f} ms"
    result.add("idle, request to sink, p50", calm / l5, "x L5", at_most(8, 5), seen)
    seen = f"{busy:.1f} ms at {sustained / 2:,.0f} of {sustained:,.0f} events/s"
    result.add("half load p50, against idle p50", busy / calm, "x", at_most(2, 1.3), seen)
    result.add("half load p99, against idle p50", late / calm, "x", at_most(5, 3), f"{late:.1f} ms")
    return result
