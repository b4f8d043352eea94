"""Cursors for the statements that run again and again, for every batch and every message.

The framework writes parameters into the text of a statement, so the database reads and plans each anew. These cursors
send text and parameters apart: a statement is read, and after a few times planned, once for each connection. Moments
are read by the driver's own compiled code.

A kept plan was made for tables as large as they were, so each connection forgets its plans every few seconds. What is
looked up by a list of keys says ``= ANY((SELECT %s)::bigint[])``: a list in plain sight is counted by the planner, who
then finds that planning for just so many is worth while each time.
"""

import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

PLANS_KEPT_SECONDS = 5.0
# More than there are statements, each once for every size of integers in its lists.
PREPARED_MOST = 400


@dataclass(slots=True)
class _Kept:
    """What is kept for a connection: how values are written and read, and since when its plans are kept."""

    adapters: AdaptersMap
    planned_at: float

    def forget_old_plans(self, connection: "psycopg.Connection[Any]") -> None:
        now = time.monotonic()
        if now - self.planned_at > PLANS_KEPT_SECONDS:
            self.planned_at = now
            connection.execute("DISCARD PLANS")


_kept: "WeakKeyDictionary[psycopg.Connection[Any], _Kept]" = WeakKeyDictionary()


class _Sending(psycopg.Cursor[Any]):
    """Sends parameters beside their statement."""

    prepares = False

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        super().__init__(connection)
        kept = _kept_for(connection)
        self._adapters = kept.adapters
        if self.prepares:
            kept.forget_old_plans(connection)

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Sending":
        super().execute(query, params, prepare=self.prepares, **options)
        return self


class _Preparing(_Sending):
    """Has its statements read and planned once, for as long as plans are kept."""

    prepares = True


def _kept_for(connection: "psycopg.Connection[Any]") -> _Kept:
    known = _kept.get(connection)
    if known is None:
        connection.prepared_max = PREPARED_MOST
        adapters = AdaptersMap(connection.adapters)
        adapters.register_loader("timestamptz", TimestamptzLoader)
        known = _kept[connection] = _Kept(adapters, time.monotonic())
    return known


def cursor(*, planned_once: bool = True) -> CursorWrapper:
    """Return a cursor of the current transaction.

    A statement whose best plan depends on tables that fill and empty within seconds, as queues do, must not be
    ``planned_once``.
    """
    current: Any = connections[DEFAULT_DB_ALIAS]
    current.ensure_connection()
    with current.wrap_database_errors:
        return current._prepare_cursor((_Preparing if planned_once else _Sending)(current.connection))


def rows(statement: str, parameters: Any, *, planned_once: bool = True) -> list[tuple[Any, ...]]:
    """Return all rows of one statement."""
    with cursor(planned_once=planned_once) as reading:
        reading.execute(statement, parameters)
        return reading.fetchall()
