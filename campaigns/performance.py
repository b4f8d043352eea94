"""How a campaign does, day by day: codes issued, redemptions, revenue and the discount that it cost."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from access import money, project
from campaigns import levels
from campaigns.models import Campaign, Publication, RedemptionCounter

DAYS = 30
DARK = "--color-primary-700"


@dataclass(frozen=True)
class Day:
    """What happened on one day of the project's calendar; amounts in cents."""

    day: date
    issued: int = 0
    redeemed: int = 0
    revenue: int = 0
    discount: int = 0


@dataclass(frozen=True)
class Performance:
    """The last days of a campaign, and what it came to over all its time."""

    days: Sequence[Day]
    issued: int
    redeemed: int
    revenue: str
    discount: str
    currency: str

    @property
    def has_moved(self) -> bool:
        return bool(self.issued or self.redeemed)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The days on which something happened, latest first, as people read them."""
        moved = [day for day in reversed(self.days) if day.issued or day.redeemed or day.revenue or day.discount]
        return [
            asdict(day) | {name: money.in_words(getattr(day, name), self.currency) for name in ("revenue", "discount")}
            for day in moved
        ]

    @property
    def counts(self) -> str:
        """The chart of what was issued and redeemed."""
        issued, redeemed = [day.issued for day in self.days], [day.redeemed for day in self.days]
        return self._chart(_line("Issued", issued, "--color-primary-300"), _line("Redeemed", redeemed, DARK))

    @property
    def amounts(self) -> str:
        """The chart of revenue and discount, in whole units of the currency."""
        revenue = [self._whole(day.revenue) for day in self.days]
        discount = [self._whole(day.discount) for day in self.days]
        return self._chart(_line("Revenue", revenue, DARK), _line("Discount", discount, "--color-orange-500"))

    def _chart(self, *lines: dict[str, Any]) -> str:
        return json.dumps({"labels": [f"{day.day:%b} {day.day.day}" for day in self.days], "datasets": lines})

    def _whole(self, cents: int) -> float:
        return float(money.written(cents, self.currency) or 0)


def _line(label: str, data: Sequence[float], colour: str) -> dict[str, Any]:
    paint = f"var({colour})"
    look = {"backgroundColor": paint, "borderColor": paint, "displayYAxis": True, "maxTicksXLimit": 10}
    return {"label": label, "data": data, **look}


def of(campaign: Campaign, now: datetime) -> Performance:
    """Return how the campaign does; three queries, the level of its pool not counted."""
    settings = project.current()
    sums = RedemptionCounter.objects.filter(campaign=campaign).aggregate(
        redeemed=Sum("redemptions", default=0),
        revenue=Sum("orders_amount", default=0),
        discount=Sum("discount_amount", default=0),
    )
    return Performance(
        days=_days(campaign, now, ZoneInfo(settings.time_zone)),
        issued=levels.of(campaign).published if campaign.voucher_kind else 0,
        redeemed=sums["redeemed"],
        revenue=money.in_words(sums["revenue"], settings.currency),
        discount=money.in_words(sums["discount"], settings.currency),
        currency=settings.currency,
    )


def _days(campaign: Campaign, now: datetime, zone: ZoneInfo) -> list[Day]:
    today = now.astimezone(zone).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    issued, redeemed = _issued(campaign, days[0], zone), _redeemed(campaign, days[0])
    return [Day(day, issued.get(day, 0), *redeemed.get(day, (0, 0, 0))) for day in days]


def _issued(campaign: Campaign, first: date, zone: ZoneInfo) -> dict[date, int]:
    since = datetime.combine(first, time(), zone)
    rows = Publication.objects.filter(campaign=campaign, created_at__gte=since).order_by()
    counted = rows.values(on=TruncDate("created_at", tzinfo=zone)).annotate(count=Count("id"))
    return {row["on"]: row["count"] for row in counted}


def _redeemed(campaign: Campaign, first: date) -> dict[date, tuple[int, int, int]]:
    rows = RedemptionCounter.objects.filter(campaign=campaign, day__gte=first).order_by()
    counted = rows.values("day").annotate(n=Sum("redemptions"), paid=Sum("orders_amount"), off=Sum("discount_amount"))
    return {row["day"]: (row["n"], row["paid"], row["off"]) for row in counted}
