"""What a caller or a form asks a campaign to be: read and checked once, for every way in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime

from access import limits
from access.problems import Problem, invalid_payload
from campaigns import codes, discounts, durations
from campaigns.codes import CodeConfig, CodeConfigError

MOST_CODES = 1_000_000


@dataclass(frozen=True)
class Terms:
    """A campaign's promise, checked: the discount, how its codes look, and when they count."""

    name: str
    discount: dict[str, Any]
    codes: CodeConfig = field(default_factory=CodeConfig)
    vouchers_count: int = 0
    type: str = "STATIC"
    description: str = ""
    category: str = ""
    join_once: bool = False
    active: bool = True
    start_date: datetime | None = None
    expiration_date: datetime | None = None
    activity_duration_after_publishing: str = ""
    redemption_quantity: int | None = 1
    metadata: dict[str, Any] = field(default_factory=dict)


def parse(data: object) -> Terms:
    """Read the body of ``POST /v1/campaigns``. Null means not given."""
    given = _given(data)
    _refuse_what_is_not_offered(given)
    voucher = given.get("voucher")
    if not isinstance(voucher, Mapping):
        raise _invalid("A campaign needs a voucher with a discount.")
    if voucher.get("type", "DISCOUNT_VOUCHER") not in (None, "DISCOUNT_VOUCHER"):
        raise _invalid("voucher.type must be DISCOUNT_VOUCHER.")
    return Terms(
        name=_name(given.get("name")),
        discount=discounts.parse(voucher.get("discount")),
        codes=code_config(voucher.get("code_config")),
        vouchers_count=vouchers_count(given.get("vouchers_count", 0)),
        redemption_quantity=_redemption_quantity(voucher.get("redemption")),
        **_changeable(given),
    )


def parse_change(data: object) -> dict[str, Any]:
    """Read the body of ``PUT /v1/campaigns/{id}``: what is to change. Null takes a date away."""
    if not isinstance(data, Mapping):
        raise invalid_payload("The body must be an object.")
    changes = _changeable(_given(data))
    erasable = {"start_date": None, "expiration_date": None, "activity_duration_after_publishing": ""}
    changes |= {key: empty for key, empty in erasable.items() if key in data and data[key] is None}
    voucher = data.get("voucher")
    if isinstance(voucher, Mapping) and voucher.get("discount") is not None:
        changes["discount"] = discounts.parse(voucher["discount"])
    return changes


def _invalid(details: str) -> Problem:
    return Problem(400, "invalid_campaign", "The campaign is not valid", details)


def _given(data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise invalid_payload("The body must be an object.")
    return {key: value for key, value in data.items() if value is not None}


def _refuse_what_is_not_offered(given: Mapping[str, Any]) -> None:
    """Refuse rather than ignore: a limit that is silently dropped would give money away."""
    if given.get("campaign_type", "DISCOUNT_COUPONS") != "DISCOUNT_COUPONS":
        raise _invalid("campaign_type must be DISCOUNT_COUPONS.")
    for name in ("validation_rules", "validity_timeframe", "validity_day_of_week", "validity_hours"):
        if given.get(name):
            raise Problem(400, "invalid_campaign_params", "The campaign is not valid", f"{name} is not offered.")


def _changeable(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read what may be said at creation and changed later, as far as it is given."""
    readers = {
        "description": lambda value: limits.text(value, "description", 400),
        "category": lambda value: limits.text(value, "category", 120),
        "type": _type,
        "join_once": lambda value: _boolean(value, "join_once"),
        "active": lambda value: _boolean(value, "active"),
        "start_date": lambda value: moment(value, "start_date"),
        "expiration_date": lambda value: moment(value, "expiration_date"),
        "activity_duration_after_publishing": _duration,
        "metadata": lambda value: limits.metadata(value, "metadata"),
    }
    return {key: read(given[key]) for key, read in readers.items() if key in given}


def _name(value: object) -> str:
    name = limits.identifier("" if value is None else value, "name").strip()
    if not name:
        raise invalid_payload("name must not be blank")
    return name


def _type(value: object) -> str:
    if value not in ("STATIC", "AUTO_UPDATE"):
        raise _invalid("type must be STATIC or AUTO_UPDATE.")
    return str(value)


def _boolean(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise invalid_payload(f"{name} must be true or false.")
    return value


def moment(value: object, name: str) -> datetime:
    """Read an ISO 8601 time or date; without a zone it is UTC."""
    try:
        read = (parse_datetime(value) or parse_date(value)) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None:
        details = f"{name} must be a time such as 2026-06-30T23:59:59Z."
        raise Problem(400, f"invalid_{name}", "The date is not valid", details)
    whole = read if isinstance(read, datetime) else datetime(read.year, read.month, read.day, tzinfo=UTC)
    whole = whole if whole.tzinfo else whole.replace(tzinfo=UTC)
    if not 2000 <= whole.year <= 2100:
        raise Problem(400, f"invalid_{name}", "The date is not valid", f"{name} must lie between 2000 and 2100.")
    return whole


def _duration(value: object) -> str:
    try:
        durations.parse(limits.text(value, "activity_duration_after_publishing", 40))
    except ValueError as error:
        raise invalid_payload(f"activity_duration_after_publishing: {error}") from error
    return str(value)


def vouchers_count(value: object, *, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise invalid_payload(f"vouchers_count must be a whole number of at least {least}.")
    if value > MOST_CODES:
        details = f"At most {MOST_CODES:,} codes can be ordered at once."
        raise Problem(400, "too_many_vouchers_requested", "Too many codes are asked for", details)
    return value


def _redemption_quantity(redemption: object) -> int | None:
    """Return how often a code counts: once where nothing is said, without a limit where null is said."""
    if not isinstance(redemption, Mapping) or "quantity" not in redemption:
        return 1
    quantity = redemption["quantity"]
    if quantity is None:
        return None
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity < 2**31:
        raise invalid_payload("voucher.redemption.quantity must be a whole number of at least 1, or null.")
    return quantity


def code_config(data: object) -> CodeConfig:
    if data is not None and not isinstance(data, Mapping):
        raise Problem(400, "invalid_code_config", "The codes cannot be made", "code_config must be an object.")
    try:
        return CodeConfig.from_json(data)
    except CodeConfigError as error:
        raise Problem(400, "invalid_code_config", "The codes cannot be made", str(error)) from error


def check_room(config: CodeConfig, count: int) -> None:
    """Raise Problem where so many codes of this look would collide, or be guessed."""
    refused = codes.refusal(config, count)
    if refused:
        raise Problem(400, "invalid_code_config", "The codes cannot be made", refused)


def check_dates(start: datetime | None, end: datetime | None) -> None:
    if start and end and end <= start:
        raise Problem(
            400, "invalid_expiration_date", "The dates are not valid", "expiration_date must be after start_date."
        )
