"""More codes for a campaign, ordered with a record by which the caller can follow them."""

from collections.abc import Sequence

from django.db import transaction

from backlog import asking
from backlog.models import AsyncAction
from backlog.rows import Outcome, Refusal, Row
from campaigns import pools
from campaigns.bringing import GENERATE
from campaigns.facts import Origin
from campaigns.models import Campaign
from campaigns.pools import SLICE


def order(campaign: Campaign, count: int, *, origin: Origin, key_id: int | None = None) -> AsyncAction:
    """Order so many more codes; each row of the record stands for one slice of them."""
    sizes = [min(SLICE, count - begun) for begun in range(0, count, SLICE)]
    with transaction.atomic():
        pools.order_codes(campaign, count, origin)
        return asking.ask(
            GENERATE,
            [Row(line, size) for line, size in enumerate(sizes, 1)],
            scope="campaigns",
            about=campaign.public_id,
            group_id=origin.group_id,
            key_id=key_id,
            source=origin.source,
            per_slice=1,
        )


def perform(action: AsyncAction, rows: Sequence[Row]) -> Outcome:
    """Make a slice of what is ordered and not made yet, beside whoever makes codes already."""
    campaign = Campaign.objects.filter(public_id=action.about).first()
    if campaign is None:
        return Outcome(refused=[Refusal(row.line, "", "The campaign was deleted.") for row in rows])
    pools.make_for_order(campaign, sum(row.said for row in rows), Origin(action.source, action.request_id))
    if campaign.generation_error:
        return Outcome(refused=[Refusal(row.line, campaign.name, campaign.generation_error) for row in rows])
    return Outcome(len(rows))
