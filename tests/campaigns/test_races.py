"""Real connections, at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from campaigns import publishing
from campaigns.models import Campaign, Publication, Voucher
from campaigns.publishing import Wanted
from tests.campaigns.conftest import known

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[int], object], times: int) -> list[object]:
    """Do this so often at the same moment, each in a thread with a connection of its own."""
    barrier = threading.Barrier(times)

    def one(number: int) -> object:
        try:
            barrier.wait(30)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def test_two_connections_racing_for_the_last_code_give_it_once(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=1)
    racers = [known(f"racer-{number}") for number in range(2)]

    def claim(number: int) -> object:
        wanted = [Wanted(racers[number].pk, f"race-{number}")]
        return publishing.publish_many(campaign, wanted, channel="distribution")[f"race-{number}"]

    given = at_once(claim, 2)
    assert sum(publication is not None for publication in given) == 1
    assert Publication.objects.count() == Voucher.objects.filter(holder__isnull=False).count() == 1


def test_a_code_that_another_connection_is_claiming_is_skipped_not_waited_for(
    make_campaign: Callable[..., Campaign],
) -> None:
    campaign = make_campaign(codes=1)
    alice, bob = known("alice"), known("bob")
    claimed, answered = threading.Event(), threading.Event()

    def hold_and_give_back(_: int) -> None:
        with transaction.atomic():
            publishing.publish_many(campaign, [Wanted(alice.pk, "d1")], channel="distribution")
            claimed.set()
            answered.wait(10)
            transaction.set_rollback(True)

    def ask_meanwhile() -> object:
        claimed.wait(10)
        try:
            return publishing.publish_many(campaign, [Wanted(bob.pk, "d2")], channel="distribution")["d2"]
        finally:
            answered.set()

    holder = threading.Thread(target=lambda: at_once(hold_and_give_back, 1))
    holder.start()
    assert ask_meanwhile() is None
    holder.join()
    # The pool was never exhausted: the code was merely being claimed.
    assert publishing.publish_many(campaign, [Wanted(bob.pk, "d2")], channel="distribution")["d2"] is not None


def test_thirty_two_connections_never_give_a_code_twice(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=300)
    people = [known(f"person-{number}") for number in range(320)]

    def claim(number: int) -> dict:
        mine = people[number * 10 : number * 10 + 10]
        wanted = [Wanted(person.pk, f"source-{person.pk}") for person in mine]
        return publishing.publish_many(campaign, wanted, channel="distribution")

    given = [publication for part in at_once(claim, 32) for publication in part.values() if publication]
    assert len({publication.voucher_id for publication in given}) == len(given) <= 300
    for publication in Publication.objects.select_related("voucher"):
        assert publication.voucher.holder_id == publication.customer_id
    # Claims that came at the same moment may have left a few; whoever asks again gets them.
    left = [Wanted(person.pk, f"source-{person.pk}") for person in people]
    again = publishing.publish_many(campaign, left, channel="distribution")
    assert sum(publication is not None for publication in again.values()) == 300


def test_connections_with_one_source_share_one_code(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=20)
    alice = known("alice")

    def claim(_: int) -> str:
        wanted = [Wanted(alice.pk, "the-one"), Wanted(alice.pk, "the-other")]
        given = publishing.publish_many(campaign, wanted, channel="distribution")
        return ",".join(publication.voucher.code for publication in given.values())

    assert len(set(at_once(claim, 8))) == 1
    assert Voucher.objects.filter(holder__isnull=False).count() == 2


def test_a_customer_who_joins_at_the_same_moment_from_all_sides_gets_one_code(
    make_campaign: Callable[..., Campaign],
) -> None:
    campaign = make_campaign(codes=20, join_once=True)
    alice = known("alice")
    given = at_once(lambda number: publishing.publish(campaign, alice, source_id=f"side-{number}").voucher.code, 8)
    assert len(set(given)) == 1
    assert Voucher.objects.filter(holder=alice).count() == 1


def test_a_pool_that_runs_dry_under_many_hands_refills_itself(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=1, type="AUTO_UPDATE")
    people = [known(f"person-{number}") for number in range(8)]
    given = at_once(lambda number: publishing.publish(campaign, people[number]).voucher.code, 8)
    assert len(set(given)) == 8
