"""The published contexts in which a rule is meant to be used. Plain Python."""

from typing import Final

GLOBAL: Final = "global"
EFFECTS: Final = (
    "apply_to_order",
    "apply_to_items",
    "apply_to_items_proportionally",
    "apply_to_items_proportionally_by_quantity",
    "apply_to_items_by_quantity",
    "fixed.apply_to_items",
    "percent.apply_to_items",
)
DISCOUNTED: Final = (
    "campaign.discount_coupons",
    "campaign.referral_program",
    "campaign.promotion",
    "voucher.discount_voucher",
)
GIFTS: Final = ("campaign.gift_vouchers", "voucher.gift_voucher")
EARNED: Final = ("order.paid", "custom_event", "customer.segment.entered")
TIERS: Final = ("joined", "left", "upgraded", "downgraded", "prolonged")
SENT: Final = ("custom_event", "order.paid", "order.created", "order.canceled", "order.updated")

CONTEXTS: Final = (
    GLOBAL,
    *DISCOUNTED,
    *(f"{of}.discount.{effect}" for of in DISCOUNTED for effect in EFFECTS),
    *GIFTS,
    *(f"{of}.gift.{effect}" for of in GIFTS for effect in ("apply_to_order", "apply_to_items")),
    "campaign.loyalty_program",
    "voucher.loyalty_card",
    *(f"earning_rule.{event}" for event in EARNED),
    *(f"earning_rule.customer.tier.{what}" for what in TIERS),
    *(f"distribution.{event}" for event in SENT),
    "reward_assignment.pay_with_points",
)
