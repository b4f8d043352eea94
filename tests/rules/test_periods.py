"""Days, weeks and months begin where the project is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campaigns.rules import names
from campaigns.rules.periods import beginning

# 23:30 on a Sunday in UTC: Monday the second of March already in Amsterdam, still Sunday in New York.
NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "zone", "began"),
    [
        ("daily", "UTC", datetime(2026, 3, 1, tzinfo=UTC)),
        ("daily", "Europe/Amsterdam", datetime(2026, 3, 1, 23, tzinfo=UTC)),
        ("daily", "America/New_York", datetime(2026, 3, 1, 5, tzinfo=UTC)),
        ("weekly", "UTC", datetime(2026, 2, 23, tzinfo=UTC)),
        ("weekly", "Europe/Amsterdam", datetime(2026, 3, 1, 23, tzinfo=UTC)),
        ("monthly", "UTC", datetime(2026, 3, 1, tzinfo=UTC)),
        ("monthly", "America/New_York", datetime(2026, 3, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_period_begins_at_midnight_of_the_projects_zone(period: str, zone: str, began: datetime) -> None:
    assert beginning(f"redemption.count.{period}", NOW, ZoneInfo(zone)) == began


def test_the_night_of_a_changed_clock_is_one_day() -> None:
    after = datetime(2026, 3, 29, 12, tzinfo=UTC)
    assert beginning("redemption.count.daily", after, ZoneInfo("Europe/Amsterdam")) == datetime(
        2026, 3, 28, 23, tzinfo=UTC
    )


def test_every_counting_name_without_a_period_counts_from_ever() -> None:
    counted = [name.name for name in names.NAMES.values() if name.is_counted]
    whole = {name for name in counted if beginning(name, NOW, UTC) is None}
    assert whole == {name for name in counted if not name.endswith(("daily", "weekly", "monthly"))}
