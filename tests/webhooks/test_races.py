"""Several senders at once, and people who change a webhook while it is written to."""

import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from distributions.channels import Outcome, Receipt
from distributions.sending import lingering
from events import pipeline
from events.tracking import Fact, track_many
from tests.sinks import WebhookSink
from tests.webhooks.conftest import Listening
from webhooks import keeping
from webhooks.models import Attempt, Sendout
from webhooks.sending import leasing, settling, stages

SENDERS = 4

pytestmark = pytest.mark.django_db(transaction=True)


def happen(count: int, name: str = "order.paid") -> list[UUID]:
    events = track_many([Fact(name) for _ in range(count)])
    pipeline.drain()
    return [event.pk for event in events]


def send(_: int) -> None:
    """Send until nothing is left; what lingers keeps its address busy for a while."""
    try:
        while stages.work_once() or lingering.addresses():
            time.sleep(0.01)
    finally:
        connection.close()


def take(_: int) -> list[list[tuple[int, UUID]]]:
    """Take out and settle, some at a time, until nothing is left; return what came, lease by lease."""
    leases = []
    try:
        while leased := leasing.lease(limit=7):
            leases.append([(one.webhook_id, one.id) for one in leased])
            settling.settle([(one, Receipt(one.message.id, Outcome.ACCEPTED, 200)) for one in leased])
    finally:
        connection.close()
    return leases


def test_several_senders_send_each_sendout_once(listening: Listening, sink: WebhookSink) -> None:
    listening.subscribe(sink.url, "order.paid")
    listening.subscribe(sink.url, "*")
    happen(150)
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(send, range(SENDERS)))
    ids = [one.headers["webhook-id"] for one in sink.received]
    assert len(ids) == len(set(ids)) == Sendout.objects.filter(state="SENT").count() == 300
    assert Attempt.objects.count() == 300


def test_each_lease_of_several_senders_is_in_the_order_of_the_events(listening: Listening) -> None:
    for number in range(3):
        listening.subscribe(f"https://{number}.example/in", "order.paid")
    events = happen(60)
    with ThreadPoolExecutor(SENDERS) as pool:
        leases = [lease for each in pool.map(take, range(SENDERS)) for lease in each]
    place = {key: events.index(event) for key, event in Sendout.objects.values_list("id", "event_id")}
    taken: dict[int, int] = defaultdict(int)
    for lease in leases:
        for webhook_id in {webhook_id for webhook_id, _ in lease}:
            mine = [place[key] for owner, key in lease if owner == webhook_id]
            assert mine == sorted(mine)
            taken[webhook_id] += len(mine)
    assert set(taken.values()) == {60}


def test_answers_of_one_webhook_that_come_at_once_turn_it_off_once(listening: Listening) -> None:
    listening.subscribe("https://gone.example/in", "order.paid")
    happen(20)
    leased = leasing.lease()
    revision = leased[0].revision

    def refuse(part: int) -> None:
        try:
            for one in leased[part::SENDERS]:
                settling.settle([(one, Receipt(one.message.id, Outcome.REJECTED, 410))])
        finally:
            connection.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(refuse, range(SENDERS)))
    webhook = listening.webhook()
    assert (webhook.is_active, webhook.ended, webhook.revision) == (False, "gone", revision + 1)
    assert set(listening.states()) <= {"FAILED", "WAITING"}
    keeping.change(webhook, {"active": True})
    assert set(listening.states()) == {"WAITING"}


def test_who_moves_a_webhook_while_its_old_address_answers_that_it_is_gone_wins(listening: Listening) -> None:
    listening.subscribe("https://old.example/in", "order.paid")
    happen(1)
    [leased] = leasing.lease()
    both = threading.Barrier(2)

    def move() -> None:
        both.wait()
        keeping.change(listening.webhook(), {"target_url": "https://new.example/in", "active": True})
        connection.close()

    def refuse() -> None:
        both.wait()
        settling.settle([(leased, Receipt(leased.message.id, Outcome.REJECTED, 410))])
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(move), pool.submit(refuse)]:
            done.result()
    assert (listening.webhook().is_active, listening.states()) == (True, ["WAITING"])
    assert [one.message.address for one in leasing.lease()] == ["https://new.example/in"]
