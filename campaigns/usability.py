"""Whether a code, a tier or a campaign counts at a moment, and why not. Decides on what is loaded, asks nothing."""

from datetime import datetime

from access import project
from access.problems import Problem
from campaigns import validity
from campaigns.models import Campaign, PromotionTier, Voucher
from customers.models import Customer


def refusal(voucher: Voucher, now: datetime, zone: str | None = None) -> Problem | None:
    """Say why this code cannot be used now; its campaign must be loaded.

    Quantity and balance are not judged here: whoever takes from them does it in one conditional update. Give the
    project's time zone where many codes are judged: it is looked up otherwise, where hours or days matter.
    """
    if not voucher.active or voucher.deleted_at is not None:
        return _refused("voucher_disabled", "The voucher is disabled", voucher)
    if voucher.campaign is not None and not voucher.campaign.active:
        return _refused("campaign_not_active", "The voucher's campaign is not active", voucher)
    begin = voucher.begins_at
    if begin is not None and begin > now:
        return _refused("voucher_not_active", "The voucher is not active yet", voucher)
    if voucher.has_ended(now):
        return _refused("voucher_expired", "The voucher has expired", voucher)
    if not _is_open(_validity_of(voucher), begin, now, zone):
        return _refused("voucher_not_active_now", "The voucher is not active at this time", voucher)
    return None


def refusal_of_referrer(voucher: Voucher, customer: Customer | None) -> Problem | None:
    """Say why whoever refers others cannot use the code herself."""
    if customer is None or not voucher.is_referral_code or voucher.holder_id != customer.pk:
        return None
    return _refused("referrer_not_permitted_to_redeem", "The referrer cannot redeem her own code", voucher)


def refusal_of_campaign(campaign: Campaign, now: datetime, zone: str | None = None) -> Problem | None:
    """Say why nothing of this campaign counts now."""
    begin, end = campaign.start_date, campaign.expiration_date
    is_within = (begin is None or begin <= now) and (end is None or now < end)
    if campaign.active and is_within and _is_open(campaign.validity, begin, now, zone):
        return None
    name = campaign.public_id
    return Problem(400, "campaign_not_active", "The campaign is not active", resource_id=name, resource_type="campaign")


def refusal_of_tier(tier: PromotionTier, now: datetime, zone: str | None = None) -> Problem | None:
    """Say why a tier of a promotion does not count now; its dates count within its campaign's."""
    campaign = tier.campaign
    begin, end = campaign.start_date, campaign.expiration_date
    is_within = (begin is None or begin <= now) and (end is None or now < end) and tier.is_within(now)
    if not (is_within and tier.active and campaign.active) or tier.deleted_at or campaign.deleted_at:
        return _refused("promotion_inactive", "The promotion is not active", tier)
    if _is_open(campaign.validity, begin, now, zone) and _is_open(tier.validity, tier.start_date, now, zone):
        return None
    return _refused("promotion_not_active_now", "The promotion is not active at this time", tier)


def _validity_of(voucher: Voucher) -> validity.Validity | None:
    return voucher.validity or (voucher.campaign.validity if voucher.campaign else None)


def _is_open(hours: validity.Validity | None, begin: datetime | None, now: datetime, zone: str | None) -> bool:
    return not hours or validity.is_open(hours, begin, now, zone or project.current().time_zone)


def _refused(key: str, message: str, thing: Voucher | PromotionTier) -> Problem:
    return Problem(400, key, message, resource_id=thing.told_id, resource_type=thing.resource_type)
