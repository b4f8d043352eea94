"""Several workers at one backlog: each row is done once, whoever does it."""

import threading
from typing import Any

import pytest
from django.db import connection

from access.models import AuditEntry
from backlog import asking, working
from backlog.models import AsyncAction, Portion
from backlog.rows import numbered

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_row_is_done_once_by_many_workers(settings: Any) -> None:
    settings.ASYNC_PERFORMERS = {"ROWS.WRITE": "tests.backlog.performers.write_down"}
    names = [f"row-{number}" for number in range(60)]
    actions = [
        asking.ask("ROWS.WRITE", numbered(names), scope="customers", about=about, per_slice=5) for about in ("a", "b")
    ]
    errors: list[Exception] = []

    def work() -> None:
        try:
            while Portion.objects.exists():
                working.work_some()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert errors == []
    done = sorted(AuditEntry.objects.filter(verb="did").values_list("object_id", flat=True))
    assert done == sorted(names * 2)
    for action in AsyncAction.objects.filter(pk__in=[each.pk for each in actions]):
        assert (action.status, action.rows_done, action.result["done_count"]) == ("DONE", 60, 60)
