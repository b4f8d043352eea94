"""How full the pools of campaigns are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from campaigns.models import Campaign, Voucher


@dataclass(frozen=True)
class Level:
    """How full a pool is: codes that exist, that can be given now, and that customers hold."""

    total: int
    free: int
    published: int


def of(campaign: Campaign) -> Level:
    return of_all([campaign])[campaign.pk]


def of_all(campaigns: Iterable[Campaign]) -> dict[int, Level]:
    """Count the pools of these campaigns, in one query that reads one index."""
    chosen = {campaign.pk: campaign for campaign in campaigns}
    counted = (
        Voucher.objects.unpublished()
        .filter(campaign__in=chosen)
        .order_by()
        .values("campaign_id")
        .annotate(free=Count("id", filter=Q(active=True)), unpublished=Count("id"))
    )
    found = {row["campaign_id"]: (row["free"], row["unpublished"]) for row in counted}
    result = {}
    for key, campaign in chosen.items():
        free, unpublished = found.get(key, (0, 0))
        result[key] = Level(campaign.codes_made, free, max(campaign.codes_made - unpublished, 0))
    return result
