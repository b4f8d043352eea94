"""What a caller says of an earning rule, read and checked before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from access import limits
from access.problems import invalid_payload
from campaigns import incentives, validity, values
from campaigns.incentives import MOST_POINTS
from events import catalogue
from rewards.earning.proportions import GOODS, PLACES

ENTERED, PAID = "customer.segment.entered", "order.paid"
EVERY_MOST: Final = 10**12
WAITING_MOST: Final = 90


@dataclass(frozen=True)
class Said:
    """A rule as it is wanted: only what is not None was said."""

    event: str
    loyalty: dict[str, Any]
    segment_id: str | None = None
    validation_rule_id: str | None = None
    fields: Mapping[str, Any] | None = None


def read(data: object) -> Said:
    """Read one rule of ``POST /v1/loyalties/{id}/earning-rules``; an event named by its schema is looked up later."""
    given = _given(data)
    event = _event(given)
    if "loyalty" not in given:
        raise invalid_payload("Property . should have required property 'loyalty'")
    segment = limits.mapping(given.get("segment", {}), "segment").get("id")
    if (event == ENTERED) != (segment is not None):
        raise invalid_payload(f"segment.id is needed with the event {ENTERED}, and only there")
    fields = changeable(given)
    fields["validity"] = validity.parse(fields.get("validity", {}))
    check_dates(fields.get("start_date"), fields.get("expiration_date"), fields["validity"])
    _refuse_waiting(fields, event)
    return Said(
        event,
        loyalty(given["loyalty"], event),
        limits.identifier(segment, "segment.id") if segment is not None else None,
        _rule(given),
        fields,
    )


def read_change(data: object, event: str) -> Said:
    """Read the body of ``PUT``: the event stays what it is. Null means not given, an empty value takes one away."""
    given = _given(data)
    said = limits.mapping(given.get("loyalty", {}), "loyalty")
    fields = changeable(given)
    _refuse_waiting(fields, event)
    return Said(event, loyalty(said, event) if said else {}, None, _rule(given), fields)


def changeable(given: Mapping[str, Any]) -> dict[str, Any]:
    """Read what may be changed later, as far as it is given; days and hours as they are said."""
    readers = {
        "active": lambda value: ("active", values.flag(value, "active")),
        "start_date": lambda value: ("start_date", values.moment_or_none(value, "start_date")),
        "expiration_date": lambda value: ("expiration_date", values.moment_or_none(value, "expiration_date")),
        "metadata": lambda value: ("metadata", limits.metadata(value, "metadata")),
        "pending_points": lambda value: ("pending_days", _waiting(value)),
        "expiration_rules": lambda value: ("expiration_rules", _expiring(value)),
    }
    fields: dict[str, Any] = dict(readers[name](given[name]) for name in readers if name in given)
    if hours := validity.said_in(given):
        fields["validity"] = hours
    return {**fields, **_banner(given)}


def check_dates(start: datetime | None, end: datetime | None, hours: Mapping[str, Any] | None) -> None:
    values.check_dates(start, end)
    validity.require_start(hours, start)


def loyalty(data: object, event: str) -> dict[str, Any]:
    """Read what a rule gives; raise a Problem where it cannot be judged by the rule's event."""
    given = {name: value for name, value in limits.mapping(data, "loyalty").items() if value is not None}
    if given.get("points_formula"):
        raise invalid_payload("loyalty.points_formula is not offered: give points")
    kind = given.get("type")
    if kind == "FIXED":
        return {"type": kind, "points": whole(given.get("points"), "loyalty.points", MOST_POINTS)}
    if kind != "PROPORTIONAL":
        raise invalid_payload("loyalty.type must be FIXED or PROPORTIONAL")
    calculation = given.get("calculation_type")
    if calculation not in PLACES:
        raise invalid_payload(f"loyalty.calculation_type must be one of {', '.join(PLACES)}")
    block, name = PLACES[calculation]
    if block in ("order", "order_items") and event != PAID:
        raise invalid_payload(f"{calculation} needs the event {PAID}")
    if block == "custom_event" and event in (PAID, ENTERED):
        raise invalid_payload(f"{calculation} needs a custom event")
    said = limits.mapping(limits.mapping(given.get(block), f"loyalty.{block}").get(name), f"loyalty.{block}.{name}")
    proportion = _proportion(said, f"loyalty.{block}.{name}", block, name)
    return {"type": kind, "calculation_type": calculation, block: {name: proportion}}


def _proportion(said: Mapping[str, Any], named: str, block: str, name: str) -> dict[str, Any]:
    if said.get("points_formula"):
        raise invalid_payload(f"{named}.points_formula is not offered: give points")
    read = {
        "every": whole(said.get("every"), f"{named}.every", EVERY_MOST),
        "points": whole(said.get("points"), f"{named}.points", MOST_POINTS),
    }
    if name == "metadata":
        return {**read, "property": limits.identifier(said.get("property"), f"{named}.property")}
    if block != "order_items":
        return read
    listed = said.get("applicable_to") or ([said] if said.get("object") else [])
    if not isinstance(listed, list):
        raise invalid_payload(f"{named}.applicable_to must be a list")
    goods = [_goods(each, named) for each in listed]
    return {**read, **({**goods[0], "applicable_to": goods} if goods else {})}


def _goods(data: object, named: str) -> dict[str, Any]:
    given = limits.mapping(data, f"{named}.applicable_to")
    if given.get("object") not in GOODS:
        raise invalid_payload(f"{named}.object must be one of {', '.join(GOODS)}")
    return {"object": given["object"], "id": limits.identifier(given.get("id"), f"{named}.id")}


def whole(value: object, name: str, most: int, least: int = 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise invalid_payload(f"{name} must be a whole number from {least} to {most:,}")
    return value


def _given(data: object) -> dict[str, Any]:
    return {name: value for name, value in limits.mapping(data, "The earning rule").items() if value is not None}


def _event(given: Mapping[str, Any]) -> str:
    """Return the event's stored name, or its schema's id where only that is told."""
    schema = limits.mapping(given.get("custom_event", {}), "custom_event").get("schema_id")
    if given.get("event") in (None, "custom_event") and schema is not None:
        return limits.identifier(schema, "custom_event.schema_id")
    name = catalogue.canonical(limits.identifier(given.get("event"), "event", 300))
    if name in catalogue.KNOWN and name not in (PAID, ENTERED):
        raise invalid_payload(f"event must be {PAID}, {ENTERED} or a custom event's name")
    return name


def _waiting(data: object) -> int | None:
    if limits.mapping(data, "pending_points") == {}:
        return None
    given = _given(data)
    if given.get("period_type", "DAY") != "DAY":
        raise invalid_payload("pending_points.period_type must be DAY")
    return whole(given.get("period_value"), "pending_points.period_value", WAITING_MOST)


def _expiring(data: object) -> dict[str, Any] | None:
    return incentives.parse_expiration_rules(data) if data else None


def _refuse_waiting(fields: Mapping[str, Any], event: str) -> None:
    if fields.get("pending_days") is not None and event != PAID:
        raise invalid_payload(f"pending_points can be used with the event {PAID} only")


def _banner(given: Mapping[str, Any]) -> dict[str, str]:
    banner = limits.mapping(given.get("source", {}), "source").get("banner")
    return {} if banner is None else {"banner": limits.text(banner, "source.banner", 255)}


def _rule(given: Mapping[str, Any]) -> str | None:
    named = given.get("validation_rule_id")
    return limits.identifier(named, "validation_rule_id") if named is not None else None
