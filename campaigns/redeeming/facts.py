"""What redemptions say of customers and orders, for their JSON: set-wise, a query each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from access.strict_json import moment
from campaigns.models import Redemption, Voucher
from orders.models import Order

SUCCESS, FAILURE = Redemption.Result.SUCCESS, Redemption.Result.FAILURE


def of_customers(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return how often these customers redeemed, and what is left on their gift cards: two queries."""
    told: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in _counted(customer_ids):
        told[row.pop("customer")] = row | {"total_redeemed": row["total_succeeded"]}
    for holder, amount, left in _gift_cards(customer_ids):
        told[holder]["gift"] = {"redeemed_amount": amount or 0, "amount_to_go": left or 0}
    return {customer: {"summary": {"redemptions": facts}} for customer, facts in told.items()}


def _counted(customer_ids: Collection[int]) -> Any:
    rows = Redemption.objects.filter(customer__in=list(customer_ids)).exclude(related_object_type="redemption")
    return (
        rows.order_by()
        .values("customer")
        .annotate(
            total_succeeded=Count("id", filter=Q(is_rollback=False, result=SUCCESS)),
            total_failed=Count("id", filter=Q(is_rollback=False, result=FAILURE)),
            total_rolled_back=Count("id", filter=Q(is_rollback=True, result=SUCCESS)),
            total_rollback_succeeded=Count("id", filter=Q(is_rollback=True, result=SUCCESS)),
            total_rollback_failed=Count("id", filter=Q(is_rollback=True, result=FAILURE)),
        )
    )


def _gift_cards(customer_ids: Collection[int]) -> Any:
    """Return, for each holder of cards, what was used of them and what is left."""
    cards = Voucher.objects.filter(holder__in=list(customer_ids), balance__isnull=False).order_by()
    cards = cards.filter(Q(campaign__campaign_type="GIFT_VOUCHERS") | Q(own_kind="GIFT_VOUCHER"))
    moved = Coalesce("loaded", 0) - Coalesce("subtracted", 0) - Coalesce("expired", 0) - Coalesce("balance", 0)
    return cards.values("holder").annotate(used=Sum(moved), left=Sum("balance")).values_list("holder", "used", "left")


def of_orders(order_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return the redemptions that these orders came to, by their ids: one query."""
    from_orders = Redemption.objects.filter(is_rollback=False, result=SUCCESS, parent__isnull=True)
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
