"""Redeem: checks and redemptions a second over REST with 8 clients, against bare psycopg doing the same writes.

Each redemption uses a fresh code of a pool for a known customer, and pays an order of two lines. The workers are held
still meanwhile, for both sides alike.
"""

import statistics
from dataclasses import dataclass, field

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
    rates: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)

    def add(self, sent: Outcome, bare: float) -> None:
        times = statistics.quantiles(sent.answered_in, n=100)
        self.bare.append(bare)
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
            bench.load.send(plan(product, "/v1/redemptions", "warm", [codes.pop() for _ in range(100)], 60))
            with product.workers_paused():
                for turn in range(turns):
                    _one_turn(bench, product, f"{turn}", codes, seconds, checked, redeemed)
    return told(checked, redeemed)


def _one_turn(
    bench: Bench, product: Product, turn: str, codes: list[str], seconds: float, checked: Figures, redeemed: Figures
) -> None:
    checks = plan(product, "/v1/validations", turn, codes[: int(seconds * MOST["/v1/validations"])], seconds)
    sent = bench.load.send(checks)
    checked.add(sent, redeeming.validations_per_second(product.database, CLIENTS, seconds, CUSTOMERS))
    own = [codes.pop() for _ in range(int(seconds * MOST["/v1/redemptions"]))]
    sent = bench.load.send(plan(product, "/v1/redemptions", turn, own, seconds))
    bare = [codes.pop() for _ in range(int(seconds * MOST["bare"]))]
    redeemed.add(sent, redeeming.redemptions_per_second(product.database, CLIENTS, seconds, bare, CUSTOMERS))


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
        result.add(f"{what}, against bare writes", rate / bare, "x", at_least(0.25, 0.5), seen)
        result.add(f"{what}, p50", median(figures.p50), "ms")
        result.add(f"{what}, p99", median(figures.p99), "ms")
    return result
