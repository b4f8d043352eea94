"""Reads what callers report: one event item of the API, checked, as a report to be stored."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from access import limits
from access.problems import invalid_payload
from access.strict_json import TooLarge
from customers import profiles
from events import catalogue
from events.accepting import Report
from events.companions import NONE, Companions
from events.definitions import NAME_MOST
from events.models import Event
from events.naming import InternalEvent

EVENT_BYTES = 32 * 1024
EARLIEST, LATEST = 2000, 2100


@dataclass(frozen=True, slots=True)
class Origin:
    """From whom and by which request the items come."""

    source: str
    key_id: int
    group_id: str
    keeps_contacts: bool = False
    message_id: str = ""

    def may_report(self, event: InternalEvent) -> bool:
        """Tell whether an internal event may be reported: by servers, where it can happen elsewhere; never by pages,
        whose visitors would pay their own orders by saying so.
        """
        return event.is_reported and self.source == Event.Source.API


def read_report(item: object, origin: Origin) -> Report:
    """Return a report of what one item says, or raise a Problem."""
    given = limits.mapping(item, "The event")
    name = catalogue.canonical(limits.identifier(given.get("event"), "event", NAME_MOST))
    internal = catalogue.KNOWN.get(name)
    if internal is not None and not origin.may_report(internal):
        raise invalid_payload(f"{name} is an internal event, which is recorded when it happens")
    if given.get("customer") is None:
        raise invalid_payload("Property . should have required property 'customer'")
    profile = profiles.parse(given["customer"])
    if profile.public_id is None and profile.source_id is None:
        raise invalid_payload("customer must have an id or a source_id")
    properties = given.get("metadata")
    message_id = _message_id(given, origin)
    return Report(
        profile,
        name,
        limits.metadata(properties, "metadata") if properties is not None else {},
        message_id,
        _body_hash(given, is_wanted=bool(message_id)),
        _moment(given, "occurred_at"),
        _moment(given, "sent_at"),
        origin.source,
        origin.key_id,
        origin.group_id,
        origin.keeps_contacts,
        _companions(given),
    )


def _message_id(given: dict[str, Any], origin: Origin) -> str:
    message_id = given.get("message_id")
    if message_id is None:
        return origin.message_id
    if origin.message_id and message_id != origin.message_id:
        raise invalid_payload("message_id and the header Idempotency-Key differ")
    return limits.identifier(message_id, "message_id")


def _body_hash(given: dict[str, Any], *, is_wanted: bool) -> str:
    """Return the hash of what the item says, without what may differ when it is sent again."""
    said = {name: value for name, value in given.items() if name not in ("message_id", "sent_at")}
    written = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    if len(written) > EVENT_BYTES:
        raise TooLarge(EVENT_BYTES)
    return hashlib.sha256(written).hexdigest() if is_wanted else ""


def _moment(given: dict[str, Any], name: str) -> datetime | None:
    value = given.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value) if type(value) is str and 16 <= len(value) <= 40 else None
        # A time without a zone is read as UTC; the shift can leave the calendar, which is refused too.
        moment = moment and (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not EARLIEST <= moment.year <= LATEST:
        raise invalid_payload(f"{name} must be a time such as 2026-01-02T10:00:00Z, from the year 2000 on")
    return moment


def _companions(given: dict[str, Any]) -> Companions:
    if given.get("referral") is None and given.get("loyalty") is None:
        return NONE
    return Companions(_code_in(given, "referral"), _code_in(given, "loyalty"))


def _code_in(given: dict[str, Any], name: str) -> str:
    part = given.get(name)
    if part is None:
        return ""
    code = limits.mapping(part, name).get("code")
    if not code:
        raise invalid_payload(f"Property .{name} should have required property 'code'")
    return limits.identifier(code, f"{name}.code")
