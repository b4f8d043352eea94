from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models.functions import Now

from access.models import AuditEntry
from access.problems import invalid_payload
from backlog import asking, working
from backlog.models import AsyncAction, Portion
from backlog.rows import Row, numbered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def performers(settings: Any) -> None:
    settings.ASYNC_PERFORMERS = {
        "ROWS.WRITE": "tests.backlog.performers.write_down",
        "ROWS.POISONED": "tests.backlog.performers.poisoned",
    }


def ask(*said: Any, type: str = "ROWS.WRITE", per_slice: int = 2, **more: Any) -> AsyncAction:
    return asking.ask(type, numbered(said), scope="customers", per_slice=per_slice, **more)


def work_off() -> int:
    slices = 0
    while working.work_some():
        slices += 1
    return slices


def done() -> list[str]:
    return sorted(AuditEntry.objects.filter(verb="did").values_list("object_id", flat=True))


def after_the_pause() -> None:
    AsyncAction.objects.update(due_at=Now())


def test_what_is_ordered_is_done_in_slices_and_accounted_for() -> None:
    action = ask("a", "b", 3, "d", "eee")
    assert action.rows_total == 5
    assert work_off() == 3
    action.refresh_from_db()
    assert (action.status, action.progress, action.rows_done) == ("DONE", 100, 5)
    assert done() == ["a", "b", "d", "eee"]
    assert action.result == {
        "total_count": 5,
        "done_count": 4,
        "failed_count": 1,
        "failed": [{"line": 3, "name": "3", "reason": "This is no text."}],
        "letters": 6,
    }
    assert not Portion.objects.exists()


def test_progress_moves_with_each_slice() -> None:
    action = ask("a", "b", "c", "d")
    assert (action.status, action.progress) == ("ENQUEUED", 0)
    working.work_some()
    action.refresh_from_db()
    assert (action.status, action.progress, action.rows_done) == ("IN_PROGRESS", 50, 2)


def test_an_order_without_rows_is_done_at_once() -> None:
    action = ask()
    work_off()
    action.refresh_from_db()
    assert (action.status, action.result["total_count"]) == ("DONE", 0)


def test_a_slice_that_fails_leaves_nothing_and_is_done_again() -> None:
    action = ask("a", "b", "c", "poison", type="ROWS.POISONED")
    work_off()
    action.refresh_from_db()
    assert (done(), action.rows_done, action.attempts) == (["a", "b"], 2, 1)
    assert working.work_some() == 0, "it waits before the next try"


def test_a_poisoned_slice_ends_its_action_with_a_sentence() -> None:
    action = ask("a", "b", "c", "poison", "e", type="ROWS.POISONED")
    for _ in range(2 * working.TRIES_MOST):
        work_off()
        after_the_pause()
    action.refresh_from_db()
    assert (action.status, done()) == ("FAILED", ["a", "b"])
    assert action.result["message"].startswith("The rows of lines 3 to 4 could not be done, nor any after them")
    assert "2 of 5 rows were done before" in action.error
    assert not Portion.objects.exists()
    assert work_off() == 0


def test_a_slice_that_kills_its_worker_each_time_ends_too() -> None:
    action = ask("a")
    for _ in range(working.TRIES_MOST):
        assert working._begin() is not None
        after_the_pause()
    assert working.work_some() == 0
    action.refresh_from_db()
    assert action.status == "FAILED"
    assert "stopped each time" in action.error


def test_a_killed_worker_is_continued_where_it_was() -> None:
    action = ask("a", "b", "c")
    working.work_some()
    working._begin()
    assert work_off() == 0, "it waits a moment for whoever began it"
    after_the_pause()
    assert work_off() == 1
    action.refresh_from_db()
    assert (action.status, done()) == ("DONE", ["a", "b", "c"])


def test_actions_take_turns_and_within_a_lane_wait_for_each_other() -> None:
    first, second = ask("1", "2", "3"), ask("4")
    other = ask("x", "y", "z", about="camp_1")
    working.work_some()
    working.work_some()
    states = [AsyncAction.objects.get(pk=action.pk).status for action in (first, second, other)]
    assert states == ["IN_PROGRESS", "ENQUEUED", "IN_PROGRESS"]
    assert len(done()) == 4
    assert work_off() == 3


def test_only_so_many_refused_rows_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "REPORTED", 3)
    action = ask(*range(7))
    work_off()
    action.refresh_from_db()
    assert action.result["failed_count"] == 7
    assert [row["line"] for row in action.result["failed"]] == [1, 2, 3]


def test_input_that_turns_out_unreadable_leaves_no_order() -> None:
    def rows() -> Iterator[Row]:
        yield Row(1, "a")
        raise invalid_payload("Line 2 is unreadable")

    with pytest.raises(Exception, match="invalid"):
        asking.ask("ROWS.WRITE", rows(), scope="customers", per_slice=1)
    assert not AsyncAction.objects.exists()


def test_ordinary_work_finds_it(drain: Any) -> None:
    action = ask("a")
    drain()
    action.refresh_from_db()
    assert action.status == "DONE"


@pytest.mark.parametrize("slices", [1, 3])
def test_a_slice_costs_a_fixed_number_of_queries(slices: int, django_assert_num_queries: Any) -> None:
    ask(*[7] * (2 * slices))
    # Savepoints of two transactions (4), the clock, the action chosen and marked, held again, its portion, gone,
    # whether more are left, and the action written.
    with django_assert_num_queries(12):
        working.work_some()
