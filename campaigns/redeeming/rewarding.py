"""What loyalty cards are redeemed for. The app of rewards is named in settings, so that this one does not import it.

Rewards say what they cost (``offers``); one is taken and told with its redemption, and given back with its rollback.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from access.problems import Problem, not_found
from campaigns.arithmetic.paying import pay
from campaigns.facts import Origin
from campaigns.models import Redemption, Voucher
from campaigns.rules.assignments import Assigned, rules_of
from orders.cart import Cart

Wanted = tuple[Voucher, str]


@dataclass(frozen=True)
class Offer:
    """A reward within a card's program: its price in points, or what so many points are worth in cents."""

    public_id: str
    reward_id: str
    points: int | None
    cents_per_step: int = 0
    points_per_step: int = 1
    is_out_of_stock: bool = False
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Priced:
    """What a reward makes of a cart and takes off the card; or why it cannot be had."""

    cart: Cart | None
    points: int | None = None
    problem: Problem | None = None


def offers(wanted: Sequence[Wanted], *, held: bool) -> dict[tuple[int, str], Offer]:
    """Return what is offered to these cards under these names, by campaign and name: a fixed number of queries.

    What is to be ``held`` is locked in one order until the transaction ends.
    """
    if not wanted:
        return {}
    found: dict[tuple[int, str], Offer] = import_string(settings.REWARD_DESK["offers"])(wanted, held=held)
    return found


def price(
    card: Voucher, reward_id: str | None, points: int | None, offer: Offer | None, left: int, cart: Cart | None
) -> Priced:
    """Say what a reward costs; ``left`` is what the card holds and nobody else has asked for."""
    if reward_id is None:
        return _refused(
            "missing_reward", "The reward is missing", card, "Name the reward that the card is redeemed for."
        )
    if offer is None:
        return Priced(None, problem=not_found("reward", reward_id))
    if offer.is_out_of_stock:
        return _refused("reward_out_of_stock", "The reward is out of stock", card)
    if offer.points is None:
        return _coins(card, points, offer, left, cart)
    if offer.points > left:
        return _too_few(card)
    return Priced(cart.settled() if cart else None, offer.points)


def _coins(card: Voucher, points: int | None, offer: Offer, left: int, cart: Cart | None) -> Priced:
    """Let points pay an order, in whole steps of the exchange: so many as are named, else as many as it takes."""
    if cart is None:
        return _refused("missing_order", "An order is missing", card, "Points pay an order; tell which.")
    if (points or 0) > left or left < offer.points_per_step:
        return _too_few(card)
    steps = (left if points is None else points) // offer.points_per_step
    needed = -(-cart.settled().total_amount // offer.cents_per_step)
    steps = min(steps, needed)
    if steps <= 0:
        return _refused("invalid_amount", "The points do not pay anything", card)
    paid = pay(cart, steps * offer.cents_per_step)
    return Priced(paid.cart, steps * offer.points_per_step)


def take(offer: Offer, redemption: Redemption, card: Voucher, origin: Origin) -> dict[str, Any]:
    """Hand a reward out; return what the redemption tells of it, or raise a Problem where none is left."""
    told: dict[str, Any] = import_string(settings.REWARD_DESK["take"])(offer, redemption, card, origin)
    return told


def give_back(redemption: Redemption, origin: Origin) -> None:
    """Take the reward of a redemption back, which its rollback does."""
    if redemption.reward:
        import_string(settings.REWARD_DESK["give_back"])(redemption.reward, origin)


def tell(verb: str, redemptions: Sequence[Redemption], origin: Origin) -> None:
    """Tell what became of rewards, of those redemptions that have one."""
    rewarded = [redemption for redemption in redemptions if redemption.reward]
    if rewarded:
        import_string(settings.REWARD_DESK["tell"])(verb, rewarded, origin)


def with_offers(candidates: Sequence[Any], *, held: bool) -> list[Any]:
    """Return candidates with what they are redeemed for, where they are loyalty cards that name a reward."""
    wanted = [
        (each.voucher, each.asked.reward_id)
        for each in candidates
        if each.voucher and each.asked.reward_id and each.voucher.campaign_id
    ]
    if not wanted:
        return list(candidates)
    found = offers(wanted, held=held)
    rules = rules_of(found.values())
    return [_with_offer(each, found, rules) for each in candidates]


def _with_offer(candidate: Any, found: Mapping[tuple[int, str], Offer], rules: Mapping[str, list[Assigned]]) -> Any:
    """Return a candidate with its offer, and the rules on that besides its own."""
    offer = found.get((candidate.voucher.campaign_id, candidate.asked.reward_id)) if candidate.voucher else None
    if offer is None:
        return candidate
    return replace(candidate, offer=offer, rules=[*candidate.rules, *rules.get(offer.public_id, ())])


def _too_few(card: Voucher) -> Priced:
    return _refused("loyalty_card_points_exceeded", "The loyalty card does not hold so many points", card)


def _refused(key: str, message: str, card: Voucher, details: str = "") -> Priced:
    return Priced(None, problem=Problem(400, key, message, details, resource_id=card.code, resource_type="voucher"))
