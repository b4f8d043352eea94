"""What happens in loyalty programs and referrals, beside the internal events. Plain Python."""

from typing import Final

from events.naming import InternalEvent, event


def _card(what: str, sentence: str, carries: str) -> InternalEvent:
    """Return something that happens to a loyalty card, which today is told of its customer as well."""
    name = f"voucher.loyalty_card.{what}"
    return event(name, sentence, f"customer campaign voucher {carries}", f"customer.{name}", has_customer=True)


def _redeemed(what: str, sentence: str) -> InternalEvent:
    carries = "customer holder voucher campaign reward_redemption reward reward_assignment source balance publication"
    return event(f"customer.reward_redemptions.{what}", sentence, carries, has_customer=True)


def _rules(what: str, sentence: str) -> InternalEvent:
    return event(f"campaign.earning_rule.{what}", sentence, "campaign earning_rule")


_WAITS = "order pending_points voucher_pending_points_balance"
LOYALTY: Final = (
    _card("points_added", "Points came onto a loyalty card, or were taken off it by hand.", "balance transaction"),
    _card("points_expired", "Points on a loyalty card were not used in time.", "points buckets transaction"),
    _card("points_transferred", "Points were moved from one loyalty card to another.", "balance transaction"),
    _card("pending_points.added", "Points were earned, and wait for their day.", _WAITS),
    _card("pending_points.updated", "The points that wait were changed.", _WAITS),
    _card("pending_points.canceled", "Points that waited were canceled.", _WAITS),
    _card("pending_points.activated", "Points that waited came onto the card.",
          "order pending_points balance transaction"),
    event(
        "customer.rewarded.loyalty_points",
        "A customer earned points.",
        "customer holder voucher campaign loyalty_tier earning_rule balance order event",
        has_customer=True,
    ),
    event(
        "customer.referred",
        "A customer was won by another one.",
        "customer referrer campaign voucher custom_event redemption",
        has_customer=True,
    ),
    _redeemed("created", "A customer asked for a reward."),
    _redeemed("completed", "A customer got a reward."),
    _redeemed("rolledback", "A reward was taken back."),
    _rules("assigned", "A loyalty program got an earning rule."),
    _rules("updated", "An earning rule was changed."),
    _rules("enabled", "An earning rule was enabled."),
    _rules("disabled", "An earning rule was disabled."),
    _rules("deleted", "An earning rule was deleted."),
    event("campaign.reward.assignment.created", "A reward was put into a loyalty program.",
           "campaign reward reward_assignment"),
    event("campaign.reward.assignment.updated", "The price of a reward was changed.",
           "campaign reward reward_assignment"),
    event("campaign.reward.assignment.deleted", "A reward was taken out of a loyalty program.",
           "campaign reward reward_assignment"),
)  # fmt: skip
