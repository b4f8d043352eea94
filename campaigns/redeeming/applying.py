"""What a code makes of a cart: its discount, or what its card pays."""

from collections.abc import Sequence
from dataclasses import dataclass

from access.problems import Problem
from campaigns.arithmetic.discounting import apply
from campaigns.arithmetic.paying import pay
from campaigns.arithmetic.reach import Reach
from campaigns.arithmetic.units import Catalog
from campaigns.discounts import ORDER, with_effect
from campaigns.incentives import GIFT, LOYALTY
from campaigns.models import Voucher
from campaigns.redeeming import rewarding
from campaigns.redeeming.counting import Thing
from campaigns.redeeming.holding import Held
from campaigns.redeeming.rewarding import Offer
from campaigns.redeeming.wishes import Asked
from campaigns.rules import ApplicableTo
from orders import lines
from orders.cart import Cart


@dataclass(frozen=True)
class Applied:
    """What a code did: the cart afterwards, and the credits it took; or why it cannot do it."""

    cart: Cart | None
    credits: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Means:
    """By what a code is applied, besides its own terms: how much is asked of it, and what others hold of it."""

    asked: Asked
    held: Held
    catalog: Catalog
    spent: frozenset[int] = frozenset()
    offer: Offer | None = None


def catalog_of(things: Sequence[Thing]) -> Catalog:
    """Return the goods that these codes and tiers may add to an order: two queries, none where none adds any."""
    terms = [thing.discount_terms or {} for thing in things]
    units = [unit for each in terms if each.get("type") == "UNIT" for unit in each.get("units") or [each]]
    return lines.named({unit["unit_type"] for unit in units if unit.get("unit_type")})


def effect_of(thing: Thing, applicable: ApplicableTo) -> str:
    """Return of what a code or a tier takes off: of the order, or of items."""
    if isinstance(thing, Voucher) and thing.kind in (GIFT, LOYALTY):
        return str(thing.incentive.get("effect") or ORDER)
    return str(with_effect(thing.discount_terms or {}, of_items=applicable.names_items)["effect"])


def apply_to(thing: Thing, cart: Cart | None, applicable: ApplicableTo, means: Means) -> Applied:
    if thing.kind == LOYALTY and isinstance(thing, Voucher):
        return _reward(thing, cart, means)
    reach = Reach(() if applicable.included_all else applicable.included, applicable.excluded, means.spent)
    if thing.kind == GIFT and isinstance(thing, Voucher):
        return _pay(thing, cart, reach, means)
    terms = thing.discount_terms
    if cart is None or not terms:
        return Applied(cart)
    return Applied(apply(with_effect(terms, of_items=applicable.names_items), cart, reach, means.catalog))


def _reward(card: Voucher, cart: Cart | None, means: Means) -> Applied:
    asked, left = means.asked, (card.balance or 0) - means.held.amount
    priced = rewarding.price(card, asked.reward_id, asked.points, means.offer, left, cart)
    return Applied(priced.cart, priced.points, priced.problem)


def _pay(voucher: Voucher, cart: Cart | None, reach: Reach, means: Means) -> Applied:
    left, wanted = (voucher.balance or 0) - means.held.amount, means.asked.credits
    if cart is None and wanted is None:
        details = "A gift card pays an order; tell which, or how many credits are used."
        return _refused("missing_order", "An order is missing", voucher, details)
    if left <= 0 or (wanted or 0) > left:
        return _refused("gift_amount_exceeded", "The gift card does not hold so much", voucher)
    if cart is None:
        return Applied(None, wanted)
    paid = pay(cart, left if wanted is None else wanted, effect_of(voucher, ApplicableTo()), reach)
    return Applied(paid.cart, paid.credits)


def _refused(key: str, message: str, thing: Thing, details: str = "") -> Applied:
    problem = Problem(400, key, message, details, resource_id=thing.told_id, resource_type=thing.resource_type)
    return Applied(None, problem=problem)
