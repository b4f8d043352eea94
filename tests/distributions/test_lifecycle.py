"""Draft, live, paused, stopped: also while others work at the same time."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from access.models import AuditEntry
from access.problems import Problem
from distributions.channels import Outcome, Receipt
from distributions.enrolment import enrolling
from distributions.models import Delivery, Distribution
from distributions.planning import drafting, lifecycle
from distributions.sending import leasing, preparing, settling, stages
from events import pipeline, tracking
from events.clock import database_now
from events.models import Event
from events.pipeline import Batch
from events.tracking import Fact
from segments import definition
from segments.models import Segment
from tests.distributions.conftest import Shop
from tests.sinks import WebhookSink


def in_another_connection(work: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db
def test_going_live_is_written_down(shop: Shop) -> None:
    distribution = shop.live(campaign=shop.campaign())
    entry = AuditEntry.objects.get(object_type="distribution", verb="set_live")
    assert entry.object_id == distribution.public_id


@pytest.mark.django_db
def test_a_passive_segment_tells_its_moves_once_a_distribution_is_live_on_it(shop: Shop) -> None:
    tree = {"junction": "and", "conditions": [
        {"event": "cart_abandoned", "metric": "count", "operator": "more_than", "value": 0}]}  # fmt: skip
    segment = definition.create("Quiet", "passive", tree)
    shop.live(segment, shop.campaign())
    segment.refresh_from_db()
    assert segment.type == Segment.Type.AUTO_UPDATE
    shop.happens("alice")
    assert len(shop.deliveries("alice")) == 1


@pytest.mark.django_db
def test_a_manual_distribution_is_sent_once_to_today_s_members_and_is_done(shop: Shop) -> None:
    segment = shop.segment()
    shop.happens("alice")
    draft = drafting.save_draft(None, {
        "name": "Summer", "type": "manual", "trigger": {"segment_id": segment.public_id},
        "action": {"type": "message"}, "channels": [shop.letter()],
    })  # fmt: skip
    lifecycle.set_live(draft)
    shop.happens("bob")
    shop.send()
    assert (shop.states("alice"), shop.states("bob")) == (["SENT"], [])
    draft.refresh_from_db()
    assert draft.status == Distribution.Status.DONE


@pytest.mark.django_db
def test_a_duplicate_is_a_draft_that_says_the_same(shop: Shop) -> None:
    original = shop.live(campaign=shop.campaign(), channels=[shop.webhook("https://shop.example/a")])
    copy = drafting.duplicate(original)
    assert (copy.status, copy.name, copy.live_at) == ("DRAFT", "Cart rescue (copy)", None)
    assert copy.channels.get().url == original.channels.get().url
    assert copy.channels.get().sealed_secret != original.channels.get().sealed_secret
    assert lifecycle.set_live(copy).status == "LIVE"


@pytest.mark.django_db
def test_stopping_cancels_what_has_not_left(shop: Shop) -> None:
    distribution = shop.live(campaign=shop.campaign(codes=1))
    for name in ("alice", "bob"):
        shop.happens(name)
        shop.send()
    shop.happens("carol")
    lifecycle.stop(distribution)
    assert shop.states() == ["SENT", "CANCELLED", "CANCELLED"]
    with pytest.raises(Problem):
        lifecycle.resume(distribution)


@pytest.mark.django_db
def test_what_comes_back_from_its_sender_after_a_pause_waits_and_after_a_stop_ends(
    shop: Shop, webhook_sink: WebhookSink
) -> None:
    distribution = shop.live(campaign=shop.campaign(), channels=[shop.webhook(webhook_sink.url)])
    for name in ("alice", "bob"):
        shop.happens(name)
    preparing.prepare()
    leased = leasing.lease()
    lifecycle.pause(distribution)
    settling.settle([(one, Receipt(one.message.id, Outcome.NOT_ACCEPTED)) for one in leased])
    shop.hurry()
    shop.send()
    assert shop.states() == ["READY", "READY"]
    assert not stages.has_due(database_now())
    lifecycle.resume(distribution)
    leased = leasing.lease()
    assert len(leased) == 2
    lifecycle.stop(distribution)
    settling.settle([(one, Receipt(one.message.id, Outcome.NOT_ACCEPTED)) for one in leased])
    shop.hurry()
    shop.send()
    assert shop.states() == ["CANCELLED", "CANCELLED"]
    assert webhook_sink.received == []


@pytest.mark.django_db
def test_a_channel_that_has_sent_cannot_be_taken_away(shop: Shop) -> None:
    distribution = shop.live(campaign=shop.campaign())
    shop.happens("alice")
    with pytest.raises(Problem):
        drafting.save_draft(distribution, {"channels": [shop.webhook("https://shop.example/a")]})


@pytest.mark.django_db(transaction=True)
def test_a_customer_who_enters_while_it_goes_live_gets_exactly_one_message(shop: Shop) -> None:
    """Going live holds its lock; a batch that enrols waits for it and then reads a live distribution."""
    segment = shop.segment()
    draft = shop.draft(segment, policy={"include_current_members": True})
    alice = shop.customer("alice")
    pipeline.drain()
    tracking.track(Fact("cart_abandoned", alice.pk))
    pipeline.apply_batch()
    entered = Event.objects.get(name="customer.segment.entered")
    enrolled: list[int] = []

    def enrol() -> None:
        with transaction.atomic():
            enrolled.append(enrolling.enrol(Batch(database_now(), [entered], [alice.pk])))

    with transaction.atomic():
        lifecycle.set_live(draft)
        thread = in_another_connection(enrol)
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    pipeline.drain()
    assert enrolled == [0]
    assert len(shop.deliveries("alice")) == 1


@pytest.mark.django_db(transaction=True)
def test_going_live_waits_for_a_batch_that_did_not_see_it_and_then_reads_its_members(shop: Shop) -> None:
    segment = shop.segment()
    draft = shop.draft(segment, policy={"include_current_members": True})
    alice = shop.customer("alice")
    pipeline.drain()
    tracking.track(Fact("cart_abandoned", alice.pk))
    pipeline.apply_batch()
    entered = Event.objects.get(name="customer.segment.entered")
    with transaction.atomic():
        assert enrolling.enrol(Batch(database_now(), [entered], [alice.pk])) == 0
        thread = in_another_connection(lambda: lifecycle.set_live(draft))
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(10)
    assert len(shop.deliveries("alice")) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_never_take_the_same_message(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(codes=60))
    for number in range(60):
        shop.happens(f"customer{number}")
    threads = [in_another_connection(lambda: stages.work_for(20)) for _ in range(3)]
    for thread in threads:
        thread.join(30)
    shop.send()
    assert set(shop.states()) == {"SENT"}
    assert set(Delivery.objects.values_list("attempt_count", flat=True)) == {1}
    assert len(set(shop.codes())) == 60
