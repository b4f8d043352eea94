from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from access.problems import Problem
from campaigns import creation, levels, pools
from campaigns.models import Campaign, Voucher
from events.models import Event

PERCENT = {"type": "PERCENT", "percent_off": 5}
pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """What a worker that is killed leaves behind is what this leaves behind: nothing of the open transaction."""


def test_codes_are_ordered_at_once_and_made_later() -> None:
    campaign = creation.create(name="Cart rescue", discount=PERCENT, vouchers_count=25)
    assert campaign.generation == Campaign.Generation.IN_PROGRESS
    assert pools.has_work()
    assert pools.make_some() == 25
    campaign.refresh_from_db()
    assert campaign.generation == Campaign.Generation.DONE
    assert levels.of(campaign) == levels.Level(total=25, free=25, published=0)
    assert pools.make_some() == 0


def test_campaigns_with_open_orders_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "SLICE", 10)
    first = creation.create(name="First", discount=PERCENT, vouchers_count=30)
    second = creation.create(name="Second", discount=PERCENT, vouchers_count=30)
    made = []
    for _ in range(4):
        pools.make_some()
        for campaign in (first, second):
            campaign.refresh_from_db()
        made.append((first.codes_made, second.codes_made))
    assert made == [(10, 0), (10, 10), (20, 10), (20, 20)]


def test_a_worker_killed_within_a_slice_leaves_the_order_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "SLICE", 10)
    campaign = creation.create(name="Cart rescue", discount=PERCENT, vouchers_count=25)
    pools.make_some()

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(pools, "track", die)
        with pytest.raises(Killed):
            pools.make_some()
    campaign.refresh_from_db()
    assert (campaign.codes_made, Voucher.objects.count()) == (10, 10)
    while pools.make_some():
        pass
    campaign.refresh_from_db()
    assert (campaign.codes_made, Voucher.objects.count()) == (25, 25)


def test_a_collision_with_a_code_of_another_campaign_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    first = creation.create(name="First", discount=PERCENT, vouchers_count=5)
    pools.make_some()
    theirs = list(Voucher.objects.filter(campaign=first).values_list("code", flat=True))
    drawn = iter([[*theirs[:2], "FRESH1", "FRESH2"], ["FRESH3", "FRESH4"]])
    monkeypatch.setattr(pools.codes, "generate", lambda *_: next(drawn))
    second = creation.create(name="Second", discount=PERCENT, vouchers_count=4)
    assert pools.make_some() == 4
    assert set(Voucher.objects.filter(campaign=second).values_list("code", flat=True)) == {
        f"FRESH{n}" for n in range(1, 5)
    }


def test_an_order_whose_codes_cannot_be_found_fails_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    first = creation.create(name="First", discount=PERCENT, vouchers_count=2)
    pools.make_some()
    theirs = list(Voucher.objects.filter(campaign=first).values_list("code", flat=True))
    monkeypatch.setattr(pools.codes, "generate", lambda *_: theirs)
    second = creation.create(name="Second", discount=PERCENT, vouchers_count=2)
    pools.make_some()
    second.refresh_from_db()
    assert second.generation == Campaign.Generation.FAILED
    assert "random symbols" in second.generation_error
    assert not pools.has_work()


def test_more_codes_than_the_pattern_can_hide_are_refused(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=80, code_config={"pattern": "####"})
    with pytest.raises(Problem, match="cannot be made") as refused:
        pools.order_codes(campaign, 1000)
    assert refused.value.key == "invalid_code_config"


def test_a_slice_is_told_by_one_event() -> None:
    campaign = creation.create(name="Cart rescue", discount=PERCENT, vouchers_count=1000)
    pools.make_some()
    told = Event.objects.get(name="voucher.created")
    assert (told.entity_id, told.properties["count"]) == (campaign.public_id, 1000)


def test_given_codes_that_exist_stay_whose_they_are(make_campaign: Callable[..., Campaign]) -> None:
    first, second = make_campaign("First", codes=0), make_campaign("Second", codes=0)
    pools.add_given(first, ["SUMMER1", "SUMMER2"])
    assert pools.add_given(second, ["SUMMER2", "SUMMER3"]) == pools.Given(1, frozenset({"SUMMER2"}))
    assert levels.of(second).total == 1


def test_the_levels_of_all_campaigns_take_one_query(
    make_campaign: Callable[..., Campaign], django_assert_num_queries: Callable
) -> None:
    campaigns = [make_campaign(f"Campaign {number}") for number in range(4)]
    with django_assert_num_queries(1):
        counted = levels.of_all(campaigns)
    assert [counted[campaign.pk].free for campaign in campaigns] == [3, 3, 3, 3]


def test_a_held_code_cannot_be_handed_on(make_campaign: Callable[..., Campaign], alice: object, bob: object) -> None:
    campaign = make_campaign(codes=1)
    Voucher.objects.filter(campaign=campaign).update(holder=alice, published_at="2026-01-02T10:00Z")
    for change in ("holder_id = %s", "holder_id = NULL, published_at = NULL", "code = 'OTHER'"):
        values = [bob.pk] if "%s" in change else []
        with (
            pytest.raises(Exception, match="does not change hands"),
            connection.cursor() as cursor,
            transaction.atomic(),
        ):
            cursor.execute(f"UPDATE campaigns_voucher SET {change}", values)
    with pytest.raises(Exception, match="does not change hands"), transaction.atomic():
        Voucher.objects.all().delete()


def test_a_code_has_a_campaign_and_a_campaign_with_codes_stays(make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign(codes=1)
    with pytest.raises(IntegrityError, match="needs a campaign"), transaction.atomic():
        Voucher.objects.create(code="ORPHAN", campaign_id=campaign.pk + 1000)
    with pytest.raises(IntegrityError, match="still has codes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM campaigns_campaign WHERE id = %s", [campaign.pk])
