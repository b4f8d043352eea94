"""Connections as the API reads and tells them: what is secret is read and never told."""

from typing import Any

from access.problems import invalid_payload
from access.strict_json import moment
from distributions import connecting, listening
from distributions.models import Connection
from distributions.telling import reading


def as_json(connection: Connection) -> dict[str, Any]:
    return {
        "id": connection.public_id,
        "object": "connection",
        "channel": connection.channel,
        "provider": connection.provider,
        "name": connection.name,
        "settings": connection.settings,
        "feedback_url": listening.address_of(connection) or None,
        "calls_per_second": connection.calls_per_second,
        "last_test": _last_test(connection),
        "created_at": moment(connection.created_at),
        "updated_at": connection.updated_at and moment(connection.updated_at),
    }


def read(data: object) -> dict[str, Any]:
    """Return what a new connection is made of; raise Problem where the body cannot be meant."""
    given = reading.mapping(data, "the body")
    channel = reading.text(given.get("channel") or "", "channel", 20)
    named = reading.text(given.get("provider") or "", "provider", 20)
    return {
        "provider": connecting.provider_for(channel, named),
        "name": _name(given),
        "settings": reading.mapping(given.get("settings", {}), "settings"),
        "rate": _rate(given),
    }


def read_changes(connection: Connection, data: object) -> dict[str, Any]:
    """Return what is to change; channel and provider may be named, but stay."""
    given = reading.mapping(data, "the body")
    for field in ("channel", "provider"):
        if given.get(field) not in (None, getattr(connection, field)):
            raise invalid_payload(f"{field}: a connection keeps its {field}; make another one")
    changes = {"connection": connection, "name": _name(given), "settings": reading.optional_mapping(given, "settings")}
    return changes | ({"rate": _rate(given)} if "calls_per_second" in given else {})


def _name(given: Any) -> str:
    return reading.text(given.get("name") or "", "name", 255).strip()


def _rate(given: Any) -> float | None:
    rate = given.get("calls_per_second")
    if rate is None:
        return None
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0.01 <= rate <= 10_000:
        raise invalid_payload("calls_per_second must be a number from 0.01 to 10000")
    return float(rate)


def _last_test(connection: Connection) -> dict[str, Any] | None:
    if connection.tested_at is None:
        return None
    return {"ok": connection.test_ok, "message": connection.test_words, "at": moment(connection.tested_at)}
