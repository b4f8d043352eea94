import pytest
from redis import Redis

from campaigns import creation, pools, tasks

FLAG = "promo:doorbell:campaigns.tasks.make_codes"


@pytest.mark.django_db
def test_the_task_makes_codes_for_one_turn_and_rings_again_while_orders_are_open(
    clean_broker: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pools, "SLICE", 10)
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.0)
    campaign = creation.create(name="Cart rescue", discount={"type": "PERCENT", "percent_off": 5}, vouchers_count=15)
    tasks.make_codes()
    assert clean_broker.exists(FLAG)
    tasks.make_codes()
    assert not clean_broker.exists(FLAG)
    tasks.make_codes()
    campaign.refresh_from_db()
    assert campaign.codes_made == 15
