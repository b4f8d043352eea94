"""What tiers have given so far: the one writer of their counters. A part of them is chosen by chance."""

import random
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

import orjson
from django.db import connection

from campaigns.models import PromotionTierCounter, Redemption

ADD: Final = """
INSERT INTO campaigns_promotiontiercounter AS known (tier_id, part, redemptions, orders_amount, discount_amount)
SELECT tier_id, part, redemptions, orders_amount, discount_amount
FROM jsonb_populate_recordset(NULL::campaigns_promotiontiercounter, %s::jsonb) ORDER BY tier_id, part
ON CONFLICT (tier_id, part) DO UPDATE SET
    redemptions = known.redemptions + excluded.redemptions,
    orders_amount = known.orders_amount + excluded.orders_amount,
    discount_amount = known.discount_amount + excluded.discount_amount
"""
SUMS: Final = ("redemptions", "orders_amount", "discount_amount")


def add(redemptions: Iterable[Redemption]) -> None:
    """Count what was redeemed of tiers: one statement, none where no tier was."""
    _add(redemptions, sign=1)


def take_off(redemptions: Iterable[Redemption]) -> None:
    """Count redemptions that are taken back no longer."""
    _add(redemptions, sign=-1)


def _add(redemptions: Iterable[Redemption], *, sign: int) -> None:
    summed: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for each in redemptions:
        if each.promotion_tier_id is not None:
            row = zip(summed[each.promotion_tier_id], (1, each.order_amount, each.discount_amount), strict=True)
            summed[each.promotion_tier_id] = [known + sign * more for known, more in row]
    if not summed:
        return
    part = random.randrange(PromotionTierCounter.PARTS)  # noqa: S311
    rows = [{"tier_id": tier, "part": part, **dict(zip(SUMS, sums, strict=True))} for tier, sums in summed.items()]
    with connection.cursor() as cursor:
        cursor.execute(ADD, [orjson.dumps(rows).decode()])
