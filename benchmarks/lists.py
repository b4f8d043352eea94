"""The first page of lists: with a million rows it must cost what it costs with ten thousand."""

import time
from collections.abc import Callable

from django.test import RequestFactory
from rest_framework.request import Request

from access.listing import Page, shown_on, total_of
from benchmarks import databases, population
from benchmarks.bench import Bench
from benchmarks.table import Result, at_most, median
from customers import listing, profiles

QUERIES = {
    "customers": {},
    "customers, latest change first": {"order": "-updated_at"},
    "customers, by source id": {"order": "source_id"},
    "customers of an e-mail": {"email": "known-77@example.com"},
    "customers after a cursor": {"starting_after": "2200-01-01T00:00:00Z"},
}
TURNS = 30


def run(bench: Bench) -> Result:
    result = Result("lists")
    few, many = bench.size(10_000, 1_000), bench.size(1_000_000, 20_000)
    small, large = timed(bench, few), timed(bench, many)
    for name in QUERIES:
        seen = f"{small[name]:.1f} ms of {few:,}, {large[name]:.1f} ms of {many:,}"
        result.add(
            f"page 1 of {name}: {many:,} rows against {few:,}", large[name] / small[name], "x", at_most(3, 1.5), seen
        )
    return result


def timed(bench: Bench, count: int) -> dict[str, float]:
    """Return how many milliseconds each list's first page takes with so many customers."""
    with bench.database() as database, bench.django(database), databases.connect(database) as connection:
        population.add_customers(connection, count)
        return {name: first_page(query) for name, query in QUERIES.items()}


def first_page(query: dict[str, str]) -> float:
    request = Request(RequestFactory().get("/v1/customers", query))
    return median(milliseconds(lambda: read(request)) for _ in range(TURNS))


def read(request: Request) -> None:
    asked = listing.asked_for(request)
    shown, _ = shown_on(asked, Page(10, 1))
    profiles.full_of(shown)
    total_of(asked)


def milliseconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000
