"""Codes: making a pool, and giving codes out, many at once against one by one."""

import secrets
import string
import time

import psycopg

from benchmarks import databases, population
from benchmarks.bench import Bench
from benchmarks.table import Result, at_least, median
from campaigns import creation, pools, publishing
from campaigns.models import Campaign
from customers.models import Customer

ALPHABET = string.ascii_uppercase + string.digits
DISCOUNT = {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}


def run(bench: Bench) -> Result:
    result = Result("codes")
    with bench.database() as database, bench.django(database), databases.connect(database) as connection:
        population.add_customers(connection, 10_000)
        making(result, connection, bench.size(1_000_000, 50_000), bench.size(4_000, 500))
        claiming(result, bench.size(5, 2))
    return result


def making(result: Result, connection: psycopg.Connection, count: int, naive: int) -> None:
    campaign = open_campaign("Made at once", count)
    started = time.monotonic()
    while pools.has_work():
        pools.make_some()
    fast = count / (time.monotonic() - started)
    started = time.monotonic()
    for _ in range(naive):
        make_one(connection, campaign)
    slow = naive / (time.monotonic() - started)
    seen = f"{fast:,.0f} of {slow:,.0f} codes/s"
    result.add(f"{count:,} codes made and loaded, against one by one", fast / slow, "x", at_least(50, 140), seen)


def open_campaign(name: str, count: int) -> Campaign:
    return creation.create(name=name, discount=DISCOUNT, code_config={"length": 12}, vouchers_count=count)


def make_one(connection: psycopg.Connection, campaign: Campaign) -> None:
    """Make a code as a first draft would: draw it, look whether it exists, insert it."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(12))
    if connection.execute("SELECT 1 FROM campaigns_voucher WHERE code = %s", [code]).fetchone() is None:
        connection.execute(
            "INSERT INTO campaigns_voucher (id, code, campaign_id, active) VALUES (uuidv7(), %s, %s, true)",
            [code, campaign.pk],
        )


def claiming(result: Result, turns: int) -> None:
    campaign = Campaign.objects.get()
    customers = list(Customer.objects.order_by("id").values_list("pk", flat=True))
    many, single = [], []
    for turn in range(turns):
        many.append(claim(campaign, customers[:2_000], f"many-{turn}", 100))
        single.append(claim(campaign, customers[:200], f"single-{turn}", 1))
    seen = f"{median(many):,.0f} of {median(single):,.0f} codes/s"
    result.add(
        "claims in batches of 100, against one by one", median(many) / median(single), "x", at_least(8, 15), seen
    )


def claim(campaign: Campaign, customers: list[int], source: str, size: int) -> float:
    """Publish a code to each customer, so many in one transaction; return how many a second."""
    started = time.monotonic()
    for first in range(0, len(customers), size):
        wanted = [publishing.Wanted(pk, f"{source}-{pk}") for pk in customers[first : first + size]]
        publishing.publish_many(campaign, wanted, channel="bench")
    return len(customers) / (time.monotonic() - started)
