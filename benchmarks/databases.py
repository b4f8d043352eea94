"""Databases for the benchmarks: a template with the product's tables, and clones of it that vanish."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.cpu import parent_of

TEMPLATE = "promo_bench_template"
_numbers = itertools.count(1)


def address_of(name: str) -> str:
    """Return the address of another database on the server that DATABASE_URL names."""
    parts = {key: str(value) for key, value in conninfo_to_dict(os.environ["DATABASE_URL"]).items()}
    parts.pop("dbname", None)
    return f"postgresql:///{name}?{urlencode(parts)}"


def name_of(address: str) -> str:
    return str(conninfo_to_dict(address)["dbname"])


def connect(address: str) -> psycopg.Connection:
    return psycopg.connect(address, autocommit=True)


@contextmanager
def cloned(template: str = TEMPLATE) -> Iterator[str]:
    """Yield the address of a new database, a copy of the template, and drop it afterwards."""
    name = f"promo_bench_{next(_numbers)}"
    _server("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield address_of(name)
    finally:
        drop(name)


def create(name: str) -> str:
    drop(name)
    _server("CREATE DATABASE {}", name)
    return address_of(name)


def drop(name: str) -> None:
    _server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _server(statement: str, *names: str) -> None:
    with connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def server_process() -> int:
    """Return the process id of the PostgreSQL server: the parent of any of its connections."""
    with connect(os.environ["DATABASE_URL"]) as connection:
        return parent_of(connection.info.backend_pid)


def broker_address(number: int) -> str:
    """Return the address of another numbered database of the broker that REDIS_URL names."""
    parts = urlsplit(os.environ["REDIS_URL"])
    if parts.scheme == "unix":
        query = {**{key: values[0] for key, values in parse_qs(parts.query).items()}, "db": str(number)}
        return f"unix://{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{number}"))
