"""What a caller or a form asks a campaign to be: read and checked once, for every way in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from access import limits
from access.problems import Problem, invalid_payload
from campaigns import codes, incentives, validity, values
from campaigns.codes import CodeConfig, CodeConfigError
from campaigns.incentives import BLOCKS, DISCOUNT, GIFT, LOYALTY

MOST_CODES = 1_000_000
# What the codes of each kind of campaign are; a promotion has none.
VOUCHER_KINDS: dict[str, str | None] = {
    "DISCOUNT_COUPONS": DISCOUNT,
    "GIFT_VOUCHERS": GIFT,
    "LOYALTY_PROGRAM": LOYALTY,
    "PROMOTION": None,
    "REFERRAL_PROGRAM": DISCOUNT,
}
TYPES = ("STATIC", "AUTO_UPDATE", "STANDALONE")


@dataclass(frozen=True)
class Terms:
    """A campaign's promise, checked: what its codes give, how they look, and when they count."""

    name: str
    campaign_type: str = "DISCOUNT_COUPONS"
    discount: dict[str, Any] | None = None
    gift: dict[str, Any] | None = None
    loyalty_card: dict[str, Any] | None = None
    referral_program: dict[str, Any] | None = None
    codes: CodeConfig = field(default_factory=CodeConfig)
    code: str | None = None
    vouchers_count: int = 0
    type: str = "STATIC"
    description: str = ""
    category: str | None = None
    join_once: bool = False
    auto_join: bool = False
    use_voucher_metadata_schema: bool = False
    active: bool = True
    protected: bool = False
    start_date: datetime | None = None
    expiration_date: datetime | None = None
    validity: dict[str, Any] | None = None
    activity_duration_after_publishing: str = ""
    redemption_quantity: int | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    validation_rules: tuple[str, ...] = ()
    tiers: tuple[Mapping[str, Any], ...] = ()

    def check(self) -> None:
        """Raise Problem where its parts do not fit one another."""
        values.check_dates(self.start_date, self.expiration_date)
        validity.require_start(self.validity, self.start_date)
        check_room(self.codes, self.vouchers_count)


def parse(data: object) -> Terms:
    """Read the body of ``POST /v1/campaigns``. Null means not given."""
    given = _given(data)
    campaign_type = given.get("campaign_type", "DISCOUNT_COUPONS")
    if not isinstance(campaign_type, str) or campaign_type not in VOUCHER_KINDS:
        raise _invalid(f"campaign_type must be one of {', '.join(VOUCHER_KINDS)}.")
    kind = VOUCHER_KINDS[campaign_type]
    said = {**_changeable(given), **_promise(campaign_type, kind, given)}
    if campaign_type == "LOYALTY_PROGRAM":
        said["join_once"] = True
    if said.get("type") == "STANDALONE":
        said["join_once"] = False
    return Terms(
        name=_name(given.get("name")),
        campaign_type=campaign_type,
        validity=validity.parse(given),
        validation_rules=validation_rules(given.get("validation_rules", [])),
        **said,
    )


def _promise(campaign_type: str, kind: str | None, given: Mapping[str, Any]) -> dict[str, Any]:
    """Read what the campaign gives, and the codes by which it does."""
    if kind is None:
        if given.get("vouchers_count"):
            raise _invalid("A promotion has no codes: leave vouchers_count out.")
        return {"tiers": _tiers(given.get("promotion"))}
    voucher = given.get("voucher")
    if not isinstance(voucher, Mapping):
        raise _invalid(f"A campaign needs a voucher with its {BLOCKS[kind]}.")
    if voucher.get("type", kind) not in (None, kind):
        raise _invalid(f"voucher.type must be {kind} in a campaign of the type {campaign_type}.")
    said = {BLOCKS[kind]: incentives.parse(kind, voucher.get(BLOCKS[kind]))}
    if campaign_type == "REFERRAL_PROGRAM":
        said["referral_program"] = incentives.parse_referral_program(given.get("referral_program", {}))
    quantity = incentives.quantity(voucher.get("redemption"), incentives.usual_quantity(kind))
    return {**said, "redemption_quantity": quantity, **_codes(given, voucher)}


def _codes(given: Mapping[str, Any], voucher: Mapping[str, Any]) -> dict[str, Any]:
    config = code_config(voucher.get("code_config"))
    if given.get("type") != "STANDALONE":
        return {"codes": config, "vouchers_count": vouchers_count(given.get("vouchers_count", 0))}
    if not isinstance(voucher.get("code"), str):
        raise _invalid("A campaign of the type STANDALONE needs voucher.code, the one code that everybody uses.")
    return {"codes": config, "code": limits.identifier(voucher["code"], "voucher.code")}


def _tiers(promotion: object) -> tuple[Mapping[str, Any], ...]:
    if promotion is None:
        return ()
    tiers = promotion.get("tiers") if isinstance(promotion, Mapping) else None
    if not isinstance(tiers, list) or not all(isinstance(tier, Mapping) for tier in tiers):
        raise _invalid("promotion.tiers must be a list of tiers.")
    return tuple(tiers)


def validation_rules(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(rule, str) and rule for rule in value):
        raise invalid_payload("validation_rules must be a list of ids")
    if len(value) > 1:
        raise Problem(400, "invalid_campaign_params", "The campaign is not valid", "One validation rule at most.")
    return tuple(limits.identifier(rule, "validation_rules") for rule in value)


def parse_change(data: object) -> dict[str, Any]:
    """Read the body of ``PUT /v1/campaigns/{id}``: what is to change. Null means not given, an empty value none."""
    given = _given(data)
    changes = _changeable(given)
    if hours := validity.said_in(given):
        changes["validity"] = hours
    if "unset_metadata_fields" in given:
        changes["unset_metadata_fields"] = _names(given["unset_metadata_fields"])
    return {**changes, **_changed_promise(given)}


def _changed_promise(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read the terms that are to change; callers say them beside the rest, or within the voucher as at creation."""
    voucher = given.get("voucher")
    within = _given(voucher) if isinstance(voucher, Mapping) else {}
    blocks = {**within, **given}
    changes: dict[str, Any] = {}
    for kind, block in BLOCKS.items():
        if isinstance(blocks.get(block), Mapping):
            changes[block] = blocks[block] if kind != DISCOUNT else incentives.parse(kind, blocks[block])
    if "referral_program" in given:
        changes["referral_program"] = limits.mapping(given["referral_program"], "referral_program")
    if isinstance(within.get("code_config"), Mapping):
        changes["code_config"] = code_config(within["code_config"]).as_json()
    return changes


def _names(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise invalid_payload("unset_metadata_fields must be a list of names")
    return value


def _invalid(details: str) -> Problem:
    return Problem(400, "invalid_campaign", "The campaign is not valid", details)


def _given(data: object) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise invalid_payload("The body must be an object.")
    return {key: value for key, value in data.items() if value is not None}


def _changeable(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read what may be said at creation and changed later, as far as it is given."""
    flags = ("join_once", "auto_join", "use_voucher_metadata_schema", "active", "protected")
    said: dict[str, Any] = {name: values.flag(given[name], name) for name in flags if name in given}
    dates = [name for name in ("start_date", "expiration_date") if name in given]
    said |= {name: values.moment_or_none(given[name], name) for name in dates}
    readers = {
        "description": lambda value: limits.text(value, "description", 400),
        "type": _type,
        "activity_duration_after_publishing": lambda value: values.duration(
            value, "activity_duration_after_publishing"
        ),
        "metadata": lambda value: limits.metadata(value, "metadata"),
    }
    said |= {key: read(given[key]) for key, read in readers.items() if key in given}
    return {**said, **values.category_in(given)}


def _name(value: object) -> str:
    name = limits.identifier("" if value is None else value, "name").strip()
    if not name:
        raise invalid_payload("name must not be blank")
    return name


def _type(value: object) -> str:
    if value not in TYPES:
        raise _invalid(f"type must be one of {', '.join(TYPES)}.")
    return str(value)


def vouchers_count(value: object, *, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise invalid_payload(f"vouchers_count must be a whole number of at least {least}.")
    if value > MOST_CODES:
        details = f"At most {MOST_CODES:,} codes can be ordered at once."
        raise Problem(400, "too_many_vouchers_requested", "Too many codes are asked for", details)
    return value


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
