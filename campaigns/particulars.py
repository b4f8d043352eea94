"""What one code says of itself: read and checked for every way in, a body, a form or a row of a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from access import limits
from access.problems import Problem
from campaigns import incentives, terms, validity, values
from campaigns.codes import CodeConfig
from campaigns.incentives import BLOCKS, KINDS


@dataclass(frozen=True)
class Particulars:
    """A code's own terms, dates and facts; what it leaves open, its campaign says."""

    code: str | None = None
    kind: str | None = None
    terms: dict[str, Any] | None = None
    balance: int | None = None
    quantity: int | None = None
    active: bool = True
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    validity: dict[str, Any] | None = None
    category: str | None = None
    additional_info: str | None = None
    metadata: dict[str, Any] | None = None
    codes: CodeConfig = field(default_factory=CodeConfig)
    validation_rules: tuple[str, ...] = ()


def parse(data: object) -> Particulars:
    """Read a code that stands for itself. Null means not given."""
    given = _given(data)
    kind = _kind(given)
    own = _terms(kind, given)
    return Particulars(
        kind=kind,
        terms=own,
        balance=incentives.first_balance(kind, own),
        quantity=incentives.quantity(given.get("redemption"), incentives.usual_quantity(kind)),
        **_facts(given),
    )


def parse_within(
    data: object, kind: str, known: Mapping[str, Any], quantity: int | None, balance: int | None
) -> Particulars:
    """Read a code of a campaign that gives these terms: what the code says of itself comes before them."""
    given = _given(data)
    if given.get("type", kind) != kind:
        raise _invalid(f"type must be {kind}, as its campaign's other vouchers are.")
    own = _terms(kind, given) if BLOCKS[kind] in given else None
    return Particulars(
        terms=own if own != known else None,
        balance=balance if own is None else incentives.first_balance(kind, own),
        quantity=incentives.quantity(given.get("redemption"), quantity),
        **_facts(given),
    )


def _given(data: object) -> dict[str, Any]:
    return {key: value for key, value in limits.mapping(data, "The voucher").items() if value is not None}


def _kind(given: Mapping[str, Any]) -> str:
    """Return the kind that is said, or that shows in the terms given."""
    said = given.get("type")
    if said is None:
        said = next((kind for kind, block in BLOCKS.items() if block in given), None)
    if said not in KINDS:
        raise _invalid(f"type must be one of {', '.join(KINDS)}.")
    return str(said)


def _terms(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return incentives.parse(kind, given.get(BLOCKS[kind]))
    except Problem as problem:
        if problem.key != "invalid_campaign":
            raise
        raise _invalid(problem.details.replace("A campaign", "A voucher")) from problem


def _facts(given: Mapping[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, field_name in (("start_date", "starts_at"), ("expiration_date", "expires_at")):
        if name in given:
            said[field_name] = values.moment_or_none(given[name], name)
    values.check_dates(said.get("starts_at"), said.get("expires_at"))
    said["validity"] = validity.parse(given)
    validity.require_start(said["validity"], said.get("starts_at"))
    said |= values.category_in(given)
    readers = {
        "code": lambda value: limits.identifier(value.strip() if isinstance(value, str) else value, "code"),
        "active": lambda value: values.flag(value, "active"),
        "additional_info": lambda value: limits.text(value, "additional_info", 400),
        "metadata": lambda value: limits.metadata(value, "metadata") or None,
        "validation_rules": terms.validation_rules,
    }
    said |= {name: read(given[name]) for name, read in readers.items() if name in given}
    return {**said, "codes": terms.code_config(given.get("code_config"))}


def _invalid(details: str) -> Problem:
    return Problem(400, "invalid_voucher", "The voucher is not valid", details)
