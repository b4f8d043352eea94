"""What every benchmark is handed: stacks to measure, a sink, a load generator, and how long it may take."""

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from benchmarks import databases
from benchmarks.load import LoadGenerator
from benchmarks.sink import Sink
from benchmarks.stack import Product, ReferenceSite, free_port, prepare_reference, prepare_template


class Bench:
    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=os.environ.get("PROMO_DATA")))
        self.load = LoadGenerator()
        self._key: dict[str, str] | None = None

    @property
    def key(self) -> dict[str, str]:
        """The server key of every clone; the template is made when it is first needed."""
        if self._key is None:
            self._key = prepare_template(self.folder)
        return self._key

    @contextmanager
    def database(self) -> Iterator[str]:
        """Yield the address of an empty installation's database."""
        assert self.key
        with databases.cloned() as address:
            yield address

    @contextmanager
    def django(self, database: str) -> Iterator[None]:
        """Point our own Django at a database while capabilities of the product are called in this process."""
        connection.close()
        before = connection.settings_dict["NAME"]
        connection.settings_dict["NAME"] = databases.name_of(database)
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before

    @contextmanager
    def product(self, database: str | None = None) -> Iterator[Product]:
        """Yield the running product, on an empty installation or on the database given."""
        if database is None:
            with self.database() as empty, self.product(empty) as product:
                yield product
            return
        with self.products([database]) as (product,):
            yield product

    @contextmanager
    def products(self, databases_of_each: Sequence[str], *wanted: str) -> Iterator[list[Product]]:
        """Yield the product, or these of its processes, running several times side by side on a database each."""
        running = [Product(self.folder, database, self.key) for database in databases_of_each]
        try:
            for product in running:
                product.start(*wanted)
            for product in running:
                product.wait_until_up()
            yield running
        finally:
            for product in running:
                product.stop()

    @contextmanager
    def reference_site(self, *, workers: Sequence[str] = (), webhook: str = "") -> Iterator[ReferenceSite]:
        site = ReferenceSite(self.folder, prepare_reference("promo_bench_reference"))
        site.environment["REFERENCE_WEBHOOK"] = webhook
        try:
            site.start(workers=workers)
            site.wait_until_up()
            yield site
        finally:
            site.stop()
            databases.drop("promo_bench_reference")

    @contextmanager
    def sink(self) -> Iterator[Sink]:
        sink = Sink(free_port())
        try:
            sink.wait_until_up()
            yield sink
        finally:
            sink.stop()

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def close(self) -> None:
        self.load.close()
