"""A customer goes while others still speak of her."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from access import project as projects
from customers import leaving, profiles
from customers.models import Customer
from events import group_commit, pipeline, tracking
from events.models import Event, Tally
from events.reporting import Origin, read_report
from segments import definition
from segments.membership import filling
from segments.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 20


def beside(*works: Callable[[], None]) -> None:
    """Run these at once, each on a connection of its own, and pass on what went wrong."""
    errors: list[Exception] = []
    begin = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            begin.wait(SECONDS)
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert errors == []


def report(number: int) -> Any:
    said = {"event": "seen", "customer": {"source_id": "ada", "name": f"Ada {number}"}, "metadata": {"n": number}}
    return read_report(said, Origin("API", 1, "v-1"))


def test_she_is_erased_once_while_her_events_keep_coming_and_being_applied() -> None:
    projects.current()
    never = {
        "junction": "and",
        "conditions": [{"event": "bought", "metric": "count", "operator": "exactly", "value": 0}],
    }
    definition.create("Never bought", "auto-update", never)
    while filling.has_work():
        filling.fill_some()
    ada = tracking.identify(profiles.parse({"source_id": "ada", "name": "Ada"}), source="API").customer
    made: list[Any] = []

    def erase() -> None:
        made.append(leaving.erase(ada))

    def report_often() -> None:
        outcomes = [group_commit.accept([report(number)])[0] for number in range(30)]
        assert [outcome.problem for outcome in outcomes] == [None] * 30

    def apply() -> None:
        for _ in range(30):
            pipeline.drain(0.05)

    beside(erase, erase, report_often, apply)
    pipeline.drain()
    leaving.Erasure.objects.update(look_again_at="2026-01-01T00:00Z")
    leaving.look_again()
    assert len({erasure.public_id for erasure in made}) == 1
    gone = Customer.everybody.get(pk=ada.pk)
    assert (gone.name, gone.source_id, gone.metadata) == (None, None, {})
    assert not Event.objects.filter(customer=ada).exists()
    assert not Tally.objects.filter(customer=ada).exists()
    assert not Membership.objects.filter(customer=ada).exists()
    assert Event.objects.filter(name="customer.deleted").count() == 1
    assert Customer.objects.filter(source_id="ada").count() <= 1
