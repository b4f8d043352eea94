"""Group commit: reports that arrive while one group is being stored are stored together as the next.

One request's thread leads, the others wait for it; so there is one writing connection per process, no thread that could
die, and a lone request pays for no hand-over. Nobody is told "stored" before the commit.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Sequence

from django.db import connection

from access.problems import Problem, unavailable
from backlog import doorbell
from events.accepting import Outcome, Report
from events.storing import WritingConnection, store_inline
from events.tasks import apply_pending

GROUP_MOST = 500
WAIT_SECONDS = 30
RING_EVERY_SECONDS = 0.01


class _Waiting:
    """One request's reports, and what its thread waits for."""

    __slots__ = ("is_leader", "outcomes", "reports", "signal")

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = reports
        self.outcomes: list[Outcome] | Problem = unavailable()
        self.is_leader = False
        self.signal = threading.Lock()
        self.signal.acquire()


class GroupCommit:
    """The writing connection of one process, and the requests that wait for it."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._is_led = False
        self._connection = WritingConnection()
        self._rung_at = 0.0

    def submit(self, reports: Sequence[Report]) -> list[Outcome]:
        """Store the reports, together with those of other requests; return after the commit."""
        waiting = _Waiting(reports)
        with self._mutex:
            self._queue.append(waiting)
            waiting.is_leader = not self._is_led
            self._is_led = True
        if not waiting.is_leader and not waiting.signal.acquire(timeout=WAIT_SECONDS):
            self._give_up(waiting)
        if waiting.is_leader:
            self._lead()
        if isinstance(waiting.outcomes, Problem):
            raise waiting.outcomes
        return waiting.outcomes

    def close(self) -> None:
        self._connection.close()

    def _lead(self) -> None:
        """Store the group that waits, pass the lead on, and only then wake those who were served."""
        with self._mutex:
            group = self._next_group()
        try:
            self._store(group)
        finally:
            is_followed = self._pass_the_lead_on()
            for waiting in group[1:]:
                waiting.signal.release()
        self._ring(is_followed)

    def _pass_the_lead_on(self) -> bool:
        with self._mutex:
            self._is_led = bool(self._queue)
            if self._is_led:
                self._queue[0].is_leader = True
                self._queue[0].signal.release()
            return self._is_led

    def _ring(self, is_followed: bool) -> None:
        """Ring, unless the next group will in a moment: under load the doorbell would cost more than it tells."""
        now = time.monotonic()
        if not is_followed or now - self._rung_at > RING_EVERY_SECONDS:
            self._rung_at = now
            doorbell.ring(apply_pending)

    def _next_group(self) -> list[_Waiting]:
        group = [self._queue.popleft()]
        size = len(group[0].reports)
        while self._queue and size + len(self._queue[0].reports) <= GROUP_MOST:
            group.append(self._queue.popleft())
            size += len(group[-1].reports)
        return group

    def _store(self, group: Sequence[_Waiting]) -> None:
        reports = [report for waiting in group for report in waiting.reports]
        outcomes: list[Outcome] = []
        for start in range(0, len(reports), GROUP_MOST):
            outcomes += self._connection.store(reports[start : start + GROUP_MOST])
        start = 0
        for waiting in group:
            waiting.outcomes = outcomes[start : start + len(waiting.reports)]
            start += len(waiting.reports)

    def _give_up(self, waiting: _Waiting) -> None:
        """Stop waiting, unless the lead was passed to us at the last moment: nobody else would take it."""
        with self._mutex:
            if waiting.is_leader:
                return
            if waiting in self._queue:
                self._queue.remove(waiting)
        raise unavailable()


_group: GroupCommit | None = None


def enable() -> None:
    """Let this process store what it accepts in groups: for web servers, whose requests come in many threads."""
    global _group
    _group = GroupCommit()
    os.register_at_fork(after_in_child=_begin_anew)


def accept(reports: Sequence[Report]) -> list[Outcome]:
    """Store what was reported; return, once it is stored for good, what became of each report."""
    if _group is not None and not connection.in_atomic_block:
        return _group.submit(reports)
    outcomes = store_inline(reports)
    doorbell.ring_on_commit(apply_pending)
    return outcomes


def _begin_anew() -> None:
    """A child process must not write through its parent's connection."""
    global _group
    _group = GroupCommit()
