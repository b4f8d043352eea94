"""Two connections at once: whoever comes first, a customer is decided once and her edges are told once."""

import threading
from contextlib import ExitStack, contextmanager

import pytest
from django.db import connection, transaction

from events import pipeline, queueing
from events.clock import database_now
from events.pipeline import Batch
from segments import definition
from segments.membership import filling, reevaluating
from segments.models import Segment

WAIT_SECONDS = 20
VANISH = [
    f"DELETE FROM {table} WHERE {column} = %s"
    for table, column in (
        ("events_tally", "customer_id"), ("events_event", "customer_id"), ("customers_customer", "id"),
    )
]  # fmt: skip


@contextmanager
def elsewhere(work):
    """Run work on another connection; leaving waits for its end and passes on its error."""
    errors = []

    def run():
        try:
            work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    yield thread
    thread.join(WAIT_SECONDS)
    assert not thread.is_alive()
    assert errors == []


class HeldBatch:
    """Applies what is pending and holds the transaction open until it is let go."""

    def __init__(self):
        self.applied, self.go_on = threading.Event(), threading.Event()

    def __call__(self):
        with transaction.atomic():
            customer_ids = queueing.lock_customers()
            events = queueing.take(customer_ids, nobodys=True)
            reevaluating.reevaluate(Batch(database_now(), events, customer_ids))
            self.applied.set()
            assert self.go_on.wait(WAIT_SECONDS)


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_did_not_know_the_new_segment_is_made_good_by_the_fill(shop, abandoned):
    shop.customer("alice")
    pipeline.drain()
    shop.track("alice")
    held = HeldBatch()
    with elsewhere(held):
        assert held.applied.wait(WAIT_SECONDS)
        segment = shop.segment(abandoned(), fill=False)
        with elsewhere(filling.fill_some) as fill:
            # The batch holds alice, so the fill waits for what it makes of her.
            fill.join(0.3)
            assert fill.is_alive()
            held.go_on.set()
    shop.fill()
    assert shop.members(segment) == {"alice"}
    assert len(shop.stays(segment)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_fill_beside_a_batch_that_knows_the_segment_decides_nobody_twice(shop, abandoned):
    for name in ("alice", "bob"):
        shop.happens(name)
    segment = shop.segment(abandoned("exactly", 1), fill=False)
    shop.track("alice")
    held = HeldBatch()
    with elsewhere(held):
        assert held.applied.wait(WAIT_SECONDS)
        with elsewhere(filling.fill_some):
            held.go_on.set()
    shop.fill()
    assert shop.members(segment) == {"bob"}
    assert shop.told(segment) == [("alice", "left")]
    assert sorted((entry.customer.source_id, entry.epoch) for entry in shop.stays(segment)) == [
        ("alice", 1),
        ("bob", 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_workers_filling_one_segment_do_it_once(shop, abandoned):
    for number in range(20):
        shop.happens(f"customer {number}")
    segment = shop.segment(abandoned(), fill=False)
    with elsewhere(shop.fill):
        shop.fill()
    assert len(shop.members(segment)) == len(shop.stays(segment)) == 20


@pytest.mark.django_db(transaction=True)
def test_somebody_who_goes_while_a_fill_looks_at_her_is_left_out(shop, abandoned):
    shop.happens("alice")
    gone = shop.happens("bob").customer
    segment = shop.segment(abandoned(), fill=False)
    with ExitStack() as running, transaction.atomic():
        for statement in VANISH:
            with connection.cursor() as cursor:
                cursor.execute(statement, [gone.pk])
        fill = running.enter_context(elsewhere(filling.fill_some))
        # The fill found her, and waits to see whether she stays.
        fill.join(0.3)
        assert fill.is_alive()
    segment.refresh_from_db()
    assert (segment.fill, shop.members(segment)) == (Segment.Fill.DONE, {"alice"})


@pytest.mark.django_db(transaction=True)
def test_a_segment_that_is_edited_while_it_is_filled_keeps_no_member_of_the_earlier_filter(shop, abandoned):
    shop.happens("alice")
    segment = shop.segment(abandoned(), fill=False)
    with ExitStack() as running, transaction.atomic():
        definition.change(segment, filter=abandoned("at_least", 2))
        fill = running.enter_context(elsewhere(filling.fill_some))
        fill.join(0.3)
        assert fill.is_alive()
    assert shop.stays(segment) == []
    shop.fill()
    assert shop.members(segment) == set()
