import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from django.db import connection

from access.problems import Problem
from customers import profiles
from customers.models import Customer
from events import group_commit
from events.accepting import Outcome, Report
from events.group_commit import GroupCommit
from events.models import Event, Tally
from events.storing import WritingConnection

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group() -> Iterator[GroupCommit]:
    made = GroupCommit()
    yield made
    made.close()


def report(source_id: str, message_id: str = "", **said: Any) -> Report:
    profile = profiles.parse({"source_id": source_id, **said})
    return Report(profile, "cart_abandoned", {}, message_id, "00" if message_id else "")


def at_once(times: int, call: Callable[[int], Any]) -> list[Any]:
    """Call in as many threads, which all start together."""
    gate = threading.Barrier(times)

    def begin(number: int) -> Any:
        gate.wait(10)
        return call(number)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(begin, range(times)))


def test_many_requests_at_once_are_all_stored(group: GroupCommit) -> None:
    outcomes = at_once(16, lambda n: [group.submit([report(f"c{n % 4}", f"{n}-{turn}")]) for turn in range(20)])
    ids = {outcome.event_id for thread in outcomes for answer in thread for outcome in answer}
    assert len(ids) == 320
    assert Event.objects.filter(name="cart_abandoned", pk__in=ids).count() == 320
    assert sum(tally.count for tally in Tally.objects.filter(event_name="cart_abandoned")) == 320
    assert Customer.objects.count() == 4
    assert Event.objects.filter(name="customer.created").count() == 4


def test_one_message_sent_many_times_at_once_by_two_processes_is_stored_once() -> None:
    groups = [GroupCommit(), GroupCommit()]
    outcomes = at_once(12, lambda n: groups[n % 2].submit([report("alice", "m-1")])[0])
    assert sorted(outcome.is_duplicate for outcome in outcomes) == [False] + [True] * 11
    assert len({outcome.event_id for outcome in outcomes}) == 1
    assert Event.objects.filter(name="cart_abandoned").count() == 1
    for each in groups:
        each.close()


def test_two_processes_that_speak_of_one_customer_lose_nothing() -> None:
    groups = [GroupCommit(), GroupCommit()]
    at_once(8, lambda n: groups[n % 2].submit([report("alice", metadata={f"key{n}": n})]))
    assert Customer.objects.get().metadata == {f"key{n}": n for n in range(8)}
    assert Event.objects.filter(name="customer.created").count() == 1
    assert Event.objects.filter(name="customer.updated").count() == 7
    for each in groups:
        each.close()


def test_a_report_that_cannot_be_stored_spoils_only_itself(group: GroupCommit) -> None:
    bad = report("bob")
    bad.properties = {"a": "\0"}
    outcomes = group.submit([report("alice"), bad, report("carol")])
    assert [outcome.problem and outcome.problem.status for outcome in outcomes] == [None, 500, None]
    assert set(Customer.objects.values_list("source_id", flat=True)) == {"alice", "carol"}


def test_a_connection_that_died_is_opened_again(group: GroupCommit) -> None:
    group.submit([report("alice")])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
    assert group.submit([report("bob")])[0].problem is None
    assert Event.objects.filter(name="cart_abandoned").count() == 2


def test_a_database_that_is_away_is_said_and_nothing_is_claimed(group: GroupCommit, monkeypatch: Any) -> None:
    def away(**_: Any) -> None:
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(psycopg, "connect", away)
    outcome = group.submit([report("alice")])[0]
    assert outcome.problem.status == 503
    monkeypatch.undo()
    assert group.submit([report("alice")])[0].problem is None


def test_a_crash_while_storing_leaves_the_lead_to_the_next(group: GroupCommit, monkeypatch: Any) -> None:
    def crash(_self: WritingConnection, _reports: list[Report]) -> list[Outcome]:
        raise MemoryError

    monkeypatch.setattr(WritingConnection, "store", crash)
    with pytest.raises(MemoryError):
        group.submit([report("alice")])
    monkeypatch.undo()
    assert group.submit([report("alice")])[0].problem is None


def test_a_request_that_waited_too_long_gives_up(group: GroupCommit, monkeypatch: Any) -> None:
    monkeypatch.setattr(group_commit, "WAIT_SECONDS", 0.05)
    entered, go_on = threading.Event(), threading.Event()
    store = WritingConnection.store

    def slow(self: WritingConnection, reports: list[Report]) -> list[Outcome]:
        entered.set()
        go_on.wait(10)
        return store(self, reports)

    monkeypatch.setattr(WritingConnection, "store", slow)
    leader = threading.Thread(target=lambda: group.submit([report("alice")]))
    leader.start()
    entered.wait(10)
    with pytest.raises(Problem) as refused:
        group.submit([report("bob")])
    go_on.set()
    leader.join()
    assert refused.value.status == 503
    assert group.submit([report("carol")])[0].problem is None
    assert set(Customer.objects.values_list("source_id", flat=True)) == {"alice", "carol"}


def test_a_child_process_writes_through_a_connection_of_its_own(group: GroupCommit, monkeypatch: Any) -> None:
    monkeypatch.setattr(group_commit, "_group", None)
    group_commit.enable()
    group_commit.accept([report("alice")])
    child = os.fork()
    if child == 0:
        stored = group_commit._group.submit([report("bob")])[0].problem is None
        os._exit(0 if stored else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert group_commit.accept([report("carol")])[0].problem is None
    group_commit._group.close()
    assert Customer.objects.count() == 3
