"""What a caller wants validated or redeemed, read from a body and checked; nothing is looked up here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from access import limits
from access.problems import Problem, invalid_payload
from campaigns.discounts import LARGEST_AMOUNT
from campaigns.facts import Origin
from customers import profiles
from customers.profiles import Profile

VOUCHER, TIER, STACK = "voucher", "promotion_tier", "promotion_stack"
OBJECTS: Final = (VOUCHER, TIER, STACK, "gift_card", "loyalty_card")
MOST: Final = 30
EXPANDABLE: Final = ("order", "redemption", "redeemable", "category")
# How long a session holds what it asked for, unless it says so itself.
WEEK: Final = timedelta(days=7)
UNITS: Final = {
    "DAYS": 86_400_000_000,
    "HOURS": 3_600_000_000,
    "MINUTES": 60_000_000,
    "SECONDS": 1_000_000,
    "MILLISECONDS": 1_000,
    "MICROSECONDS": 1,
    "NANOSECONDS": 0.001,
}
LONGEST: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is to be redeemed, as the caller names it."""

    object: str
    id: str
    credits: int | None = None
    reward_id: str | None = None
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """For how long what is asked for is to be held, under which key; one is made where none is given."""

    key: str | None
    ttl: float | int
    unit: str
    lasts: timedelta


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, by which way in; ``names`` are those under which rules may name the key."""

    origin: Origin
    key_id: int | None = None
    names: tuple[str, ...] = ()
    channel_type: str = "API"
    channel_id: str = ""
    user_login: str | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A request to validate or redeem; null in it means not given."""

    redeemables: tuple[Asked, ...]
    profile: Profile | None = None
    order: Mapping[str, Any] | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    session: Session | None = None
    tracking_id: str | None = None
    expand: frozenset[str] = frozenset()


def read(data: object) -> Wish:
    """Return what the body of a validation or redemption of several asks for."""
    given = without_nulls(limits.mapping(data, "The body"))
    listed = given.get("redeemables")
    if not isinstance(listed, list) or not listed:
        raise invalid_payload("Property . should have required property 'redeemables', a list of at least one")
    if len(listed) > MOST:
        raise Problem(400, "invalid_redeemables", "Too many redeemables", f"At most {MOST} can be named at once.")
    asked = tuple(_asked(each) for each in listed)
    _refuse_doubles(asked)
    return read_about(given, asked)


def read_about(given: Mapping[str, Any], asked: tuple[Asked, ...]) -> Wish:
    """Return a wish for these, with what else a body says."""
    customer, order = given.get("customer"), given.get("order")
    tracking_id = given.get("tracking_id")
    options = limits.mapping(given.get("options", {}), "options")
    return Wish(
        asked,
        profiles.parse({"source_id": customer} if isinstance(customer, str) else customer) if customer else None,
        limits.mapping(order, "order") if order is not None else None,
        limits.metadata(given.get("metadata", {}), "metadata"),
        _session(given["session"]) if "session" in given else None,
        limits.identifier(tracking_id, "tracking_id", 600) if tracking_id else None,
        _expanded(options),
    )


def without_nulls(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _asked(data: object) -> Asked:
    given = without_nulls(limits.mapping(data, "Each redeemable"))
    kind = given.get("object")
    if kind not in OBJECTS:
        raise invalid_payload(f"redeemables.object must be one of {VOUCHER}, {TIER}, {STACK}")
    name = limits.identifier(given.get("id"), "redeemables.id")
    gift, reward = (limits.mapping(given.get(part, {}), f"redeemables.{part}") for part in ("gift", "reward"))
    return Asked(
        VOUCHER if kind in ("gift_card", "loyalty_card") else kind,
        name,
        _whole(gift.get("credits"), "gift.credits"),
        limits.identifier(reward["id"], "reward.id") if reward.get("id") else None,
        _whole(reward.get("points"), "reward.points"),
    )


def asked_of_code(code: str, given: Mapping[str, Any]) -> Asked:
    """Return what the older calls ask for, which name a code in their address."""
    return _asked({"object": VOUCHER, "id": code, "gift": given.get("gift"), "reward": given.get("reward")})


def _refuse_doubles(asked: tuple[Asked, ...]) -> None:
    if len({(each.object, each.id) for each in asked}) < len(asked):
        raise doubled()
    if len(asked) > 1 and any(each.object == STACK for each in asked):
        raise Problem(400, "invalid_redeemables", "Invalid redeemables", "A promotion stack must be the only one.")


def doubled() -> Problem:
    return Problem(400, "duplicated_redeemables", "Duplicated redeemables", "Name each redeemable once.")


def _whole(value: object, name: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST_AMOUNT:
        raise invalid_payload(f"{name} must be a whole number of at least 1")
    return value


def _session(data: object) -> Session:
    given = without_nulls(limits.mapping(data, "session"))
    if given.get("type", "LOCK") != "LOCK":
        raise invalid_payload("session.type must be LOCK")
    ttl, unit = given.get("ttl"), given.get("ttl_unit", "DAYS")
    if not isinstance(unit, str) or unit not in UNITS:
        raise invalid_payload(f"session.ttl_unit must be one of {', '.join(UNITS)}")
    if ttl is None:
        ttl, unit = WEEK.days, "DAYS"
    if (
        not isinstance(ttl, int | float)
        or isinstance(ttl, bool)
        or ttl <= 0
        or ttl * UNITS[unit] > LONGEST / MICROSECOND
    ):
        raise invalid_payload("session.ttl must be a number above 0, and not more than a year")
    key = limits.identifier(given["key"], "session.key") if "key" in given else None
    return Session(key, ttl, unit, timedelta(microseconds=ttl * UNITS[unit]))


MICROSECOND: Final = timedelta(microseconds=1)


def _expanded(options: Mapping[str, Any]) -> frozenset[str]:
    expand = options.get("expand") or []
    if not isinstance(expand, list) or not all(each in EXPANDABLE for each in expand):
        raise invalid_payload(f"options.expand must be a list of {', '.join(EXPANDABLE)}")
    return frozenset(expand)
