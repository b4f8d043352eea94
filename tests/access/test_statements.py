"""Plans that are kept: made once for each connection, and made anew before the tables have outgrown them."""

from typing import Any

import pytest
from django.db import connection

from access import statements

pytestmark = pytest.mark.django_db

LOOKED_UP = "SELECT label FROM grown WHERE id = ANY((SELECT %s)::bigint[])"


@pytest.fixture(autouse=True)
def table() -> None:
    ask("CREATE TEMPORARY TABLE grown (id bigint PRIMARY KEY, label text) ON COMMIT DROP")
    ask("INSERT INTO grown VALUES (1, 'one')")
    ask("ANALYZE grown")


def ask(question: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchall() if cursor.description else []


def grow() -> None:
    ask("INSERT INTO grown SELECT n, 'more' FROM generate_series(2, 20000) AS n")


def looked_up_often() -> None:
    for _ in range(8):
        assert statements.rows(LOOKED_UP, [[1]]) == [("one",)]


def plan() -> str:
    ((name, kept),) = ask("SELECT name, generic_plans FROM pg_prepared_statements WHERE statement LIKE '%FROM grown%'")
    assert kept >= 1
    return "\n".join(line for (line,) in ask(f"EXPLAIN EXECUTE {name}('{{1}}')"))


def test_a_lookup_by_a_list_of_keys_is_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "PLANS_KEPT_SECONDS", 3600.0)
    looked_up_often()
    assert "Seq Scan" in plan()
    grow()
    statements.rows(LOOKED_UP, [[1]])
    assert "Seq Scan" in plan()


def test_a_plan_is_made_anew_before_the_table_has_outgrown_it(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up_often()
    grow()
    monkeypatch.setattr(statements, "PLANS_KEPT_SECONDS", 0.0)
    statements.rows(LOOKED_UP, [[1]])
    assert "Index Scan" in plan()
