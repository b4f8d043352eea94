"""By what customers earn something, what they earned, and what they may take for it."""

from rewards.models.earning import Earning, EarningRule, PendingPoints
from rewards.models.referral import Referral, ReferralHolder
from rewards.models.reward import Reward, RewardAssignment

__all__ = ["Earning", "EarningRule", "PendingPoints", "Referral", "ReferralHolder", "Reward", "RewardAssignment"]
