"""Questions about what this app keeps, by name."""

from campaigns.querysets.codes import (
    CampaignManager,
    CampaignQuerySet,
    CategoryQuerySet,
    PublicationQuerySet,
    RedemptionQuerySet,
    RuleAssignmentQuerySet,
    TransactionQuerySet,
    ValidationRuleQuerySet,
    VoucherManager,
    VoucherQuerySet,
)
from campaigns.querysets.promotions import (
    OF_PROMOTION,
    PromotionStackManager,
    PromotionStackQuerySet,
    PromotionTierManager,
    PromotionTierQuerySet,
)

__all__ = [
    "OF_PROMOTION",
    "CampaignManager",
    "CampaignQuerySet",
    "CategoryQuerySet",
    "PromotionStackManager",
    "PromotionStackQuerySet",
    "PromotionTierManager",
    "PromotionTierQuerySet",
    "PublicationQuerySet",
    "RedemptionQuerySet",
    "RuleAssignmentQuerySet",
    "TransactionQuerySet",
    "ValidationRuleQuerySet",
    "VoucherManager",
    "VoucherQuerySet",
]
