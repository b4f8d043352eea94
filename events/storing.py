"""Storing groups of reports: on a writing connection of its own, or in the caller's transaction.

A group that fails is stored report by report, so that a bad one never spoils its neighbours.
"""

import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg import errors

from access.problems import Problem, unavailable
from events.accepting import Outcome, Report, accept_group

TRIES_MOST = 5
CONFLICTS = (errors.DeadlockDetected, errors.SerializationFailure)
GUARDS = "SET statement_timeout = '15s'; SET idle_in_transaction_session_timeout = '30s'; SET TimeZone = 'UTC'"

logger = logging.getLogger(__name__)
Store = Callable[[Sequence[Report]], list[Outcome]]


class WritingConnection:
    """One connection that is used by one thread at a time, and opened again when the database was away."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection | None = None

    def store(self, reports: Sequence[Report]) -> list[Outcome]:
        """Store and commit; where that cannot be done now, every report's outcome says so."""
        return _store_or_part(self._store_once, reports)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _store_once(self, reports: Sequence[Report]) -> list[Outcome]:
        """Try until it is stored: up to the commit nothing is stored, so trying again stores nothing twice."""
        for attempt in range(TRIES_MOST):
            try:
                outcomes = self._write(reports)
                break
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if attempt == TRIES_MOST - 1:
                    raise
                self._recover(error, attempt)
            except Exception:
                self._opened().rollback()
                raise
        self._commit()
        return outcomes

    def _write(self, reports: Sequence[Report]) -> list[Outcome]:
        with self._opened().cursor() as cursor:
            return accept_group(cursor, reports)

    def _commit(self) -> None:
        """Commit; where the answer is lost nobody knows whether it was stored, so it is not tried again."""
        try:
            self._opened().commit()
        except psycopg.Error:
            self.close()
            raise

    def _recover(self, error: psycopg.Error, attempt: int) -> None:
        if isinstance(error, CONFLICTS):
            self._opened().rollback()
            time.sleep(random.uniform(0, 0.01) * (attempt + 1))  # noqa: S311
            return
        self.close()
        # The first loss is most often an idle connection that died: the second try opens a new one at once.
        time.sleep(0.1 * attempt)

    def _opened(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(**_parameters())
            self._connection.execute(GUARDS)
            self._connection.commit()
        return self._connection


def store_inline(reports: Sequence[Report]) -> list[Outcome]:
    """Store in the caller's transaction, or in one of its own where there is none."""
    return _store_or_part(_store_in_transaction, reports)


@transaction.atomic
def _store_in_transaction(reports: Sequence[Report]) -> list[Outcome]:
    with connection.cursor() as cursor:
        return accept_group(cursor, reports)


def _store_or_part(store: Store, reports: Sequence[Report]) -> list[Outcome]:
    try:
        return store(reports)
    except (psycopg.OperationalError, psycopg.InterfaceError):
        logger.exception("%d reports could not be stored now", len(reports))
        return [_failed(report, unavailable()) for report in reports]
    except Exception:
        if len(reports) > 1:
            return [outcome for report in reports for outcome in _store_or_part(store, [report])]
        logger.exception("A report could not be stored")
        return [_failed(reports[0], Problem(500, "internal_error", "The event could not be stored"))]


def _failed(report: Report, problem: Problem) -> Outcome:
    return Outcome.of(report, problem)


def _parameters() -> dict[str, Any]:
    """Return the address of the database; the framework's own adapters would slow the statements down."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return parameters
