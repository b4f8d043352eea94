"""What apps above know of customers: totals of orders, redemptions and points. They are named in settings.

A fact-giver is a function that takes customers' ids and returns, for those of whom it knows something, the parts of
their JSON that it owns: ``{7: {"summary": {"orders": {...}}}}``. Each costs a fixed number of queries.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def facts_of(customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return what is told of each of these customers beside her profile, with nothing where nothing is known."""
    told = {customer_id: _nothing() for customer_id in customer_ids}
    for path in settings.CUSTOMER_FACTS if told else ():
        for customer_id, parts in import_string(path)(told.keys()).items():
            _lay_over(told[customer_id], parts)
    return told


def _lay_over(known: dict[str, Any], said: Mapping[str, Any]) -> None:
    for name, part in said.items():
        if isinstance(part, Mapping) and isinstance(known.get(name), dict):
            _lay_over(known[name], part)
        else:
            known[name] = part


def _nothing() -> dict[str, Any]:
    redemptions = ("redeemed", "failed", "succeeded", "rolled_back", "rollback_failed", "rollback_succeeded")
    orders = ("total_amount", "total_count", "average_amount", "last_order_amount")
    return {
        "summary": {
            "redemptions": {
                **{f"total_{name}": 0 for name in redemptions},
                "gift": {"redeemed_amount": 0, "amount_to_go": 0},
                "loyalty_card": {"redeemed_points": 0, "points_to_go": 0},
            },
            "orders": {**dict.fromkeys(orders, 0), "last_order_date": None},
        },
        "loyalty": {"points": 0, "referred_customers": 0, "campaigns": {}},
        "referrals": {"total": 0, "campaigns": []},
    }
