from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from redis import Redis

from backlog import doorbell
from events.models import PendingEvent
from events.tasks import apply_pending

QUEUE = "evaluate"


@pytest.fixture(autouse=True)
def hearing(monkeypatch: Any, clean_broker: Redis) -> Iterator[None]:
    monkeypatch.setattr(doorbell, "_deaf_until", 0.0)
    yield
    clean_broker.flushdb()


def test_it_rings_once_while_nobody_answers(clean_broker: Redis) -> None:
    for _ in range(3):
        doorbell.ring(apply_pending)
    assert clean_broker.llen(QUEUE) == 1


def test_it_rings_again_after_an_answer(clean_broker: Redis) -> None:
    doorbell.ring(apply_pending)
    doorbell.answer(apply_pending)
    doorbell.ring(apply_pending)
    assert clean_broker.llen(QUEUE) == 2


def test_a_flag_that_nobody_answers_expires(clean_broker: Redis) -> None:
    doorbell.ring(apply_pending)
    assert 0 < clean_broker.ttl(doorbell._flag(apply_pending)) <= doorbell.UNANSWERED_SECONDS


def test_a_flushed_broker_is_rung_again(clean_broker: Redis) -> None:
    doorbell.ring(apply_pending)
    clean_broker.flushdb()
    doorbell.ring(apply_pending)
    assert clean_broker.llen(QUEUE) == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_rings_once_and_only_when_it_is_committed(clean_broker: Redis) -> None:
    with transaction.atomic():
        for _ in range(3):
            doorbell.ring_on_commit(apply_pending)
        assert len(connection.run_on_commit) == 1
        assert clean_broker.llen(QUEUE) == 0
    assert clean_broker.llen(QUEUE) == 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_undone_rings_nobody(clean_broker: Redis) -> None:
    @transaction.atomic
    def fail() -> None:
        doorbell.ring_on_commit(apply_pending)
        raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert clean_broker.llen(QUEUE) == 0


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_costs_nobody_an_event(api: Any, monkeypatch: Any) -> None:
    nowhere = Redis.from_url("unix:///nowhere.sock", socket_connect_timeout=0.05, retry=None)
    monkeypatch.setattr(doorbell, "_broker", nowhere)
    before = doorbell.failures
    answer = api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "alice"}})
    assert answer.status_code == 200
    assert doorbell.failures == before + 1
    assert PendingEvent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_lost_doorbell_loses_no_event(api: Any, clean_broker: Redis) -> None:
    api.post("/v1/events", {"event": "cart_abandoned", "customer": {"source_id": "alice"}})
    clean_broker.flushdb()
    apply_pending()
    apply_pending()
    assert not PendingEvent.objects.exists()
