"""Codes that come to a dry pool wake those who wait for them, at the cost of one statement."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from campaigns import pools, vouchers
from campaigns.models import Campaign, Voucher
from distributions import reactions
from distributions.models import Delivery
from distributions.tasks import send_due
from distributions.telling import invariants
from events import pipeline
from events.clock import database_now
from events.models import Event
from events.pipeline import Batch
from tests.distributions.conftest import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(django_capture_on_commit_callbacks: Any) -> Callable[[Callable[[], object]], list[Any]]:
    """Return a function that does something and returns the tasks rung for after its commit."""

    def during(act: Callable[[], object]) -> list[Any]:
        # What was rung for before would not be rung for again in this transaction.
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks() as callbacks:
            act()
        return [callback.args[0] for callback in callbacks]

    return during


def order(shop: Shop, campaign: Campaign) -> None:
    pools.order_codes(campaign, 1)
    shop.make_codes()


def bring(shop: Shop, campaign: Campaign) -> None:
    pools.add_given(campaign, ["BROUGHT-1"])


def make_now(shop: Shop, campaign: Campaign) -> None:
    pools.make_now(campaign, 1)


def enable(shop: Shop, campaign: Campaign) -> None:
    vouchers.set_active(Voucher.objects.get(campaign=campaign), active=True)


def dry(shop: Shop, *names: str) -> Campaign:
    """Return a campaign whose one code is disabled, and for which these customers wait."""
    campaign = shop.campaign(codes=1)
    vouchers.set_active(Voucher.objects.get(campaign=campaign), active=False)
    shop.live(campaign=campaign)
    for name in names:
        shop.happens(name)
    shop.send()
    return campaign


def states(campaign: Campaign) -> list[str]:
    return sorted(Delivery.objects.filter(distribution__campaign=campaign).values_list("state", flat=True))


@pytest.mark.parametrize("replenish", [order, bring, make_now, enable])
def test_codes_that_come_wake_who_waits_and_ring_for_the_senders(
    shop: Shop, rung: Any, replenish: Callable[[Shop, Campaign], None]
) -> None:
    other, campaign = dry(shop), dry(shop, "alice", "bob")
    assert states(other) == states(campaign) == ["WAITING_CODE", "WAITING_CODE"]
    replenish(shop, campaign)
    assert send_due in rung(pipeline.drain)
    shop.send()
    assert (states(campaign), states(other)) == (["SENT", "WAITING_CODE"], ["WAITING_CODE", "WAITING_CODE"])
    assert all(verdict["ok"] for verdict in invariants.check().values())


def test_codes_for_which_nobody_waits_ring_for_nobody(shop: Shop, rung: Any) -> None:
    waited_for, campaign = dry(shop, "alice"), dry(shop)
    bring(shop, campaign)
    assert send_due not in rung(pipeline.drain)
    assert states(waited_for) == ["WAITING_CODE"]


def test_a_paused_distribution_is_not_woken(shop: Shop, rung: Any) -> None:
    campaign = dry(shop, "alice")
    campaign.distributions.update(status="PAUSED")
    bring(shop, campaign)
    assert send_due not in rung(pipeline.drain)


@pytest.mark.parametrize("names", [(), ("alice",), ("alice", "bob", "carol")], ids=len)
def test_a_million_codes_are_one_statement_whoever_waits(
    shop: Shop, django_assert_num_queries: Any, names: tuple[str, ...]
) -> None:
    campaign = dry(shop, *names)
    properties = {"campaign": {"id": campaign.public_id}, "count": 20_000}
    slices = [Event(name="voucher.created", properties=properties) for _ in range(50)]
    batch = Batch(database_now(), slices, [])
    with django_assert_num_queries(1):
        reactions.wake_waiting(batch)


def test_a_batch_without_codes_asks_nothing(shop: Shop, django_assert_num_queries: Any) -> None:
    batch = Batch(database_now(), [Event(name="cart_abandoned", properties={"campaign": "spring"})], [])
    with django_assert_num_queries(0):
        reactions.wake_waiting(batch)
