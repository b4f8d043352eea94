"""Scale: CPU per event must not grow with the segments on it, the customers of the shop, or their past.

Four shops run side by side and take turns: a plain one, and one each with many segments, customers and past events.
"""

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

    def open(self, bench: Bench, stack: ExitStack) -> None:
        database = stack.enter_context(bench.database())
        with databases.connect(database) as connection:
            population.add_customers(connection, self.customers)
            # A shop of a million shows that customers cost nothing; event rows of theirs would only take time to load.
            population.add_past(connection, PAST, self.past, rows=self.customers <= 10_000)
        self.product = stack.enter_context(bench.product(database))
        for value in range(self.segments):
            shop.open_segment(self.product, f"more than {value}", shop.happened(EVENT, value), self.recent(value))
        shop.wait_until_filled(self.product)

    def recent(self, value: int) -> dict:
        """A second condition on the past: by its last time, or by the count within the last days."""
        if value % 2:
            return {"event": PAST, "metric": "last_occurred", "operator": "less_than", "value": 400, "unit": "days"}
        return {**shop.happened(PAST, 0), "operator": "at_least", "within": {"last": 12, "unit": "hours"}}


def run(bench: Bench) -> Result:
    plain = Shop(10_000, 1, 10)
    many_segments = Shop(10_000, 200, 10)
    many_customers = Shop(bench.size(1_000_000, 50_000), 1, 10)
    long_past = Shop(100, 1, bench.size(10_000, 1_000))
    short_past = Shop(100, 1, 10)
    shops = [plain, many_segments, many_customers, long_past, short_past]
    with ExitStack() as stack:
        for each in shops:
            each.open(bench, stack)
            send(bench, each, "warm", 200)
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
    assert each.product
    before = each.product.used()
    bench.load.send(
        Plan(each.product.port, events, prefix, headers=each.product.headers, known_customers=each.customers)
    )
    each.product.wait_until_quiet()
    return cpu.milliseconds_each(before, each.product.used(), events)


def row(what: str, grown: Shop, small: Shop, target: Target) -> tuple[str, float, str, Target, str]:
    many, few = median(grown.costs), median(small.costs)
    return f"{what}: CPU per event", many / few, "x", target, f"{many:.2f} of {few:.2f} ms"
