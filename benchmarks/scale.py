"""Scale: CPU per event must not grow with the segments on it, the customers of the shop, or their past.

Five shops run side by side and take turns: a plain one, one with many segments, one with many customers, and two of few
customers, with a short and with a long past. What would send messages is left out: nobody gets any here.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks import cpu, databases, population, shop
from benchmarks.bench import Bench
from benchmarks.load import Plan
from benchmarks.stack import Product
from benchmarks.table import Result, Target, at_most, median
from segments import definition
from segments.membership import filling

EVENT = "cart_abandoned"
PAST = "page_viewed"


IN_THE_PAST = {**shop.happened(PAST, 0), "operator": "at_least", "value": 5}
# This one reads event rows, of a window in which there are none of the past's.
LATELY = {**IN_THE_PAST, "value": 0, "within": {"last": 12, "unit": "hours"}}


@dataclass
class Shop:
    customers: int
    segments: int
    past: int
    past_condition: dict
    costs: list[float] = field(default_factory=list)
    product: Product | None = None

    def populate(self, database: str) -> None:
        """Write the base. The past of a huge one is tallies only: its event rows would only take time to load."""
        with databases.connect(database) as connection:
            population.add_customers(connection, self.customers)
            population.add_past(connection, PAST, self.past, rows=self.customers <= 10_000)
            connection.execute("VACUUM ANALYZE")

    def open(self, bench: Bench, database: str) -> None:
        """Open the segments that wait for the event, and fill them."""
        with bench.django(database):
            for value in range(self.segments):
                tree = {"junction": "and", "conditions": [shop.happened(EVENT, value), self.past_condition]}
                definition.create(f"more than {value}", "auto-update", tree)
            while filling.has_work():
                filling.fill_some()


def run(bench: Bench) -> Result:
    plain, many_segments = Shop(10_000, 1, 10, IN_THE_PAST), Shop(10_000, 200, 10, IN_THE_PAST)
    many_customers = Shop(bench.size(1_000_000, 50_000), 1, 10, IN_THE_PAST)
    long_past, short_past = Shop(100, 1, bench.size(10_000, 1_000), LATELY), Shop(100, 1, 10, LATELY)
    shops = [plain, many_segments, many_customers, long_past, short_past]
    with ExitStack() as stack:
        bases = [stack.enter_context(bench.database()) for _ in shops]
        with ThreadPoolExecutor(len(shops)) as pool:
            list(pool.map(Shop.populate, shops, bases))
        for each, base in zip(shops, bases, strict=True):
            each.open(bench, base)
        running = stack.enter_context(bench.products(bases, "web", "worker-evaluate"))
        for each, product in zip(shops, running, strict=True):
            each.product = product
            product.pause_workers()
        for turn in range(bench.size(4, 2)):
            for each in shops:
                each.costs.append(send(bench, each, f"turn-{turn}", bench.size(1_200, 300)))
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
    # The first turn warms up.
    many, few = median(grown.costs[1:]), median(small.costs[1:])
    return f"{what}: CPU per event", many / few, "x", target, f"{many:.2f} of {few:.2f} ms"
