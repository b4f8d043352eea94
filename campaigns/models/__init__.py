"""What we give: campaigns, their pools of codes, who got which code, and what moved on the cards among them."""

from campaigns.models.campaign import Campaign
from campaigns.models.category import Category
from campaigns.models.promotion import PromotionStack, PromotionTier, PromotionTierCounter, StackedTier
from campaigns.models.publication import Publication
from campaigns.models.redemption import Redemption, RedemptionCounter, SessionLock, StackingSetting
from campaigns.models.rule import RuleAssignment, ValidationRule
from campaigns.models.transaction import Transaction
from campaigns.models.voucher import Voucher
from campaigns.models.withdrawal import Withdrawal

__all__ = [
    "Campaign",
    "Category",
    "PromotionStack",
    "PromotionTier",
    "PromotionTierCounter",
    "Publication",
    "Redemption",
    "RedemptionCounter",
    "RuleAssignment",
    "SessionLock",
    "StackedTier",
    "StackingSetting",
    "Transaction",
    "ValidationRule",
    "Voucher",
    "Withdrawal",
]
