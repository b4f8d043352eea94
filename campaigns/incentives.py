"""What a code can be: a discount, a gift card or a loyalty card; read, checked and said. Touches no table."""

from collections.abc import Callable, Mapping
from typing import Any

from access.problems import Problem, invalid_payload
from campaigns import discounts
from campaigns.discounts import LARGEST_AMOUNT, money

DISCOUNT, GIFT, LOYALTY = "DISCOUNT_VOUCHER", "GIFT_VOUCHER", "LOYALTY_CARD"
KINDS = (DISCOUNT, GIFT, LOYALTY)
KIND_WORDS = {DISCOUNT: "Discount", GIFT: "Gift card", LOYALTY: "Loyalty card"}
GIFT_EFFECTS = ("APPLY_TO_ORDER", "APPLY_TO_ITEMS")
MOST_POINTS = 10**9
# Under which name the terms of each kind stand in a body.
BLOCKS = {DISCOUNT: "discount", GIFT: "gift", LOYALTY: "loyalty_card"}
ROUNDINGS = ("END_OF_MONTH", "END_OF_QUARTER", "END_OF_HALF_YEAR", "END_OF_YEAR", "PARTICULAR_MONTH")
CONVERSIONS = ("redemption", "custom_event")
# Who gets something for a referral. Voucherify's own calls name the referee alone.
REWARDED = ("referee_reward", "referrer_reward")


def parse(kind: str, block: object) -> dict[str, Any]:
    """Return the terms of a code of this kind in their stored form."""
    return PARSERS[kind](block)


def told(kind: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored terms as they are told: a discount always with an effect."""
    return discounts.with_effect(terms) if kind == DISCOUNT and terms else dict(terms)


def first_balance(kind: str, terms: Mapping[str, Any]) -> int | None:
    """Return the credits or points with which such a code begins."""
    return {GIFT: terms.get("amount"), LOYALTY: terms.get("points")}.get(kind)


def parse_gift(data: object) -> dict[str, Any]:
    given = _given(data, "A gift card needs gift, an object with an amount.", _invalid_gift)
    effect = given.get("effect", GIFT_EFFECTS[0])
    if effect not in GIFT_EFFECTS:
        raise _invalid_gift(f"gift.effect must be one of {', '.join(GIFT_EFFECTS)}.")
    return {"amount": _whole(given.get("amount"), "gift.amount", LARGEST_AMOUNT, _invalid_gift), "effect": effect}


def parse_loyalty_card(data: object) -> dict[str, Any]:
    given = _given(data if data is not None else {}, "loyalty_card must be an object.", _invalid)
    points = _whole(given.get("points", 0), "loyalty_card.points", MOST_POINTS, _invalid)
    rules = given.get("expiration_rules")
    return {"points": points, "expiration_rules": parse_expiration_rules(rules) if rules else None}


def parse_expiration_rules(data: object) -> dict[str, Any]:
    given = _given(data, "loyalty_card.expiration_rules must be an object.", _invalid)
    named = "loyalty_card.expiration_rules"
    period = given.get("period_type")
    if period == "FIXED_DAY_OF_YEAR":
        month = _whole(given.get("fixed_month"), f"{named}.fixed_month", 12, _invalid, least=1)
        return {
            "period_type": period,
            "fixed_month": month,
            "fixed_day": _whole(given.get("fixed_day"), f"{named}.fixed_day", 31, _invalid, least=1),
        }
    if period != "MONTH":
        raise _invalid(f"{named}.period_type must be MONTH or FIXED_DAY_OF_YEAR.")
    value = _whole(given.get("period_value"), f"{named}.period_value", 1200, _invalid, least=1)
    return {"period_type": period, "period_value": value, **_rounding(given, named)}


def _rounding(given: Mapping[str, Any], named: str) -> dict[str, Any]:
    rounding = given.get("rounding_type")
    if rounding is None:
        return {}
    if rounding not in ROUNDINGS:
        raise _invalid(f"{named}.rounding_type must be one of {', '.join(ROUNDINGS)}.")
    if rounding != "PARTICULAR_MONTH":
        return {"rounding_type": rounding}
    month = _whole(given.get("rounding_value"), f"{named}.rounding_value", 12, _invalid, least=1)
    return {"rounding_type": rounding, "rounding_value": month}


PARSERS: dict[str, Callable[[object], dict[str, Any]]] = {
    DISCOUNT: discounts.parse, GIFT: parse_gift, LOYALTY: parse_loyalty_card,
}  # fmt: skip


def parse_referral_program(data: object) -> dict[str, Any]:
    """Read what makes a referral count, and what both who take part get; an empty object means nothing."""
    given = _given(data, "referral_program must be an object.", _invalid)
    conversion = given.get("conversion_event_type", CONVERSIONS[0])
    if conversion not in CONVERSIONS:
        raise _invalid(f"referral_program.conversion_event_type must be one of {', '.join(CONVERSIONS)}.")
    program: dict[str, Any] = {"conversion_event_type": conversion}
    if conversion == "custom_event":
        program["custom_event"] = _custom_event(given.get("custom_event"))
    for name in REWARDED:
        if given.get(name, {}) != {}:
            program[name] = _reward(given[name], f"referral_program.{name}")
    return program


def _custom_event(data: object) -> dict[str, Any]:
    needed = "referral_program.custom_event needs the id or the name of the event that counts."
    given = _given(data, needed, _invalid)
    named: dict[str, Any] = {key: given[key] for key in ("id", "name") if key in given}
    if not named or not all(isinstance(value, str) and 0 < len(value) <= 300 for value in named.values()):
        raise _invalid(needed)
    return named


def _reward(data: object, named: str) -> dict[str, Any]:
    """Read what somebody gets for a referral: a code of another campaign, or an amount on a card of it."""
    given = _given(data, f"{named} must be an object.", _invalid)
    if given.get("type") not in KINDS:
        raise _invalid(f"{named}.type must be one of {', '.join(KINDS)}.")
    amount = given.get("amount")
    whole = int(amount) if isinstance(amount, str) and amount.isascii() and amount.isdigit() else amount
    parent = _given(given.get("related_object_parent"), f"{named} needs the campaign it comes from.", _invalid)
    campaign = {key: parent[key] for key in ("id", "name") if isinstance(parent.get(key), str)}
    if not campaign:
        raise _invalid(f"{named}.related_object_parent needs the id of a campaign.")
    if given["type"] == DISCOUNT:
        return {"type": DISCOUNT, "related_object_parent": {**campaign, "object": "campaign"}}
    # Clients read this one amount as a text.
    told = str(_whole(whole, f"{named}.amount", LARGEST_AMOUNT, _invalid, least=1))
    return {"type": given["type"], "amount": told, "related_object_parent": {**campaign, "object": "campaign"}}


def over(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Lay what a body says over what is known; null means not given."""
    return {**known, **{name: value for name, value in said.items() if value is not None}}


def _given(data: object, needed: str, refuse: Callable[[str], Problem]) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise refuse(needed)
    return {key: value for key, value in data.items() if value is not None}


def _whole(value: object, name: str, most: int, refuse: Callable[[str], Problem], least: int = 0) -> int:
    number = int(value) if isinstance(value, float) and value.is_integer() else value
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise refuse(f"{name} must be a whole number from {least} to {most:,}.")
    return number


def _invalid(details: str) -> Problem:
    return Problem(400, "invalid_campaign", "The campaign is not valid", details)


def _invalid_gift(details: str) -> Problem:
    return Problem(400, "invalid_gift", "The gift is not valid", details)


def quantity(redemption: object, otherwise: int | None) -> int | None:
    """Return how often a code counts: what is usual where nothing is said, without a limit where null is said."""
    if not isinstance(redemption, Mapping) or "quantity" not in redemption:
        return otherwise
    number = redemption["quantity"]
    if number is None:
        return None
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number < 2**31:
        raise invalid_payload("redemption.quantity must be a whole number of at least 1, or null.")
    return number


def usual_quantity(kind: str | None) -> int | None:
    """Return how often a code counts where nobody says it: a discount once, a card until it is empty."""
    return 1 if kind == DISCOUNT else None


def in_words(kind: str | None, terms: Mapping[str, Any], currency: str) -> str:
    """Say what a code gives as customers read it: ``5% off``, ``$50.00 gift card``, ``100 points to begin with``."""
    if kind == GIFT:
        return f"{money(terms['amount'], currency)} gift card"
    if kind == LOYALTY:
        points = terms.get("points", 0)
        return f"Loyalty card with {points:,} point{'' if points == 1 else 's'}" if points else "Loyalty card"
    return discounts.in_words(terms, currency) if terms else "Set by its tiers"


def balance_in_words(kind: str, balance: int, currency: str) -> str:
    return money(balance, currency) if kind == GIFT else f"{balance:,} point{'' if balance == 1 else 's'}"
