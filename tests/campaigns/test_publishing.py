from collections.abc import Callable
from datetime import timedelta

import pytest

from access.problems import Problem
from campaigns import creation, publishing
from campaigns.models import Campaign, Publication, Voucher
from campaigns.publishing import Wanted
from customers.models import Customer
from events.models import Event, Tally

pytestmark = pytest.mark.django_db


def give(campaign: Campaign, *wanted: Wanted, **options: str) -> dict[str, Publication | None]:
    return publishing.publish_many(campaign, list(wanted), channel="distribution", **options)


def codes_of(published: dict[str, Publication | None]) -> list[str | None]:
    return [publication and publication.voucher.code for publication in published.values()]


def test_each_customer_gets_a_code_of_her_own(
    make_campaign: Callable[..., Campaign], alice: Customer, bob: Customer
) -> None:
    published = give(make_campaign(), Wanted(alice.pk, "d1"), Wanted(bob.pk, "d2"))
    assert len(set(codes_of(published))) == 2
    for source, customer in (("d1", alice), ("d2", bob)):
        stored = Publication.objects.get(source_id=source)
        assert stored.customer == stored.voucher.holder == customer
        assert stored.voucher.published_at


def test_the_same_source_is_given_its_code_again(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign()
    first = give(campaign, Wanted(alice.pk, "d1"))
    assert codes_of(give(campaign, Wanted(alice.pk, "d1"))) == codes_of(first)
    assert Publication.objects.count() == Voucher.objects.filter(holder=alice).count() == 1


def test_an_empty_pool_gives_nothing_now_and_something_later(
    make_campaign: Callable[..., Campaign], alice: Customer, bob: Customer
) -> None:
    campaign = make_campaign(codes=1)
    published = give(campaign, Wanted(alice.pk, "d1"), Wanted(bob.pk, "d2"))
    assert (published["d1"] is None) != (published["d2"] is None)
    from_elsewhere = give(campaign, Wanted(bob.pk, "d3"))
    assert from_elsewhere == {"d3": None}


def test_an_auto_updating_campaign_makes_codes_when_it_ran_dry(
    make_campaign: Callable[..., Campaign], alice: Customer, bob: Customer
) -> None:
    campaign = make_campaign(codes=1, type="AUTO_UPDATE")
    published = give(campaign, Wanted(alice.pk, "d1"), Wanted(bob.pk, "d2"))
    assert None not in published.values()
    campaign.refresh_from_db()
    assert campaign.codes_made == campaign.codes_wanted == 1 + publishing.REFILL


def test_disabled_and_ended_codes_are_not_given(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign(codes=2)
    first, second = Voucher.objects.all()
    Voucher.objects.filter(pk=first.pk).update(active=False)
    Voucher.objects.filter(pk=second.pk).update(expires_at="2020-01-01T00:00Z")
    assert give(campaign, Wanted(alice.pk, "d1")) == {"d1": None}


def test_an_ended_campaign_gives_nothing(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign(expiration_date="2020-01-01T00:00:00Z")
    assert give(campaign, Wanted(alice.pk, "d1")) == {"d1": None}


def test_a_disabled_campaign_still_gives(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = creation.set_active(make_campaign(), active=False)
    assert give(campaign, Wanted(alice.pk, "d1"))["d1"] is not None


def test_a_campaign_that_is_joined_once_gives_a_customer_one_code(
    make_campaign: Callable[..., Campaign], alice: Customer, bob: Customer
) -> None:
    campaign = make_campaign(join_once=True)
    first = give(campaign, Wanted(alice.pk, "d1"), Wanted(alice.pk, "d2"), Wanted(bob.pk, "d3"))
    again = give(campaign, Wanted(alice.pk, "d4"))
    assert len({*codes_of(first)[:2], *codes_of(again)}) == 1
    assert Voucher.objects.filter(holder__isnull=False).count() == 2
    assert Publication.objects.filter(customer=alice).count() == 3
    assert Event.objects.filter(name="voucher.published").count() == 2


def test_the_same_code_is_given_again_only_while_it_can_be_used(
    make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    campaign = make_campaign()
    first = give(campaign, Wanted(alice.pk, "d1"))
    assert codes_of(give(campaign, Wanted(alice.pk, "d2"), same_within="d")) == codes_of(first)
    Voucher.objects.filter(holder=alice).update(expires_at="2020-01-01T00:00Z")
    assert codes_of(give(campaign, Wanted(alice.pk, "d3"), same_within="d")) != codes_of(first)


def test_the_same_code_is_the_one_given_under_the_same_name(
    make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    campaign = make_campaign()
    first = give(campaign, Wanted(alice.pk, "d:1"), same_within="d:")
    newer_from_elsewhere = give(campaign, Wanted(alice.pk, "other:1"))
    assert codes_of(newer_from_elsewhere) != codes_of(first)
    assert codes_of(give(campaign, Wanted(alice.pk, "d:2"), same_within="d:")) == codes_of(first)


def test_a_code_lasts_as_long_as_the_campaign_says_from_its_publication(
    make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    give(make_campaign(activity_duration_after_publishing="P7D"), Wanted(alice.pk, "d1"))
    voucher = Voucher.objects.get(holder=alice)
    assert voucher.expires_at - voucher.published_at == timedelta(days=7)


def test_every_code_given_is_told_and_tallied(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign()
    cause = Event.objects.create(name="cart_abandoned", customer=alice, occurred_at="2026-01-02T10:00Z")
    published = give(campaign, Wanted(alice.pk, "d1", {"wave": 2}, cause))["d1"]
    told = Event.objects.get(name="voucher.published")
    assert (told.customer, told.caused_by_id, told.depth) == (alice, cause.id, 1)
    assert told.properties["voucher"]["code"] == published.voucher.code
    assert told.properties["campaign"]["id"] == campaign.public_id
    assert told.properties["publication"]["source_id"] == "d1"
    assert Tally.objects.get(customer=alice, event_name="voucher.published").count == 1
    assert Publication.objects.get().metadata == {"wave": 2}


@pytest.mark.parametrize("size", [1, 50])
def test_a_batch_takes_as_many_queries_as_one(
    make_campaign: Callable[..., Campaign], alice: Customer, django_assert_num_queries: Callable, size: int
) -> None:
    campaign = make_campaign(codes=60)
    wanted = [Wanted(alice.pk, f"d{number}") for number in range(size)]
    # The claim, which finds what the sources were given before; the clock, the events; each once.
    with django_assert_num_queries(3):
        give(campaign, *wanted)


def test_asking_for_several_codes_is_all_or_nothing(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign(codes=3)
    with pytest.raises(Problem) as refused:
        publishing.publish(campaign, alice, count=4)
    assert refused.value.key == "no_voucher_suitable_for_publication"
    assert not Voucher.objects.filter(holder=alice).exists()
    publication = publishing.publish(campaign, alice, count=3, source_id="three")
    assert publication.parts.count() == 2
    assert Publication.objects.whole().count() == 1
    assert publishing.publish(campaign, alice, count=3, source_id="three") == publication


def test_a_source_belongs_to_one_customer_and_campaign(
    make_campaign: Callable[..., Campaign], alice: Customer, bob: Customer
) -> None:
    campaign, other = make_campaign(), make_campaign("Other")
    publishing.publish(campaign, alice, source_id="mail-1")
    for again in (lambda: publishing.publish(campaign, bob, source_id="mail-1"),
                  lambda: publishing.publish(other, alice, source_id="mail-1")):  # fmt: skip
        with pytest.raises(Problem) as refused:
            again()
        assert refused.value.key == "duplicate_source_id"


def test_a_certain_code_is_given_once(make_campaign: Callable[..., Campaign], alice: Customer, bob: Customer) -> None:
    campaign = make_campaign()
    code = Voucher.objects.last().code
    assert publishing.publish(campaign, alice, code=code).voucher.code == code
    with pytest.raises(Problem) as refused:
        publishing.publish(campaign, bob, code=code)
    assert refused.value.key == "voucher_already_published"
    assert publishing.publish(campaign, alice, code=code, join_once=True).voucher.code == code
