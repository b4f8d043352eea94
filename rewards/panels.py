"""Earning rules and rewards on a loyalty program's page, in words: three queries."""

from dataclasses import dataclass

from access import project
from campaigns.discounts import money
from campaigns.models import Campaign
from customers.panels import Panel
from rewards.earning.proportions import in_words
from rewards.earning.reading import ENTERED, PAID
from rewards.models import EarningRule, Reward, RewardAssignment

MOST = 100


def program(campaign: Campaign) -> Panel:
    """Return by what points are earned and what they can be spent on; nothing for another kind of campaign."""
    if campaign.campaign_type != Campaign.Kind.LOYALTY_PROGRAM:
        return Panel("rewards/_nothing.html", {})
    return Panel("rewards/_program.html", {"rules": _rules(campaign), "rewards": _rewards(campaign)}, is_wide=True)


@dataclass(frozen=True)
class ShownRule:
    """An earning rule in words."""

    rule: EarningRule
    when: str
    gives: str


@dataclass(frozen=True)
class ShownReward:
    """A reward within a program: what it is, what it costs, and how many are left."""

    assignment: RewardAssignment
    what: str
    price: str
    left: str


def _rules(program: Campaign) -> list[ShownRule]:
    found = EarningRule.objects.filter(campaign=program).select_related("segment").order_by("id")[:MOST]
    return [ShownRule(rule, _when(rule), _gives(rule)) for rule in found]


def _rewards(program: Campaign) -> list[ShownReward]:
    found = RewardAssignment.objects.filter(campaign=program).select_related("reward__campaign").order_by("id")[:MOST]
    currency = project.current().currency
    return [
        ShownReward(each, _what(each.reward, currency), _price(each, currency), _left(each.reward)) for each in found
    ]


def _when(rule: EarningRule) -> str:
    if rule.event == PAID:
        return "An order is paid"
    if rule.event == ENTERED:
        return f"A customer enters {rule.segment}"
    return f"The event {rule.event} is reported"


def _gives(rule: EarningRule) -> str:
    waits = rule.pending_days
    after = f", after {waits} day{'' if waits == 1 else 's'}" if waits else ""
    return f"{in_words(rule.loyalty)}{after}"


def _what(reward: Reward, currency: str) -> str:
    if reward.type == Reward.Type.COIN:
        return "Pays an order"
    if reward.campaign is None:
        return "A product"
    balance = reward.parameters["campaign"].get("balance")
    if balance is None:
        return f"A code of {reward.campaign}"
    is_gift = reward.campaign.campaign_type == Campaign.Kind.GIFT_VOUCHERS
    worth = money(balance, currency) if is_gift else f"{balance:,} points"
    return f"{worth} on a card of {reward.campaign}"


def _price(assignment: RewardAssignment, currency: str) -> str:
    coin = assignment.reward.parameters.get("coin")
    if coin:
        ratio, worth = coin["points_ratio"], round(coin["exchange_ratio"] * 100)
        return f"{ratio:,} point{'' if ratio == 1 else 's'} = {money(worth, currency)}"
    return f"{assignment.points or 0:,} points"


def _left(reward: Reward) -> str:
    return "no limit" if reward.stock is None else f"{reward.stock - reward.redeemed:,} of {reward.stock:,}"
