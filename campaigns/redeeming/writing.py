"""What redeeming writes of codes, redemptions and counters: one statement, whatever their number.

The conditions stand in the statement itself: whoever comes second sees what the first one left.
"""

from collections.abc import Sequence
from typing import Any, Final

import orjson

from access import statements
from access.instances import listed
from access.problems import Problem
from campaigns.models import Redemption
from campaigns.promotions import counting as tiers
from campaigns.redeeming import counting

FIELDS: Final = [(field.attname, field.column) for field in Redemption._meta.concrete_fields]
KEEP: Final = """
WITH used AS (
    UPDATE campaigns_voucher SET redeemed_quantity = redeemed_quantity + 1, updated_at = statement_timestamp()
    WHERE id = ANY(%(vouchers)s::uuid[]) AND (quantity IS NULL OR redeemed_quantity < quantity)
    RETURNING id, redeemed_quantity
), kept AS (
    INSERT INTO campaigns_redemption
    SELECT * FROM jsonb_populate_recordset(NULL::campaigns_redemption, %(rows)s::jsonb)
), counted AS (
    INSERT INTO campaigns_redemptioncounter AS known
        (campaign_id, day, part, redemptions, orders_amount, discount_amount, gift_amount)
    SELECT campaign_id, day, part, redemptions, orders_amount, discount_amount, gift_amount
    FROM jsonb_populate_recordset(NULL::campaigns_redemptioncounter, %(counts)s::jsonb) ORDER BY campaign_id, day, part
    ON CONFLICT (campaign_id, day, part) DO UPDATE SET
        redemptions = known.redemptions + excluded.redemptions,
        orders_amount = known.orders_amount + excluded.orders_amount,
        discount_amount = known.discount_amount + excluded.discount_amount,
        gift_amount = known.gift_amount + excluded.gift_amount
)
SELECT id, redeemed_quantity FROM used
"""


def keep(redemptions: Sequence[Redemption]) -> None:
    """Use the codes of these redemptions up, keep them, and count them; raise a Problem where a code is used up."""
    vouchers = [redemption.voucher for redemption in redemptions if redemption.voucher]
    values: dict[str, Any] = {
        "vouchers": [voucher.pk for voucher in vouchers],
        "rows": _as_rows(redemptions),
        "counts": orjson.dumps(counting.day_sums(redemptions)).decode(),
    }
    with statements.cursor() as cursor:
        cursor.execute(KEEP, values)
        used = dict(cursor.fetchall())
    for voucher in vouchers:
        if voucher.pk not in used:
            message = "The voucher was redeemed as often as it may be"
            raise Problem(400, "quantity_exceeded", message, resource_id=voucher.code, resource_type="voucher")
        voucher.redeemed_quantity = used[voucher.pk]
    tiers.add(redemptions)
    for redemption in redemptions:
        redemption._state.adding = False


def know_relations(redemptions: Sequence[Redemption]) -> None:
    """Let each of these that were just made know its parts, and that nothing took it back yet; nobody is asked."""
    for redemption in redemptions:
        parts = [each for each in redemptions if each.parent is redemption]
        redemption._prefetched_objects_cache = {  # type: ignore[attr-defined]
            "rollbacks": listed(Redemption, []), "children": listed(Redemption, parts),
        }  # fmt: skip


def _as_rows(redemptions: Sequence[Redemption]) -> str:
    rows = [{column: getattr(each, name) for name, column in FIELDS} for each in redemptions]
    return orjson.dumps(rows, default=str).decode()
