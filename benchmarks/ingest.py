"""Ingest: how fast events are taken in durably, against what the database and the framework alone can do.

L1 is one raw insert-and-tally statement of 500 rows; L2 a DRF view that parses and validates and touches no database.
Both have the machine for themselves, so the workers are held still while the product's web process is measured. What
they do with the accepted events afterwards stands in the last row.
"""

from dataclasses import dataclass, field

from benchmarks import cpu, databases, population
from benchmarks.bench import Bench
from benchmarks.load import Plan
from benchmarks.reference.inserting import RawInserts
from benchmarks.stack import Product, ReferenceSite
from benchmarks.table import Result, at_least, median

CUSTOMERS = 20_000
BATCH = 100

# More events a second than can be taken in, by the size of the request: the generator prepares them beforehand.
MOST = {BATCH: 40_000, 1: 4_000}


@dataclass
class Figures:
    raw: list[float] = field(default_factory=list)
    parsed: list[float] = field(default_factory=list)
    batch: list[float] = field(default_factory=list)
    single: list[float] = field(default_factory=list)
    batch_cost: list[float] = field(default_factory=list)
    single_cost: list[float] = field(default_factory=list)
    drained: list[float] = field(default_factory=list)


def run(bench: Bench) -> Result:
    figures = Figures()
    seconds = bench.size(3, 1)
    with bench.database() as database, databases.connect(database) as connection:
        population.add_customers(connection, CUSTOMERS)
        raw = RawInserts.on(connection, CUSTOMERS)
        with bench.product(database) as product, bench.reference_site() as reference:
            bench.load.send(plan(product, "warm", 1, 200))
            for turn in range(bench.size(3, 1)):
                figures.raw.append(raw.per_second(seconds))
                figures.parsed.append(parse_only(bench, reference, turn, seconds))
                take_in(bench, product, turn, seconds, figures)
    return told(figures)


def take_in(bench: Bench, product: Product, turn: int, seconds: float, figures: Figures) -> None:
    for size, rates, costs in ((BATCH, figures.batch, figures.batch_cost), (1, figures.single, figures.single_cost)):
        with product.workers_paused():
            before = product.used()
            sent = bench.load.send(plan(product, f"ingest-{turn}-{size}", size, int(seconds * MOST[size]), seconds))
            costs.append(cpu.milliseconds_each(before, product.used(), sent.events))
            rates.append(sent.per_second)
        drained = product.wait_until_quiet() - sent.ended
        if size == BATCH:
            figures.drained.append(sent.events / drained)


def plan(product: Product, prefix: str, batch: int, events: int, seconds: float | None = None) -> Plan:
    return Plan(
        product.port, events, prefix, headers=product.headers, batch=batch, known_customers=CUSTOMERS, seconds=seconds,
        path="/v1/events/batch" if batch > 1 else "/v1/events", connections=4 if batch > 1 else 32,
    )  # fmt: skip


def parse_only(bench: Bench, site: ReferenceSite, turn: int, seconds: float) -> float:
    events = int(seconds * 8_000)
    plan = Plan(
        site.port, events, f"parse-{turn}", path="/parse", known_customers=CUSTOMERS, connections=32, seconds=seconds
    )
    return bench.load.send(plan).per_second


def told(figures: Figures) -> Result:
    result = Result("ingest")
    raw, parsed, batch, single = (median(f) for f in (figures.raw, figures.parsed, figures.batch, figures.single))
    seen = f"{batch:,.0f} of {raw:,.0f} events/s"
    result.add("batches of 100, against L1", batch / raw, "x L1", at_least(0.5, 0.75), seen)
    seen = f"{single:,.0f} of {parsed:,.0f} events/s"
    result.add("single events, against L2", single / parsed, "x L2", at_least(0.4, 0.7), seen)
    result.add("CPU to accept an event of a batch", median(figures.batch_cost), "ms")
    result.add("CPU to accept a single event", median(figures.single_cost), "ms")
    result.add("accepted events evaluated, no segment waiting", median(figures.drained), "events/s")
    return result
