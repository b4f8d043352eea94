"""A kept connection is asked whether it lives only where there is reason to doubt it."""

import psycopg
import pytest
from django.db import connection

pytestmark = pytest.mark.django_db(transaction=True)


def backend_in_the_next_request() -> int:
    """Return by which process of the server the next request is answered."""
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_silent_connection_is_used_again_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    before = backend_in_the_next_request()
    asked: list[object] = []
    monkeypatch.setattr(connection, "is_usable", lambda: asked.append(connection) or True)
    assert (backend_in_the_next_request(), asked) == (before, [])


def test_a_connection_that_the_server_ended_is_opened_anew() -> None:
    before = backend_in_the_next_request()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as another:
        another.execute("SELECT pg_terminate_backend(%s, 5000)", [before])
    assert backend_in_the_next_request() != before


def test_a_connection_that_is_gone_is_opened_anew() -> None:
    before = backend_in_the_next_request()
    connection.connection.close()
    assert backend_in_the_next_request() != before
