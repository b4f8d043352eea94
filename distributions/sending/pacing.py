"""No connection is called more often than it takes: its messages have turns, whatever number of workers lease them.

Turns are given under a lock on the connection's row, in the transaction that leases, on the database's clock. A turn
that comes soon is taken along by the lease, and the call waits for it; for the others a line stands, and each is due
again when its turn is near.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from distributions.channels import PROVIDERS
from distributions.models import Connection, Pace
from events.clock import database_now

# Turns within this span are taken along: longer than a sweep may be late, and short beside a lease.
AHEAD = timedelta(seconds=2)
# Why a message waits that has its place in the line.
IN_LINE = "paced"


@dataclass(frozen=True)
class Asking:
    """A message that wants to leave. It ``is_in_line`` where it stood there already."""

    key: Any
    connection_id: int
    is_in_line: bool


@dataclass
class Given:
    """What was given: who may leave after how many seconds, and who is due again when."""

    wait: dict[Any, float] = field(default_factory=dict)
    later: dict[Any, datetime] = field(default_factory=dict)


@dataclass
class Turns:
    """A connection's pace: its next turn is at ``free_at``, or where a line stands, behind it at ``line_ends_at``."""

    every: timedelta
    free_at: datetime
    line_ends_at: datetime

    def give(self, asking: Sequence[Asking], now: datetime, given: Given) -> None:
        """Give turns to those who ask, in their order; who stands in the line goes before who comes now."""
        if self.free_at < now:
            self.line_ends_at += now - self.free_at
            self.free_at = now
        waiting = 0
        for one in sorted(asking, key=lambda one: not one.is_in_line):
            has_line = self.line_ends_at > self.free_at and not one.is_in_line
            if not has_line and self.free_at <= now + AHEAD:
                given.wait[one.key] = (self.free_at - now).total_seconds()
                self.free_at += self.every
                self.line_ends_at = max(self.line_ends_at, self.free_at)
            elif one.is_in_line:
                given.later[one.key] = self.free_at + self.every * waiting - AHEAD
                waiting += 1
            else:
                given.later[one.key] = self.line_ends_at - AHEAD
                self.line_ends_at += self.every

    def pause(self, until: datetime, now: datetime) -> None:
        """Let nobody leave before this moment; a line moves with its head."""
        begin = max(self.free_at, now)
        if until > begin:
            self.line_ends_at = max(self.line_ends_at, begin) + (until - begin)
            self.free_at = until


def give(asking: Sequence[Asking]) -> Given:
    """Give turns to messages of connections. A fixed number of queries, and none where nobody asks."""
    given, by_connection = Given(), defaultdict[int, list[Asking]](list)
    for one in asking:
        by_connection[one.connection_id].append(one)
    if not by_connection:
        return given
    now = database_now()
    paces = _locked(by_connection)
    for pace in paces:
        turns = Turns(_every(pace.connection), pace.free_at, pace.line_ends_at)
        turns.give(by_connection[pace.connection_id], now, given)
        pace.free_at, pace.line_ends_at = turns.free_at, turns.line_ends_at
    Pace.objects.bulk_update(paces, ["free_at", "line_ends_at"])
    return given


def pause(seconds: Mapping[int, float]) -> None:
    """Let these connections rest, by their ids; a longer rest that was asked for already stands."""
    now = database_now()
    paces = _locked(seconds)
    for pace in paces:
        turns = Turns(_every(pace.connection), pace.free_at, pace.line_ends_at)
        turns.pause(now + timedelta(seconds=seconds[pace.connection_id]), now)
        pace.free_at, pace.line_ends_at = turns.free_at, turns.line_ends_at
    Pace.objects.bulk_update(paces, ["free_at", "line_ends_at"])


def _every(connection: Connection) -> timedelta:
    """Return how long after a message the next one may follow."""
    provider = PROVIDERS.get(connection.provider)
    if provider is None:
        return timedelta()
    per_second = connection.calls_per_second or provider.capabilities.calls_per_second
    return timedelta(seconds=provider.capabilities.calls_per_message / per_second) if per_second else timedelta()


def _locked(ids: Mapping[int, Any]) -> list[Pace]:
    """Return the paces of these connections, locked in one order for everybody; a connection that is gone has none."""
    found = Pace.objects.select_for_update(of=("self",)).select_related("connection")
    return list(found.filter(connection__in=list(ids)).order_by("connection_id"))
