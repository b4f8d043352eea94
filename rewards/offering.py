"""What redeeming asks of rewards: what is offered, one taken with its redemption, given back with its rollback."""

from collections.abc import Mapping, Sequence
from typing import Any

from access.problems import Problem
from campaigns import balances, publishing, vouchers
from campaigns.facts import Origin, named
from campaigns.incentives import DISCOUNT, GIFT
from campaigns.models import Redemption, Transaction, Voucher
from campaigns.redeeming import telling
from campaigns.redeeming.rewarding import Offer, Wanted
from campaigns.representation import publication_reference, voucher_json
from customers import profiles
from customers.models import Customer
from events.tracking import Fact, track_many
from orders.models import Product, Sku
from orders.representation import product_json, sku_json
from rewards import stocking
from rewards.models import Reward, RewardAssignment
from rewards.telling import assignment_json, reward_json

Type = Reward.Type


def offers(wanted: Sequence[Wanted], *, held: bool) -> dict[tuple[int, str], Offer]:
    """Return what is offered to these cards under these names, locked in one order where it is to be held."""
    names, campaigns = {name for _, name in wanted}, {card.campaign_id for card, _ in wanted}
    found = RewardAssignment.objects.filter(reward__public_id__in=names, campaign__in=campaigns)
    rows = {(each.campaign_id, each.reward_id): each for each in found.select_related("reward__campaign", "campaign")}
    if held:
        fresh = Reward.objects.select_for_update(no_key=True).filter(pk__in=[key for _, key in rows]).order_by("pk")
        counts = dict(fresh.values_list("pk", "redeemed"))
        for assignment in rows.values():
            assignment.reward.redeemed = counts.get(assignment.reward_id, 0)
    return {(campaign, each.reward.public_id): _offer(each) for (campaign, _), each in rows.items()}


def _offer(assignment: RewardAssignment) -> Offer:
    reward, coin = assignment.reward, assignment.reward.parameters.get("coin")
    return Offer(
        assignment.public_id,
        reward.public_id,
        None if coin else assignment.points,
        round(coin["exchange_ratio"] * 100) if coin else 0,
        coin["points_ratio"] if coin else 1,
        reward.is_out_of_stock,
        {"reward": reward, "assignment": assignment_json(assignment)},
    )


def take(offer: Offer, redemption: Redemption, card: Voucher, origin: Origin) -> dict[str, Any]:
    """Hand a reward out; return what the redemption tells of it."""
    reward: Reward = offer.told["reward"]
    stocking.take_one(reward)
    customer = card.holder or redemption.customer
    told = {
        **reward_json(reward),
        "assignment_id": offer.public_id,
        "assignment": offer.told["assignment"],
        "customer": profiles.simple(customer) if customer else None,
        "loyalty_tier_id": None,
        **_goods(reward),
    }
    return {**told, **(_code(reward, customer, redemption, card, origin) if reward.campaign else {})}


def _goods(reward: Reward) -> dict[str, Any]:
    said = reward.parameters.get("product") or {}
    product = Product.objects.filter(public_id=said["id"]).first() if "id" in said else None
    sku = Sku.objects.filter(public_id=said["sku_id"]).select_related("product").first() if "sku_id" in said else None
    return {"product": product_json(product) if product else None, "sku": sku_json(sku) if sku else None}


def _code(
    reward: Reward, customer: Customer | None, redemption: Redemption, card: Voucher, origin: Origin
) -> dict[str, Any]:
    """Give a code of the reward's campaign to whoever holds the card; on a card it puts what the reward is worth."""
    assert reward.campaign is not None
    if customer is None:
        details = "The reward is a code, and nobody holds the card who could get it."
        raise Problem(400, "missing_customer", "The customer is missing", details, resource_id=card.code)
    source = f"reward:{redemption.public_id}"
    published = publishing.publish(reward.campaign, customer, source_id=source, channel="LOYALTY_REWARD", origin=origin)
    given = Voucher.objects.with_names().get(pk=published.voucher_id)
    worth = reward.parameters["campaign"].get("balance")
    if worth:
        kind = Transaction.Type.CREDITS_ADDITION if given.kind == GIFT else Transaction.Type.POINTS_ADDITION
        balances.change(given, worth, kind=kind, reason="Reward", source_id=source)
    return {"voucher": voucher_json(given), "publication": publication_reference(published)}


def give_back(told: Mapping[str, Any], origin: Origin) -> None:
    """Take a reward back: the stock has it again, and a code that was given for it counts no more."""
    reward = stocking.put_one_back(told["id"])
    given = told.get("voucher")
    if not given:
        return
    voucher = Voucher.objects.named(given["code"]).with_names().first()
    if voucher is None:
        return
    if voucher.kind == DISCOUNT:
        vouchers.set_active(voucher, active=False, origin=origin)
        return
    worth = min((reward.parameters if reward else {}).get("campaign", {}).get("balance", 0), voucher.balance or 0)
    if worth:
        kind = Transaction.Type.CREDITS_REMOVAL if voucher.kind == GIFT else Transaction.Type.POINTS_REMOVAL
        balances.change(voucher, -worth, kind=kind, reason="Reward taken back")


def tell(verb: str, redemptions: Sequence[Redemption], origin: Origin) -> None:
    """Tell of each reward that it was asked for and got, or that it was taken back."""
    track_many([fact for redemption in redemptions for fact in _facts(verb, redemption, origin)])


def _facts(verb: str, redemption: Redemption, origin: Origin) -> list[Fact]:
    told, card = redemption.reward or {}, redemption.voucher
    if card is None:
        return []
    customer = redemption.customer or card.holder
    holder = profiles.simple(card.holder) if card.holder else None
    reward = {name: value for name, value in told.items() if name not in ("assignment", "publication")}
    about = {
        "customer": profiles.simple(customer) if customer else None,
        "holder": holder,
        **named(card),
        "reward": reward,
        "balance": {"points": -(redemption.amount or 0), "balance": card.balance, "object": "balance"},
    }
    redeemed = {
        **about, "reward_redemption": telling.reference(redemption), "reward_assignment": told.get("assignment"),
        "source": {"id": card.public_id, "type": "voucher"},
    }  # fmt: skip
    names = {"completed": ("created", "completed"), "rolledback": ("rolledback",)}[verb]
    events = [(f"customer.reward_redemptions.{each}", redeemed) for each in names]
    if verb == "completed":
        events[1] = (events[1][0], {**redeemed, "publication": told.get("publication")})
        rewarded = {"redemption": telling.reference(redemption), "referral_tier": None, "custom_event": None}
        events.append(("customer.rewarded", {**about, **rewarded, "customer_event": None}))
    owner = customer.pk if customer else None
    return [origin.fact(name, redemption.public_id, properties, owner) for name, properties in events]
