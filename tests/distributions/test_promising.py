"""Messages that are written by the batch that asks for them."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError, IntegrityError

from campaigns.models import Publication, Voucher
from customers.models import Customer
from distributions import deliveries
from distributions.composing import kept
from distributions.models import Delivery, Distribution, DistributionChannel, Message
from distributions.planning import lifecycle
from distributions.sending import preparing, promising
from events import pipeline, tracking
from events.models import Event, PendingEvent
from events.pipeline import Batch
from events.tracking import Fact
from tests.distributions.conftest import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def step_by_step() -> None:
    """Not here."""


def published() -> int:
    return Voucher.objects.exclude(holder=None).count()


def test_one_batch_makes_entry_delivery_code_and_words(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    customer = shop.customer("alice")
    pipeline.drain()
    happened = tracking.track(Fact("cart_abandoned", customer.pk))
    assert pipeline.apply_batch() == 1
    assert shop.states("alice") == ["READY"]
    assert shop.codes("alice")[0] in shop.message("alice").html
    told = Event.objects.get(name="voucher.published")
    entered = Event.objects.get(name="customer.segment.entered")
    assert (entered.caused_by_id, told.caused_by_id, told.depth) == (happened.pk, entered.pk, 2)
    assert not PendingEvent.objects.exists()


def test_a_crash_of_the_batch_takes_everything_back(shop: Shop) -> None:
    shop.live(campaign=shop.campaign())
    with transaction.atomic():
        shop.happens("alice")
        transaction.set_rollback(True)
    assert (Delivery.objects.count(), Message.objects.count(), published()) == (0, 0, 0)


def test_what_cannot_be_written_at_once_is_left_to_the_senders(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.live(campaign=shop.campaign())
    freeze = deliveries.freeze

    def fail(_words: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr(deliveries, "freeze", fail)
    shop.happens("alice")
    assert (shop.states("alice"), published(), Publication.objects.count()) == (["NEW"], 0, 0)
    assert not Event.objects.filter(name="voucher.published").exists()
    assert not PendingEvent.objects.exists()
    monkeypatch.setattr(deliveries, "freeze", freeze)
    assert preparing.prepare() == 1
    assert (shop.states("alice"), published()) == (["READY"], 1)


def test_a_message_that_cannot_be_rendered_fails_alone(shop: Shop) -> None:
    broken = shop.live(campaign=shop.campaign())
    shop.live(campaign=shop.campaign())
    broken.channels.update(html="{% if %}", inlined_html="{% if %}")
    shop.happens("alice")
    assert sorted(shop.states("alice")) == ["FAILED", "READY"]


def test_the_same_batch_again_takes_no_code(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(), policy={"frequency": "every_event"})
    shop.happens("alice", times=3)
    events = list(Event.objects.filter(customer__source_id="alice").order_by("id"))
    batch = Batch(events[-1].received_at, events, [events[0].customer_id or 0])
    assert promising.keep([], batch) == 0
    again = [
        deliveries.NewDelivery(
            distribution_id=one.distribution_id, channel_id=one.channel_id, customer_id=one.customer_id,
            cause_event_id=one.cause_event_id, entry_id=one.entry_id, reason="", needs_code=True,
            created_at=batch.now, once_key=None, state="NEW", parked=False, due_at=batch.now,
        )
        for one in shop.deliveries("alice")
    ]  # fmt: skip
    assert promising.keep(again, batch) == 0
    assert (len(shop.deliveries()), published()) == (3, 3)


def test_who_had_it_once_takes_no_second_code(shop: Shop) -> None:
    segment = shop.segment(event="visited", operator="exactly", value=1)
    shop.live(segment, campaign=shop.campaign(), policy={"frequency": "once"}, trigger={"event": "visited"})
    shop.happens("alice", "visited")
    shop.happens("alice", "visited", times=2)
    assert (shop.states("alice"), published()) == (["READY"], 1)


def test_an_empty_pool_lets_the_message_wait(shop: Shop) -> None:
    shop.live(campaign=shop.campaign(codes=1))
    for name in ("alice", "bob"):
        shop.happens(name)
    assert (shop.states("alice"), shop.states("bob")) == (["READY"], ["WAITING_CODE"])


def test_what_waits_on_purpose_is_not_written_at_once(shop: Shop) -> None:
    paused = shop.live(campaign=shop.campaign())
    shop.live(campaign=shop.campaign(), policy={"delay_minutes": 5})
    lifecycle.pause(paused)
    shop.happens("alice")
    assert (shop.states("alice"), published()) == (["NEW", "NEW"], 0)


def test_no_more_are_written_at_once_than_a_batch_may_hold(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promising, "AT_ONCE_MOST", 2)
    shop.live(campaign=shop.campaign(), policy={"frequency": "every_event"})
    shop.happens("alice", times=5)
    # Four events in the first round, and in the second the entry that the first event made.
    assert sorted(shop.states("alice")) == ["NEW"] * 2 + ["READY"] * 3


@pytest.mark.parametrize("people", [1, 20])
def test_a_batch_costs_a_fixed_number_of_queries(shop: Shop, counted: Any, people: int) -> None:
    shop.live(campaign=shop.campaign(codes=50))
    kept._kept.clear()
    shop.happens("somebody")
    customers = [shop.customer(f"customer{number}") for number in range(people)]
    pipeline.drain()
    tracking.track_many([Fact("cart_abandoned", customer.pk) for customer in customers])
    # The batch: a savepoint and its end, locks, events, the clock. Judging: the version, tallies, memberships, segments,
    # memberships, entries, events. The orders, three times. Writing: a savepoint and its end, who had it, distributions,
    # customers, the project, suppressions, codes and their events, deliveries, messages. What she won and by whom. Who outside is told: the version.
    with counted(28, exact=False):
        pipeline.apply_batch()
    assert shop.states().count("READY") == people + 1


def test_words_that_were_changed_elsewhere_are_said_from_then_on(shop: Shop) -> None:
    distribution = shop.live()
    shop.happens("alice")
    DistributionChannel.objects.filter(distribution=distribution).update(subject="Now this")
    shop.happens("bob")
    assert shop.message("bob").subject == "Now this"
    assert shop.message("alice").subject != "Now this"


def test_words_of_a_change_that_was_taken_back_are_forgotten(shop: Shop) -> None:
    distribution = shop.live()
    shop.happens("alice")
    with transaction.atomic():
        for name in ("Not this", "Nor this"):
            Distribution.objects.filter(pk=distribution.pk).update(name=name)
            assert kept.distributions([distribution.pk])[distribution.pk].name == name
        transaction.set_rollback(True)
    assert kept.distributions([distribution.pk])[distribution.pk].name == distribution.name


def test_a_customer_with_a_history_cannot_vanish(shop: Shop) -> None:
    shop.happens("alice")
    with pytest.raises(DatabaseError, match="still named by"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM customers_customer")
    assert Customer.objects.exists()


def test_a_delivery_goes_through_a_channel_of_its_distribution(shop: Shop) -> None:
    one, other = shop.live(), shop.live()
    shop.happens("alice")
    with pytest.raises(IntegrityError, match="needs a channel"), transaction.atomic():
        Delivery.objects.create(
            distribution=one, channel=other.channels.get(), customer=Customer.objects.get(), due_at="2030-01-01T00:00Z"
        )
    with pytest.raises(IntegrityError, match="still has"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM distributions_distributionchannel")
