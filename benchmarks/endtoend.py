"""End to end: an event of a fresh customer, until the signed webhook with her code is at the sink.

Fifty segments wait for the event, she enters one of them, and one code is claimed for her. The usual design (a Celery
task per event, a COUNT per segment, a code by SELECT and UPDATE, ``requests.post``) does the same at ten segments.
"""

from dataclasses import dataclass, field

from benchmarks import cpu, databases, shop
from benchmarks.bench import Bench
from benchmarks.load import Plan
from benchmarks.sink import Sink
from benchmarks.stack import Product, ReferenceSite
from benchmarks.table import Result, Target, at_least, at_most, median

SEGMENTS, NAIVE_SEGMENTS = 50, 10
NAIVE_WORKERS = ("--concurrency", "2")


@dataclass
class Figures:
    """What one way of sending came to, turn by turn."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    drains: list[float] = field(default_factory=list)
    events: int = 0
    lost: int = 0
    twice: int = 0
    parts: str = ""


def run(bench: Bench) -> Result:
    single, batch, few, naive = Figures(), Figures(), Figures(), Figures()
    turns = bench.size(3, 1)
    with bench.sink() as sink, bench.product() as product, bench.product() as small:
        shop.open_rescue(product, shop.open_segments(product, SEGMENTS), sink.url, codes=bench.size(60_000, 8_000))
        shop.open_rescue(small, shop.open_segments(small, NAIVE_SEGMENTS), sink.url, codes=bench.size(20_000, 3_000))
        with bench.reference_site(workers=NAIVE_WORKERS, webhook=sink.url) as usual:
            fill_usual(usual)
            for stack in (product, small):
                flow(bench, stack, sink, Figures(), f"warm-{stack.port}", 50, 1)
            for turn in range(turns):
                flow(bench, usual, sink, naive, f"naive-{turn}", bench.size(200, 60), 1)
                flow(bench, small, sink, few, f"few-{turn}", bench.size(2_500, 500), 1)
                flow(bench, product, sink, single, f"single-{turn}", bench.size(2_500, 500), 1)
                flow(bench, product, sink, batch, f"batch-{turn}", bench.size(10_000, 2_000), 100)
    return told(single, batch, few, naive)


def flow(
    bench: Bench, stack: Product | ReferenceSite, sink: Sink, figures: Figures, prefix: str, events: int, size: int
) -> None:
    """Send events of fresh customers and wait for every message; then nothing may be missing and nothing twice."""
    sink.forget()
    before = stack.used()
    sent = bench.load.send(plan(stack, prefix, events, size))
    there = sink.count()
    last = sink.wait_for(events, seconds=60)
    after = stack.used()
    arrivals = sink.arrivals()
    figures.rates.append(events / (last - sent.started))
    figures.costs.append(cpu.milliseconds_each(before, after, events))
    figures.drains.append((events - there) / max(last - sent.ended, 0.001))
    figures.events += events
    figures.lost += len(set(sent.sent_at) - set(arrivals))
    figures.twice += sum(len(times) > 1 for times in arrivals.values())
    figures.parts = cpu.spent_between(before, after, events)


def plan(stack: Product | ReferenceSite, prefix: str, events: int, size: int) -> Plan:
    if isinstance(stack, ReferenceSite):
        return Plan(stack.port, events, prefix, path="/naive/events")
    path = "/v1/events/batch" if size > 1 else "/v1/events"
    connections = 4 if size > 1 else 16
    return Plan(stack.port, events, prefix, path, headers=stack.headers, batch=size, connections=connections)


def fill_usual(usual: ReferenceSite) -> None:
    """Give the naive design its segments and its codes."""
    with databases.connect(usual.database) as connection:
        connection.execute(
            "INSERT INTO reference_segment (name, event, more_than, has_distribution)"
            " SELECT 'more than ' || n, 'cart_abandoned', n, n = 0 FROM generate_series(0, %s) AS n",
            [NAIVE_SEGMENTS - 1],
        )
        connection.execute("INSERT INTO reference_code (code) SELECT md5(n::text) FROM generate_series(1, 5000) AS n")


def told(single: Figures, batch: Figures, few: Figures, naive: Figures) -> Result:
    result = Result("endtoend")
    for way, figures, target in (
        ("single requests", single, at_most(2.0, 1.4)),
        ("batches of 100", batch, at_most(0.40, 0.25)),
    ):
        seen = f"{median(figures.rates):,.0f} events/s; {figures.parts}"
        result.add(f"{way}, {SEGMENTS} segments: CPU per event", median(figures.costs), "ms", target, seen)
    ratio = median(few.rates) / median(naive.rates)
    seen = f"{median(few.rates):,.0f} of {median(naive.rates):,.1f} events/s"
    seen += f"; CPU {median(few.costs):.2f} of {median(naive.costs):.1f} ms"
    result.add(f"against the usual design at {NAIVE_SEGMENTS} segments", ratio, "x", at_least(12, 25), seen)
    result.add(*overload(batch))
    result.add(*drain(batch))
    return result


def overload(batch: Figures) -> tuple[str, float, str, Target, str]:
    seen = f"{batch.lost} lost, {batch.twice} twice of {batch.events:,}"
    return "overload: messages lost or sent twice", batch.lost + batch.twice, "", at_most(0, 0), seen


def drain(batch: Figures) -> tuple[str, float, str, Target, str]:
    drained, sustained = median(batch.drains), median(batch.rates)
    seen = f"{drained:,.0f} of {sustained:,.0f} events/s"
    return "overload: drain, against the sustained rate", drained / sustained, "x", at_least(0.8), seen
