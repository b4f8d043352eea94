"""Cursors for the statements that run again and again, for every batch and every message.

The framework writes parameters into the text of a statement, so the database reads and plans each anew. These cursors
send text and parameters apart: a statement is read, and after a few times planned, once for each connection. Moments
are read by the driver's own compiled code.
"""

from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader

_adapters: "WeakKeyDictionary[psycopg.Connection[Any], AdaptersMap]" = WeakKeyDictionary()


class _Sending(psycopg.Cursor[Any]):
    """Sends parameters beside their statement."""

    prepares = False

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        super().__init__(connection)
        known = _adapters.get(connection)
        if known is None:
            known = _adapters[connection] = AdaptersMap(connection.adapters)
            known.register_loader("timestamptz", TimestamptzLoader)
        self._adapters = known

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_Sending":
        super().execute(query, params, prepare=self.prepares, **options)
        return self


class _Preparing(_Sending):
    prepares = True


def cursor(*, planned_once: bool = True) -> CursorWrapper:
    """Return a cursor of the current transaction.

    A statement whose best plan depends on how large the tables are must not be ``planned_once``: they grow faster than
    a kept plan is looked at again.
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
