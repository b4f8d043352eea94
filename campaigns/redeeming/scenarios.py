"""Scenarios of a qualification: for which part of a shop the answer is meant, and so what belongs in it."""

from typing import Final

from campaigns.discounts import ORDER
from campaigns.redeeming.applying import effect_of
from campaigns.redeeming.trying import Tried

EVERYTHING: Final = "ALL"
# Those that ask for one sort alone: a wallet for her codes, this one for tiers that go together.
WALLET, STACKS = "CUSTOMER_WALLET", "PROMOTION_STACKS"
# This one asks about the customer alone: whatever her cart would have to be is taken as so.
AUDIENCE = "AUDIENCE_ONLY"
# A page of goods: what is off these very items, and with the second, what asks for them as well.
DISCOUNTED: Final = ("PRODUCTS_DISCOUNT", "PRODUCTS_DISCOUNT_BY_CUSTOMER")
ABOUT_GOODS: Final = ("PRODUCTS", "PRODUCTS_BY_CUSTOMER")
SCENARIOS: Final = (EVERYTHING, WALLET, AUDIENCE, STACKS, *DISCOUNTED, *ABOUT_GOODS)


def fits(scenario: str, tried: Tried) -> bool:
    """Tell whether what applies belongs in the answer. Whoever is not known holds no codes and no promotion of hers."""
    if scenario in DISCOUNTED:
        applicable = tried.applicable_to
        return bool(applicable.included) and not applicable.included_all and _is_off_items(tried)
    if scenario in ABOUT_GOODS:
        return tried.candidate.needs.items or _is_off_items(tried)
    return True


def _is_off_items(tried: Tried) -> bool:
    """Tell whether it takes anything off items, and not off the order: those that its rules name need not be there."""
    if tried.thing is None or tried.cart is None or effect_of(tried.thing, tried.applicable_to) == ORDER:
        return False
    return tried.cart.total_applied_discount_amount > 0
