import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from customers.models import Customer
from events import pipeline, queueing, tracking
from events.clock import database_now
from events.models import Event, PendingEvent
from events.tracking import Fact
from tests.events import reactions

People = Callable[[str], Customer]
React = Callable[[str], None]


@pytest.mark.django_db
def test_events_reach_the_reactions_once_and_in_order(person: People, react: React) -> None:
    alice, bob = person("alice"), person("bob")
    tracking.track_many([Fact(f"step_{n}", who.pk) for n in range(3) for who in (alice, bob)])
    react("remember")
    assert pipeline.drain() == 8
    assert pipeline.drain() == 0
    alices = [event.name for event in reactions.batches[0].events if event.customer_id == alice.pk]
    assert alices == ["customer.created", "step_0", "step_1", "step_2"]
    assert reactions.batches[0].customer_ids == [alice.pk, bob.pk]
    assert not pipeline.has_work(database_now())


@pytest.mark.django_db
def test_an_event_comes_as_it_was_stored(person: People, react: React) -> None:
    alice = person("alice")
    tracked = tracking.track(Fact("paid", alice.pk, {"total": 1.5, "lines": [{"sku": "s"}]}, entity_id="ord_1"))
    react("remember")
    pipeline.drain()
    handed = reactions.batches[0].events[-1]
    stored = Event.objects.get(pk=tracked.pk)
    assert {field.attname: getattr(handed, field.attname) for field in Event._meta.fields} == {
        field.attname: getattr(stored, field.attname) for field in Event._meta.fields
    }


@pytest.mark.django_db
def test_an_event_of_nobody_is_handed_over_too(react: React) -> None:
    tracking.track(Fact("campaign.created"))
    react("remember")
    assert pipeline.drain() == 1
    assert reactions.seen() == ["campaign.created"]


@pytest.mark.django_db
def test_only_the_poisonous_event_stays_behind(person: People, react: React) -> None:
    _alice, bob, carol = (person(name) for name in ("alice", "bob", "carol"))
    tracking.track(Fact("campaign.created"))
    facts = [Fact("before", bob.pk), Fact("poison", bob.pk), Fact("after", bob.pk), Fact("fine", carol.pk)]
    tracking.track_many(facts)
    react("refuse_poison")
    pipeline.drain()
    left = PendingEvent.objects.get()
    assert (left.customer_id, left.attempts, left.quarantined_at is not None) == (bob.pk, 5, True)
    assert left.error == "Poisoned: cannot digest {}"
    bobs = [e.name for batch in reactions.batches for e in batch.events if e.customer_id == bob.pk]
    assert bobs == ["customer.created", "before", "after"]
    assert sorted(reactions.seen()) == sorted(
        ["customer.created"] * 3 + ["before", "after", "fine", "campaign.created"]
    )


@pytest.mark.django_db
def test_what_was_set_aside_can_be_put_back(person: People, react: React) -> None:
    poison = tracking.track(Fact("poison", person("bob").pk))
    react("refuse_poison")
    pipeline.drain()
    react("remember")
    assert queueing.put_back([poison.pk]) == 1
    assert pipeline.drain() == 1


@pytest.mark.django_db
def test_a_loop_of_causes_comes_to_an_end(person: People, react: React) -> None:
    tracking.track(Fact("echo", person("alice").pk))
    react("echo")
    pipeline.drain()
    deepest = Event.objects.order_by("-depth").first()
    assert deepest.depth == pipeline.DEPTH_MOST + 1
    assert not PendingEvent.objects.exists()


@pytest.mark.django_db
def test_what_a_reaction_makes_happen_is_reacted_to_in_the_same_batch(person: People, react: React) -> None:
    first = tracking.track(Fact("echo", person("alice").pk))
    react("echo")
    applied = pipeline.apply_batch()
    assert applied == 2
    # One round for each depth, and one in which what lies beyond is only told.
    *live, last = reactions.batches
    assert len(live) == pipeline.DEPTH_MOST + 1
    assert (last.events, len(last.beyond)) == ([], 2)
    assert {tuple(batch.customer_ids) for batch in reactions.batches} == {(first.customer_id,)}
    assert [event.caused_by_id for event in reactions.batches[1].events][1] == first.pk
    assert not PendingEvent.objects.exists()


@pytest.mark.django_db
def test_what_happens_to_somebody_else_waits_in_the_queue(person: People, react: React) -> None:
    alice, bob = person("alice"), person("bob")
    react("remember")
    pipeline.drain()
    tracking.track(Fact("greet", alice.pk, {"whom": bob.pk}))
    react("greet")
    assert pipeline.apply_batch() == 1
    assert PendingEvent.objects.get().customer_id == bob.pk
    assert pipeline.apply_batch() == 1


@pytest.mark.django_db
def test_what_follows_a_failed_attempt_is_forgotten_with_it(person: People, react: React) -> None:
    tracking.track(Fact("step", person("alice").pk))
    react("fail_after_telling")
    pipeline.drain()
    assert "told" not in reactions.seen()
    assert not Event.objects.filter(name="told").exists()


@pytest.mark.django_db
def test_events_without_a_cause_that_never_end_are_left_to_the_queue(person: People, react: React) -> None:
    tracking.track(Fact("step", person("alice").pk))
    react("chatter")
    pipeline.apply_batch()
    assert PendingEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_batch_costs_five_queries_whatever_its_size(
    person: People, react: React, django_assert_num_queries: Any
) -> None:
    react("remember")
    pipeline.drain()
    for size in (1, 30):
        tracking.track_many([Fact("step", person(f"{size}-{n}").pk) for n in range(size)])
        # Savepoint, lock the customers, take their events, read the clock, release.
        with django_assert_num_queries(5):
            pipeline.apply_batch()


@pytest.mark.django_db
def test_waiting_returns_when_what_was_accepted_is_applied(person: People, react: React) -> None:
    react("remember")
    tracking.track(Fact("step", person("alice").pk))
    assert pipeline.wait_until_applied()
    assert reactions.seen() == ["customer.created", "step"]


@pytest.mark.django_db(transaction=True)
def test_a_customer_who_is_being_worked_on_is_left_to_that_worker(person: People, react: React) -> None:
    alice, bob = person("alice"), person("bob")
    react("remember")
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            queueing.lock_these_customers([alice.pk])
            held.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    pipeline.drain()
    assert [event.customer_id for batch in reactions.batches for event in batch.events] == [bob.pk]
    assert not pipeline.wait_until_applied(seconds=0.05)
    done.set()
    other.join()
    assert pipeline.drain() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_apply_each_event_once(person: People, react: React) -> None:
    people = [person(f"p{n}") for n in range(20)]
    tracking.track_many([Fact("step", who.pk) for who in people for _ in range(5)])
    react("remember")

    def work() -> None:
        while PendingEvent.objects.exists():
            pipeline.drain()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ids = [event.id for batch in reactions.batches for event in batch.events]
    assert len(ids) == len(set(ids)) == 120
