"""What came of a campaign, in numbers."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, Sum
from django.db.models.functions import Abs

from access import project
from campaigns.models import Campaign, Publication, Redemption, RedemptionCounter, Transaction, Voucher

Result = Redemption.Result
Type = Transaction.Type
# Under which name the sum of each movement is told.
CREDITS = {
    "amount_added": Type.CREDITS_ADDITION,
    "amount_redeemed": Type.CREDITS_REDEMPTION,
    "amount_rolledback": Type.CREDITS_REFUND,
    "amount_subtracted": Type.CREDITS_REMOVAL,
}
POINTS = {
    "points_added": Type.POINTS_ADDITION,
    "points_rewarded": Type.POINTS_ACCRUAL,
    "points_redeemed": Type.POINTS_REDEMPTION,
    "points_rolledback": Type.POINTS_REFUND,
    "points_subtracted": Type.POINTS_REMOVAL,
    "points_expired": Type.POINTS_EXPIRATION,
    "points_transferred_out": Type.POINTS_TRANSFER_OUT,
    "points_transferred_in": Type.POINTS_TRANSFER_IN,
    "pending_points_activated": Type.PENDING_POINTS_ACTIVATION,
}


def of(campaign: Campaign, start: datetime | None = None, end: datetime | None = None) -> dict[str, Any]:
    """Return the numbers of the campaign within this time; five queries."""
    made = _within(Voucher.everything.filter(campaign=campaign), start, end).aggregate(
        created=Count("id"), deleted=Count("id", filter=Q(deleted_at__isnull=False))
    )
    published = _within(Publication.objects.filter(campaign=campaign), start, end).count()
    told = {
        "vouchers_created": made["created"],
        "vouchers_deleted": made["deleted"],
        "publications": published,
        "publications_succeeded": published,
        "publications_failed": 0,
    }
    return {
        **told,
        **_redeemed(campaign, start, end),
        **_validated(campaign, start, end),
        **_moved(campaign, start, end),
        **_loaded(campaign, made["created"]),
    }


def _within(found: Any, start: datetime | None, end: datetime | None) -> Any:
    found = found.filter(created_at__gte=start) if start else found
    return found.filter(created_at__lte=end) if end else found


def _redeemed(campaign: Campaign, start: datetime | None, end: datetime | None) -> dict[str, int]:
    """Count what was redeemed and taken back, and what orders and discounts it came to."""
    redeemed, returned = Q(is_rollback=False), Q(is_rollback=True)
    succeeded, failed = Q(result=Result.SUCCESS), Q(result=Result.FAILURE)
    sums = {
        "redemptions": Count("id", filter=redeemed),
        "redemptions_succeeded": Count("id", filter=redeemed & succeeded),
        "redemptions_failed": Count("id", filter=redeemed & failed),
        "rollbacks": Count("id", filter=returned),
        "rollbacks_succeeded": Count("id", filter=returned & succeeded),
        "rollbacks_failed": Count("id", filter=returned & failed),
        "orders_amount": Sum("order_amount", filter=redeemed & succeeded),
        "orders_rolledback_amount": Sum("order_amount", filter=returned & succeeded),
        "discounted_amount": Sum("discount_amount", filter=redeemed & succeeded),
        "rolledback_discounted_amount": Sum("discount_amount", filter=returned & succeeded),
    }
    found = _within(Redemption.objects.filter(campaign=campaign), start, end).aggregate(**sums)
    return {name: number or 0 for name, number in found.items()}


def _validated(campaign: Campaign, start: datetime | None, end: datetime | None) -> dict[str, int]:
    """Count how often something of the campaign was asked for; what lies within the time is told by the day."""
    zone = ZoneInfo(project.current().time_zone)
    days = RedemptionCounter.objects.filter(campaign=campaign)
    days = days.filter(day__gte=start.astimezone(zone).date()) if start else days
    days = days.filter(day__lte=end.astimezone(zone).date()) if end else days
    found = days.aggregate(succeeded=Sum("validations_succeeded"), failed=Sum("validations_failed"))
    succeeded, failed = found["succeeded"] or 0, found["failed"] or 0
    told = {"validations": succeeded + failed, "validations_succeeded": succeeded}
    return {**told, "validations_failed": failed}


def _moved(campaign: Campaign, start: datetime | None, end: datetime | None) -> dict[str, int]:
    names = {**CREDITS, **POINTS}
    sums = {name: Sum(Abs("amount"), filter=Q(type=kind)) for name, kind in names.items()}
    found = _within(Transaction.objects.filter(campaign=campaign), start, end).aggregate(**sums)
    wanted = CREDITS if campaign.gift is not None else POINTS if campaign.loyalty_card is not None else {}
    return {name: found[name] or 0 for name in wanted}


def _loaded(campaign: Campaign, created: int) -> dict[str, int]:
    """Return what the codes made within the time were loaded with at first."""
    amount = (campaign.first_balance or 0) * created
    if campaign.gift is not None:
        return {"created_vouchers_amount": amount}
    return {"created_vouchers_points": amount} if campaign.loyalty_card is not None else {}
