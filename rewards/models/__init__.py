"""By what customers earn something, what they earned, and what they may take for it."""

from rewards.models.earning import Earning, EarningRule, PendingPoints

__all__ = ["Earning", "EarningRule", "PendingPoints"]
