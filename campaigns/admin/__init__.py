"""Campaigns in the admin: lists of campaigns, codes, rules and of what happened at the till."""

from campaigns.admin.campaigns import CampaignAdmin, ValidationRuleAdmin, VoucherAdmin
from campaigns.admin.redemptions import RedemptionAdmin

__all__ = ["CampaignAdmin", "RedemptionAdmin", "ValidationRuleAdmin", "VoucherAdmin"]
