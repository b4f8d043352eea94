"""How often something was redeemed before, as the rules of a wish ask; and the sums that campaigns keep for it.

What is asked of a campaign as a whole is read from its counters, whose number does not grow with its redemptions; what
is asked of one code, tier or customer is counted by its index. Whoever counts to judge holds the campaign's gate, so
that two redeemers never see the same last use.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Final

import orjson
from django.db import connection
from django.db.models import Count, QuerySet, Sum

from access import turns
from campaigns.incentives import GIFT
from campaigns.models import Campaign, PromotionTier, Redemption, RedemptionCounter, Voucher
from campaigns.promotions import counting as tiers
from campaigns.rules.periods import beginning
from events.recording import Beside
from orders.cart import Cart

# In one order, so that two who count for the same campaigns cannot wait for one another.
ADD = """
    INSERT INTO campaigns_redemptioncounter AS known
        (campaign_id, day, part, redemptions, orders_amount, discount_amount, gift_amount)
    SELECT campaign_id, day, part, redemptions, orders_amount, discount_amount, gift_amount
    FROM jsonb_populate_recordset(NULL::campaigns_redemptioncounter, %(counts)s::jsonb) ORDER BY campaign_id, day, part
    ON CONFLICT (campaign_id, day, part) DO UPDATE SET
        redemptions = known.redemptions + excluded.redemptions,
        orders_amount = known.orders_amount + excluded.orders_amount,
        discount_amount = known.discount_amount + excluded.discount_amount,
        gift_amount = known.gift_amount + excluded.gift_amount
"""
SUMS: Final = ("redemptions", "orders_amount", "discount_amount", "gift_amount")
ADD_VALIDATIONS = """
    INSERT INTO campaigns_redemptioncounter AS known (campaign_id, day, part, redemptions, orders_amount,
        discount_amount, gift_amount, validations_succeeded, validations_failed)
    SELECT campaign, %s, %s, 0, 0, 0, 0, %s, %s FROM unnest(%s::bigint[]) AS campaign ORDER BY campaign
    ON CONFLICT (campaign_id, day, part) DO UPDATE SET
        validations_succeeded = known.validations_succeeded + excluded.validations_succeeded,
        validations_failed = known.validations_failed + excluded.validations_failed
"""
OF_CAMPAIGN = {
    "campaign.orders.amount": "orders_amount",
    "campaign.orders.amount_discounted": "discount_amount",
    "campaign.redemptions.count": "redemptions",
    "redemption.gift.amount": "gift_amount",
}

# The same, of a code that is of no campaign: the columns of its redemptions.
OF_REDEMPTION = {
    "campaign.orders.amount": "order_amount",
    "campaign.orders.amount_discounted": "discount_amount",
    "redemption.gift.amount": "amount",
}


# What can be redeemed, and answers to the same names.
Thing = Voucher | PromotionTier


@dataclass(frozen=True)
class Redeemer:
    """Of whom the counts are asked."""

    customer_id: int | None
    key_id: int | None
    now: datetime
    zone: tzinfo


@dataclass(frozen=True)
class Step:
    """What was applied before, in the same wish: what is not written down yet counts as well."""

    thing: Thing | None
    cart: Cart | None
    credits: int | None


def take_turns(keys: Collection[str]) -> None:
    """Wait until nobody else judges by these counts."""
    turns.take("redeeming", keys)


def gates(thing: Thing) -> set[str]:
    """Return behind which gates the counts of a code or a tier are asked: its own, and its campaign's."""
    campaign = {f"campaign:{thing.campaign_id}"} if thing.campaign_id else set()
    return {f"{thing.resource_type}:{thing.pk}", *campaign}


def counts(names: Collection[str], thing: Thing, redeemer: Redeemer, steps: Sequence[Step] = ()) -> dict[str, int]:
    """Return, by the names of rules, what was redeemed before, the steps before included: one query for each name.

    What nobody can count, as redemptions per person where a program redeems, is left out.
    """
    fellows = [step for step in steps if thing.campaign_id and _campaign_of(step) == thing.campaign_id]
    countable = [name for name in names if name != "redemption.count.per_user"]
    return {name: _count(name, thing, redeemer) + _so_far(name, fellows) for name in countable}


def _campaign_of(step: Step) -> int | None:
    return step.thing.campaign_id if step.thing else None


def _so_far(name: str, fellows: Sequence[Step]) -> int:
    """Return what the codes of the same campaign, applied just before, come to."""
    if name.startswith("campaign.redemptions"):
        return len(fellows)
    carts = [step.cart for step in fellows if step.cart]
    if name == "campaign.orders.amount":
        return sum(cart.initial_amount for cart in carts)
    if name == "campaign.orders.amount_discounted":
        return sum(cart.total_applied_discount_amount for cart in carts)
    return sum(step.credits or 0 for step in fellows) if name == "redemption.gift.amount" else 0


def _count(name: str, thing: Thing, redeemer: Redeemer) -> int:
    since = beginning(name, redeemer.now, redeemer.zone)
    plain = name.removesuffix(".daily").removesuffix(".weekly").removesuffix(".monthly")
    if plain in OF_CAMPAIGN and thing.campaign is not None:
        return _sum(thing.campaign, OF_CAMPAIGN[plain], since, redeemer.zone)
    made = _made(plain, thing, redeemer)
    if since is not None:
        made = made.filter(created_at__gte=since)
    summed = OF_REDEMPTION.get(plain)
    return int(made.aggregate(n=Sum(summed) if summed else Count("id"))["n"] or 0)


def _made(plain: str, thing: Thing, redeemer: Redeemer) -> QuerySet[Redemption]:
    made = Redemption.objects.filter(is_rollback=False, status=Redemption.Status.SUCCEEDED)
    if plain.startswith("campaign.redemptions.customers"):
        return made.filter(campaign=thing.campaign_id, customer=redeemer.customer_id)
    made = made.filter(**{thing.resource_type: thing})
    if "per_customer" in plain:
        return made.filter(customer=redeemer.customer_id)
    return made.filter(api_key=redeemer.key_id) if "per_api_key" in plain else made


def _sum(campaign: Campaign, column: str, since: datetime | None, zone: tzinfo) -> int:
    rows = RedemptionCounter.objects.filter(campaign=campaign)
    if since is not None:
        rows = rows.filter(day__gte=since.astimezone(zone).date())
    return rows.aggregate(total=Sum(column))["total"] or 0


def take_off(redemptions: Sequence[Redemption]) -> None:
    """Take redemptions that are taken back off their campaigns' days, and off their tiers: a statement for each."""
    counts = day_sums(redemptions, sign=-1)
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(ADD, {"counts": orjson.dumps(counts).decode()})
    tiers.take_off(redemptions)


def day_sums(redemptions: Sequence[Redemption], *, sign: int = 1) -> list[dict[str, Any]]:
    """Return what these come to for each campaign and day, at a part of it chosen by chance."""
    summed: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for redemption in redemptions:
        if redemption.campaign_id is not None and redemption.counted_on is not None:
            row = zip(summed[redemption.campaign_id, redemption.counted_on], sums_of(redemption), strict=True)
            summed[redemption.campaign_id, redemption.counted_on] = [known + sign * more for known, more in row]
    return [
        {"campaign_id": campaign, "day": day, "part": some_part(), **dict(zip(SUMS, sums, strict=True))}
        for (campaign, day), sums in summed.items()
    ]


def validations(campaigns: Collection[int], day: date, *, succeeded: int, failed: int) -> Beside:
    """Return what counts that something of these campaigns was asked for, to be written beside the event of it."""
    return Beside(ADD_VALIDATIONS, [day, some_part(), succeeded, failed, list(campaigns)])


def sums_of(redemption: Redemption) -> tuple[int, int, int, int]:
    """Return what a redemption adds to its campaign's counts: itself, its order, its discount, its credits."""
    is_gift = redemption.voucher is not None and redemption.voucher.kind == GIFT
    credits = (redemption.amount or 0) if is_gift else 0
    return 1, redemption.order_amount, redemption.discount_amount, credits


def some_part() -> int:
    return random.randrange(RedemptionCounter.PARTS)  # noqa: S311
