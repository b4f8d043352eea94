"""What we give: campaigns, their pools of codes, and who got which code."""

from campaigns.models.async_action import AsyncAction
from campaigns.models.campaign import Campaign
from campaigns.models.publication import Publication
from campaigns.models.rule import RuleAssignment, ValidationRule
from campaigns.models.voucher import Voucher

__all__ = ["AsyncAction", "Campaign", "Publication", "RuleAssignment", "ValidationRule", "Voucher"]
