"""What a marketer does on the screen, and what it tells: the same as over REST, by another door."""

import json
from collections.abc import Callable
from typing import Any

from events.models import Event
from tests.catalogue import preparing
from tests.catalogue.scenes import Act, Action, Told, both, form

NEW_CAMPAIGN = {
    "name": "Spring", "kind": "PERCENT", "percent_off": "5", "counts_for": "APPLY_TO_ORDER",
    "pattern": "SPRING-####-####", "symbols": "ABCDEFGHJKLMNPQRSTUVWXYZ23456789", "vouchers_count": "",
    "days_after_sending": "", "ends": "",
}  # fmt: skip
NEW_CODE = {"type": "DISCOUNT_VOUCHER", "code": "BACK-1", "kind": "PERCENT", "percent_off": "5", "quantity": "1"}
OVER_SIXTY = {"junction": "and", "rules": [{"name": "order.amount", "conditions": {"$more_than": [6000]}}]}
A_RULE = {"name": "Over 60", "rules": json.dumps(OVER_SIXTY).replace("{", "{{").replace("}", "}}"), "message": ""}
TIER = {"name": "A tenth", "banner": "10% off", "kind": "PERCENT", "percent_off": "10", "hierarchy": ""}
EARNING = {"banner": "Shopping", "when": "order.paid", "gives": "FIXED", "points": "50", "waits": ""}
COIN = {"name": "Pay with points", "kind": "coin", "worth": "0.50", "points": "10"}
METADATA = {
    "facts-TOTAL_FORMS": "1", "facts-INITIAL_FORMS": "0",
    "facts-0-name": "club", "facts-0-kind": "text", "facts-0-value": "gold",
}  # fmt: skip
NO_METADATA = preparing.NO_METADATA


def _does(name: str, act: Act, told: Told, before: Callable[..., Any] = lambda scene: None) -> Action:
    return Action(f"on the screen {name}", act, told, before, door=Event.Source.ADMIN)


CAMPAIGNS = [
    _does("a campaign is saved", form("campaigns_campaign_add", **NEW_CAMPAIGN), {"campaign.created": None}),
    _does(
        "a campaign is saved and its codes are made",
        form("campaigns_campaign_add", **{**NEW_CAMPAIGN, "vouchers_count": "3"}),
        {"campaign.created": None, "voucher.created": "campaign.created"},
    ),
    _does(
        "a campaign is changed",
        form("campaigns_campaign_edit", "campaign", **{**NEW_CAMPAIGN, "percent_off": "7"}),
        {"campaign.updated": None},
        preparing.campaign,
    ),
    _does(
        "a campaign is disabled",
        form("campaigns_campaign_active", "campaign", active="0"),
        {"campaign.disabled": None},
        preparing.campaign,
    ),
    _does(
        "a campaign is enabled",
        form("campaigns_campaign_active", "campaign", active="1"),
        {"campaign.enabled": None},
        preparing.disabled_campaign,
    ),
    _does(
        "a campaign is deleted",
        form("campaigns_campaign_delete", "campaign"),
        {"campaign.deleted": None},
        preparing.campaign,
    ),
    _does(
        "more codes are made for a campaign",
        form("campaigns_campaign_codes", "campaign", count="3"),
        {"voucher.created": None},
        preparing.campaign,
    ),
    _does(
        "a tier is added to a promotion",
        form("campaigns_tier_add", "promotion", **TIER),
        {"campaign.promotion_tier.created": None},
        preparing.promotion,
    ),
    _does(
        "a tier is changed",
        form("campaigns_tier_change", "tier", **{**TIER, "percent_off": "12"}),
        {"campaign.promotion_tier.updated": None},
        preparing.promotion,
    ),
    _does(
        "a tier is disabled",
        form("campaigns_tier_active", "tier", active="0"),
        {"campaign.promotion_tier.disabled": None},
        preparing.promotion,
    ),
    _does(
        "a tier is deleted",
        form("campaigns_tier_delete", "tier"),
        {"campaign.promotion_tier.deleted": None},
        preparing.promotion,
    ),
    _does(
        "a stack of tiers is made",
        form("campaigns_stack_add", "promotion", name="Both", tiers=["{tier}", "{other_tier}"]),
        {"campaign.promotion_stack.created": None},
        preparing.promotion,
    ),
    _does(
        "a stack of tiers is deleted",
        form("campaigns_stack_delete", "stack"),
        {"campaign.promotion_stack.deleted": None},
        preparing.stack,
    ),
    _does(
        "an earning rule is added",
        form("rewards_rule_add", "campaign", **EARNING),
        {"campaign.earning_rule.assigned": None},
        preparing.program,
    ),
    _does(
        "an earning rule is changed",
        form("rewards_earningrule_change", "earning", **{**EARNING, "points": "70"}),
        {"campaign.earning_rule.updated": None},
        preparing.loyalty_card,
    ),
    _does(
        "an earning rule is disabled",
        form("rewards_rule_active", "earning", active="0"),
        {"campaign.earning_rule.disabled": None},
        preparing.loyalty_card,
    ),
    _does(
        "an earning rule is deleted",
        form("rewards_rule_delete", "earning"),
        {"campaign.earning_rule.deleted": None},
        preparing.loyalty_card,
    ),
    _does(
        "a reward is added to a program",
        form("rewards_reward_add", "campaign", **COIN),
        {"campaign.reward.assignment.created": None},
        preparing.program,
    ),
    _does(
        "a reward gets another price",
        form("rewards_reward_change", "priced", name="Tee", points="45", stock=""),
        {"campaign.reward.assignment.updated": None},
        preparing.reward,
    ),
    _does(
        "a reward is taken out of a program",
        form("rewards_reward_remove", "priced"),
        {"campaign.reward.assignment.deleted": None},
        preparing.reward,
    ),
]

RULES = [
    _does(
        "a rule is put on a campaign",
        form("campaigns_validationrule_put_on", on="campaign", id="{ruled}", rule="{rule}"),
        {"campaign.validation_rules.created": None},
        preparing.campaign_and_rule,
    ),
    _does(
        "a rule is put on a code",
        form("campaigns_validationrule_put_on", on="voucher", id="{ruled}", rule="{rule}"),
        {"voucher.validation_rules.created": None},
        preparing.code_and_rule,
    ),
    _does(
        "a new rule is put on a campaign at once",
        form("campaigns_validationrule_add", query="?on=campaign&id={ruled}", **A_RULE),
        {"campaign.validation_rules.created": None},
        preparing.campaign_and_rule,
    ),
    _does(
        "a rule of a campaign is changed",
        form("campaigns_validationrule_edit", "rule_key", **A_RULE),
        {"campaign.validation_rules.updated": None},
        preparing.ruled_campaign,
    ),
    _does(
        "a rule of a code is changed",
        form("campaigns_validationrule_edit", "rule_key", **A_RULE),
        {"voucher.validation_rules.updated": None},
        preparing.ruled_code,
    ),
    _does(
        "a rule is taken off a campaign",
        form("campaigns_validationrule_take_off", "assignment"),
        {"campaign.validation_rules.deleted": None},
        preparing.ruled_campaign,
    ),
    _does(
        "a rule is taken off a code",
        form("campaigns_validationrule_take_off", "assignment"),
        {"voucher.validation_rules.deleted": None},
        preparing.ruled_code,
    ),
]

VOUCHERS = [
    _does("a code is made", form("campaigns_voucher_add", **NEW_CODE), {"voucher.created": None}),
    _does(
        "a code is disabled",
        form("campaigns_voucher_active", "voucher", active="0"),
        {"voucher.disabled": None},
        preparing.code,
    ),
    _does(
        "a code is enabled",
        form("campaigns_voucher_active", "voucher", active="1"),
        {"voucher.enabled": None},
        preparing.disabled_code,
    ),
    _does("a code is deleted", form("campaigns_voucher_delete", "voucher"), {"voucher.deleted": None}, preparing.code),
    _does(
        "a gift card is topped up",
        form("campaigns_voucher_balance", "gift", amount="5", direction="add", reason="Sorry"),
        {"voucher.gift.balance_added": None},
        preparing.gift,
    ),
    _does(
        "money is taken off a gift card",
        form("campaigns_voucher_balance", "gift", amount="5", direction="take", reason="Misprint"),
        {"voucher.gift.balance_added": None},
        preparing.gift,
    ),
    _does(
        "a code is voided",
        form("campaigns_voucher_withdraw", "voucher", how="void", reason="Stolen"),
        {"voucher.disabled": None},
        preparing.code,
    ),
    _does(
        "a used gift card is replaced",
        form("campaigns_voucher_withdraw", "voucher", how="replace", reason="Stolen"),
        {"voucher.disabled": None, "voucher.published": None, "voucher.gift.balance_added": None},
        preparing.held_gift,
    ),
]

CUSTOMERS = [
    _does(
        "a customer is added",
        form("customers_customer_add", source_id="ida", name="Ida", **NO_METADATA),
        {"customer.created": None},
    ),
    _does(
        "a customer is changed",
        form(
            "customers_customer_edit", "customer", source_id="ida", email="ida@shop.example", name="I.", **NO_METADATA
        ),
        {"customer.updated": None},
        preparing.customer,
    ),
    _does(
        "a customer is saved as she was",
        form("customers_customer_edit", "customer", source_id="ida", email="ida@shop.example", **NO_METADATA),
        {},
        preparing.customer,
    ),
    _does(
        "a customer gets metadata by which she enters a segment",
        form("customers_customer_edit", "customer", source_id="ida", email="ida@shop.example", **METADATA),
        {"customer.updated": None, "customer.segment.entered": "customer.updated"},
        both(preparing.gold_segment, preparing.customer),
    ),
    _does(
        "a customer is deleted",
        form("customers_customer_leave", "customer", how="delete"),
        {"customer.deleted": None},
        preparing.customer,
    ),
    _does(
        "a customer is erased",
        form("customers_customer_leave", "customer", how="erase", word="erase"),
        {"customer.deleted": None},
        preparing.customer,
    ),
    _does(
        "a customer does something in the playground",
        form("distributions_distribution_playground", source_id="ida", event="cart_abandoned", properties="{{}}"),
        {"cart_abandoned": None, "customer.segment.entered": "cart_abandoned"},
        preparing.segment_and_customer,
    ),
]

ORDERS = [
    _does(
        "an order is paid",
        form("orders_order_status", "order", status="PAID"),
        {"order.updated": None, "order.paid": None},
        both(preparing.customer, preparing.order),
    ),
    _does(
        "an order is canceled",
        form("orders_order_status", "order", status="CANCELED"),
        {"order.updated": None, "order.canceled": None},
        both(preparing.customer, preparing.order),
    ),
    _does(
        "an order is fulfilled",
        form("orders_order_status", "order", status="FULFILLED"),
        {"order.updated": None, "customer.order.fulfilled": None},
        both(preparing.customer, preparing.order),
    ),
]

GOODS = [
    _does(
        "a product is added",
        form("orders_product_add", name="Tee", source_id="tee", price="30", attributes="", **NO_METADATA),
        {"product.created": None},
    ),
    _does(
        "a product is changed",
        form("orders_product_edit", "product", name="Shirt", price="30", attributes="", **METADATA),
        {"product.updated": None},
        preparing.product,
    ),
    _does(
        "a product is deleted with its variant",
        form("orders_product_delete", "product"),
        {"sku.deleted": None, "product.deleted": None},
        preparing.sku,
    ),
    _does(
        "a variant is added",
        form("orders_product_sku", "product", sku="M", source_id="tee-m", price="30", **NO_METADATA),
        {"sku.created": None},
        preparing.product,
    ),
    _does(
        "a variant is changed",
        form("orders_product_sku_edit", "product", "sku", sku="Medium", source_id="tee-m", price="31", **NO_METADATA),
        {"sku.updated": None},
        preparing.sku,
    ),
    _does(
        "a variant is deleted",
        form("orders_product_sku_delete", "product", "sku"),
        {"sku.deleted": None},
        preparing.sku,
    ),
]

EXPORTS = [
    _does(
        "an export is asked for and written",
        form("exports_export_changelist", exported_object="customer", fields_customer=["name", "source_id"]),
        {"export.scheduled": None, "export.done": "export.scheduled"},
    ),
    _does(
        "an export is deleted",
        form("exports_export_remove", "export"),
        {"export.deleted": None},
        preparing.export,
    ),
]

ALL = [*CAMPAIGNS, *RULES, *VOUCHERS, *CUSTOMERS, *ORDERS, *GOODS, *EXPORTS]
