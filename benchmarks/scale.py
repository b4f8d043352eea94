"""Scale: CPU per event must not grow with the segments on it, the customers of the shop, or their past.

Five shops run side by side and take turns: a plain one, one with many segments, one with many customers, and two of few
customers, with a short and with a long past.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks import cpu, databases, population, shop
from benchmarks.bench import Bench
from benchmarks.load import Plan
from benchmarks.stack import Product
from benchmarks.table import Result, Target, at_most, median

EVENT = "cart_abandoned"
PAST = "page_viewed"


@dataclass
class Shop:
    customers: int
    segments: int
    past: int
    costs: list[float] = field(default_factory=list)
    product: Product | None = None

    def populate(self, database: str) -> None:
        """Write the base. The past of a huge one is tallies only: its event rows would only take time to load."""
        with databases.connect(database) as connection:
            population.add_customers(connection, self.customers)
            population.add_past(connection, PAST, self.past, rows=self.customers <= 10_000)
            connection.execute("VACUUM ANALYZE")

    def open(self, product: Product) -> None:
        self.product = product
        for value in range(self.segments):
            shop.open_segment(product, f"more than {value}", shop.happened(EVENT, value), past_condition(value))
        shop.wait_until_filled(product)
        product.pause_workers()


def past_condition(value: int) -> dict:
    """Return a second condition, on the past: by its last time, or by the count within the last hours."""
    if value % 2:
        return {"event": PAST, "metric": "last_occurred", "operator": "less_than", "value": 400, "unit": "days"}
    within = {"last": 12, "unit": "hours"}
    return {"event": PAST, "metric": "count", "operator": "at_least", "value": 0, "within": within}


def run(bench: Bench) -> Result:
    plain, many_segments = Shop(10_000, 1, 10), Shop(10_000, 200, 10)
    many_customers = Shop(bench.size(1_000_000, 50_000), 1, 10)
    long_past, short_past = Shop(100, 1, bench.size(10_000, 1_000)), Shop(100, 1, 10)
    shops = [plain, many_segments, many_customers, long_past, short_past]
    with ExitStack() as stack:
        bases = [stack.enter_context(bench.database()) for _ in shops]
        with ThreadPoolExecutor(len(shops)) as pool:
            list(pool.map(Shop.populate, shops, bases))
        for each, product in zip(shops, stack.enter_context(bench.products(bases)), strict=True):
            each.open(product)
            send(bench, each, "warm", 100)
        for turn in range(bench.size(4, 1)):
            for each in shops:
                each.costs.append(send(bench, each, f"turn-{turn}", bench.size(1_500, 300)))
    result = Result("scale")
    result.add(*row("200 segments on the event, against 1", many_segments, plain, at_most(1.25, 1.1)))
    what = f"{many_customers.customers:,} customers, against {plain.customers:,}"
    result.add(*row(what, many_customers, plain, at_most(1.3, 1.1)))
    result.add(*row(f"{long_past.past:,} past events each, against 10", long_past, short_past, at_most(1.3, 1.1)))
    return result


def send(bench: Bench, each: Shop, prefix: str, events: int) -> float:
    """Send events of known customers, one per request; return the milliseconds of CPU that one event cost."""
    product = each.product
    assert product
    product.resume_workers()
    before = product.used()
    bench.load.send(Plan(product.port, events, prefix, headers=product.headers, known_customers=each.customers))
    product.wait_until_quiet()
    spent = cpu.milliseconds_each(before, product.used(), events)
    product.pause_workers()
    return spent


def row(what: str, grown: Shop, small: Shop, target: Target) -> tuple[str, float, str, Target, str]:
    many, few = median(grown.costs), median(small.costs)
    return f"{what}: CPU per event", many / few, "x", target, f"{many:.2f} of {few:.2f} ms"
