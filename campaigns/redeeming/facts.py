"""What redemptions say of customers and orders, for their JSON: set-wise, a query each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from access import statements
from access.strict_json import moment
from campaigns.models import Redemption
from orders.models import Order

COUNTED = """
SELECT customer_id, count(*) FILTER (WHERE NOT is_rollback AND result = 'SUCCESS'),
       count(*) FILTER (WHERE NOT is_rollback AND result = 'FAILURE'),
       count(*) FILTER (WHERE is_rollback AND result = 'SUCCESS'),
       count(*) FILTER (WHERE is_rollback AND result = 'FAILURE')
FROM campaigns_redemption WHERE customer_id = ANY((SELECT %s)::bigint[]) AND related_object_type <> 'redemption'
GROUP BY customer_id
"""
# For each holder of gift cards, what was used of them and what is left.
GIFT_CARDS = """
SELECT v.holder_id, sum(coalesce(v.loaded, 0) - coalesce(v.subtracted, 0) - coalesce(v.expired, 0) - v.balance)::bigint,
       sum(v.balance)::bigint
FROM campaigns_voucher v LEFT JOIN campaigns_campaign c ON c.id = v.campaign_id
WHERE v.holder_id = ANY((SELECT %s)::bigint[]) AND v.deleted_at IS NULL AND v.balance IS NOT NULL
  AND (c.campaign_type = 'GIFT_VOUCHERS' OR v.own_kind = 'GIFT_VOUCHER')
GROUP BY v.holder_id
"""


def of_customers(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return how often these customers redeemed, and what is left on their gift cards: two queries."""
    told: dict[int, dict[str, Any]] = defaultdict(dict)
    for customer, succeeded, failed, taken_back, not_taken_back in statements.rows(COUNTED, [list(customer_ids)]):
        told[customer] = {
            "total_redeemed": succeeded, "total_succeeded": succeeded, "total_failed": failed,
            "total_rolled_back": taken_back, "total_rollback_succeeded": taken_back,
            "total_rollback_failed": not_taken_back,
        }  # fmt: skip
    for holder, used, left in statements.rows(GIFT_CARDS, [list(customer_ids)]):
        told[holder]["gift"] = {"redeemed_amount": used, "amount_to_go": left}
    return {customer: {"summary": {"redemptions": facts}} for customer, facts in told.items()}


def of_orders(order_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the redemptions that these orders came to, by their ids: one query."""
    from_orders = Redemption.objects.filter(is_rollback=False, result=Redemption.Result.SUCCESS, parent__isnull=True)
    names = dict(_names(order_ids))
    told: dict[int, dict[str, Any]] = defaultdict(dict)
    for redemption in from_orders.filter(order_public_id__in=list(names)).prefetch_related("children", "rollbacks"):
        told[names[redemption.order_public_id]][redemption.public_id] = _told(redemption)
    return told


def _names(order_ids: Collection[int]) -> Any:
    return Order.objects.filter(pk__in=list(order_ids)).values_list("public_id", "pk")


def _told(redemption: Redemption) -> dict[str, Any]:
    back = next(iter(redemption.rollbacks.all()), None)
    told = of_order(redemption, [child for child in redemption.children.all() if not child.is_rollback])
    return {**told, "rollback_id": back.public_id, "rollback_date": moment(back.created_at)} if back else told


def of_order(redemption: Redemption, stacked: Sequence[Redemption]) -> dict[str, Any]:
    """Tell what an order says of a redemption that it came to, and of those that are parts of it."""
    return {
        "date": moment(redemption.created_at),
        "related_object_type": redemption.related_object_type,
        "related_object_id": redemption.related_object_id,
        "related_object_parent_id": None,
        "stacked": [child.public_id for child in stacked],
        "rollback_id": None,
        "rollback_date": None,
    }
