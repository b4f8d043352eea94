"""When a code can be used, and why not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns import usability, validity
from campaigns.models import Campaign, Voucher

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("of_voucher", "of_campaign", "key"),
    [
        pytest.param({}, {}, None, id="nothing said"),
        pytest.param({"active": False}, {}, "voucher_disabled", id="disabled"),
        pytest.param({"deleted_at": NOON}, {}, "voucher_disabled", id="deleted"),
        pytest.param({}, {"active": False}, "campaign_not_active", id="campaign disabled"),
        pytest.param({}, {"start_date": NOON + DAY}, "voucher_not_active", id="campaign not begun"),
        pytest.param({"starts_at": NOON - DAY}, {"start_date": NOON + DAY}, None, id="own begin first"),
        pytest.param({}, {"expiration_date": NOON}, "voucher_expired", id="campaign over"),
        pytest.param({"expires_at": NOON + DAY}, {"expiration_date": NOON - DAY}, None, id="own end first"),
        pytest.param({"validity": {"day_of_week": [3]}}, {}, None, id="the day"),
        pytest.param({"validity": {"day_of_week": [0]}}, {}, "voucher_not_active_now", id="another day"),
        pytest.param(
            {}, {"validity": {"day_of_week": [0]}}, "voucher_not_active_now", id="another day of the campaign"
        ),
    ],
)
def test_a_code_is_refused_with_its_reason(of_voucher: dict, of_campaign: dict, key: str | None) -> None:
    voucher = Voucher(code="A", campaign=Campaign(name="C", discount={}, **of_campaign), **of_voucher)
    refused = usability.refusal(voucher, NOON, "UTC")
    assert (refused and refused.key) == key


def _hours(start: str, end: str, *days: int) -> dict[str, Any]:
    span = {"start_time": start, "expiration_time": end, **({"days_of_week": list(days)} if days else {})}
    return {"hours": {"daily": [span]}}


@pytest.mark.parametrize(
    ("hours", "at", "is_open"),
    [
        (_hours("09:00", "13:00"), NOON, True),
        (_hours("13:00", "14:00"), NOON, False),
        (_hours("22:00", "02:00", 2), NOON.replace(hour=1), True),
        (_hours("22:00", "02:00", 3), NOON.replace(hour=1), False),
        (_hours("22:00", "02:00", 3), NOON.replace(hour=23), True),
        ({"timeframe": {"interval": "P2D", "duration": "PT1H"}}, NOON + 2 * DAY, True),
        ({"timeframe": {"interval": "P2D", "duration": "PT1H"}}, NOON + DAY, False),
    ],
)
def test_hours_are_judged_by_the_shops_clock(hours: dict, at: datetime, is_open: bool) -> None:
    assert validity.is_open(hours, NOON, at, "UTC") is is_open


def test_the_shops_zone_decides_which_day_it_is() -> None:
    late = NOON.replace(hour=20)
    assert validity.is_open({"day_of_week": [4]}, None, late, "Asia/Tokyo")
    assert not validity.is_open({"day_of_week": [4]}, None, late, "UTC")
