"""Redeem: checks and redemptions a second over REST with 8 clients, against a bare psycopg loop of the same writes.

The loop is one connection that writes one after the other; what as many loops as clients reach together stands beside
it. It writes what the product wrote, of the same length. Each redemption uses a fresh code of a pool for a known
customer, and pays an order of two lines. The workers are held still meanwhile, for both sides alike.
"""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import orjson

from benchmarks import databases, population, shop
from benchmarks.bench import Bench
from benchmarks.load import Outcome, Plan
from benchmarks.reference import redeeming
from benchmarks.stack import Product
from benchmarks.table import Result, at_least, median

CLIENTS = 8
CUSTOMERS = 5_000
# More a second than there can be: the bodies are prepared beforehand.
MOST = {"/v1/validations": 1_500, "/v1/redemptions": 800, "bare": 3_000}


@dataclass
class Figures:
    bare: list[float] = field(default_factory=list)
    bare_together: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    bare_cost: list[float] = field(default_factory=list)

    def add(self, sent: Outcome, bare: float, bare_together: float, costs: tuple[float, float]) -> None:
        times = statistics.quantiles(sent.answered_in, n=100)
        self.cost.append(costs[0])
        self.bare_cost.append(costs[1])
        self.bare.append(bare)
        self.bare_together.append(bare_together)
        self.rates.append(sent.per_second)
        self.p50.append(times[49] * 1000)
        self.p99.append(times[98] * 1000)


def run(bench: Bench) -> Result:
    seconds, turns = bench.size(5, 1), bench.size(3, 1)
    checked, redeemed = Figures(), Figures()
    wanted = int(turns * seconds * (MOST["/v1/redemptions"] + MOST["bare"])) + 200
    with bench.database() as database, databases.connect(database) as connection:
        population.add_customers(connection, CUSTOMERS)
        with bench.product(database) as product:
            shop.open_pool(product, wanted)
            codes = [row[0] for row in connection.execute("SELECT code FROM campaigns_voucher ORDER BY id")]
            bench.load.send(plan(product, "/v1/redemptions", "warm", _some(codes, 100), 60))
            # A worker that is held still in the middle of its work would go on holding its customers.
            product.wait_until_quiet()
            with product.workers_paused():
                for turn in range(turns):
                    _one_turn(bench, product, f"{turn}", codes, seconds, checked, redeemed)
    return told(checked, redeemed)


def _one_turn(
    bench: Bench, product: Product, turn: str, codes: list[str], seconds: float, checked: Figures, redeemed: Figures
) -> None:
    half = seconds / 2
    checks = plan(product, "/v1/validations", turn, codes[: int(seconds * MOST["/v1/validations"])], seconds)
    _compare(bench, product, checks, checked, half, partial(redeeming.validations_per_second, product.database))
    own = _some(codes, int(seconds * MOST["/v1/redemptions"]))
    redemptions = plan(product, "/v1/redemptions", turn, own, seconds)
    enough = int(half * MOST["bare"])
    _compare(bench, product, redemptions, redeemed, half, lambda loops, half, customers: (
        redeeming.redemptions_per_second(product.database, loops, half, _some(codes, enough), customers)
    ))  # fmt: skip


def _compare(
    bench: Bench, product: Product, wanted: Plan, figures: Figures, half: float, bare: Callable[..., float]
) -> None:
    """Ask the product, then let one loop write, and then as many as there are clients."""
    before = _spent(product)
    sent = bench.load.send(wanted)
    asked = _spent(product)
    alone = bare(1, half, CUSTOMERS)
    costs = ((asked - before) * 1000 / sent.events, (_spent(product) - asked) * 1000 / (alone * half))
    figures.add(sent, alone, bare(CLIENTS, half, CUSTOMERS), costs)


def _spent(product: Product) -> float:
    """Return the CPU seconds of the product with its servers, and of this process, which runs the loops."""
    return time.process_time() + sum(product.used().values())


def _some(codes: list[str], count: int) -> list[str]:
    return [codes.pop() for _ in range(count)]


def plan(product: Product, path: str, turn: str, codes: list[str], seconds: float) -> Plan:
    bodies = tuple(orjson.dumps(_wish(code, turn, number)) for number, code in enumerate(codes))
    return Plan(
        product.port, len(bodies), "redeem", path=path, headers=product.headers, connections=CLIENTS, seconds=seconds,
        bodies=bodies,
    )  # fmt: skip


def _wish(code: str, turn: str, number: int) -> dict[str, object]:
    items = [{"source_id": name, "product": {"name": name}, "quantity": 2, "price": 3000} for name in ("tee", "cap")]
    return {
        "redeemables": [{"object": "voucher", "id": code}],
        "customer": {"source_id": f"known-{number % CUSTOMERS}"},
        "order": {"source_id": f"order-{turn}-{number}", "amount": 12000, "items": items},
    }


def told(checked: Figures, redeemed: Figures) -> Result:
    result = Result("redeem")
    for what, figures in (("validations", checked), ("redemptions", redeemed)):
        rate, bare = median(figures.rates), median(figures.bare)
        seen = f"{rate:,.0f} of {bare:,.0f} a second"
        result.add(f"{what}, against a bare loop", rate / bare, "x", at_least(0.25, 0.5), seen)
        together = median(figures.bare_together)
        result.add(f"{what}, against {CLIENTS} bare loops", rate / together, "x", seen=f"of {together:,.0f} a second")
        spent, bare_spent = median(figures.cost), median(figures.bare_cost)
        result.add(f"{what}, CPU of each", spent, "ms", seen=f"{bare_spent:.2f} ms by a bare loop")
        result.add(f"{what}, p50", median(figures.p50), "ms")
        result.add(f"{what}, p99", median(figures.p99), "ms")
    return result
