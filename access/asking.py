"""What a list's query may ask for: moments, orders and cursors, read strictly."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from django.http import HttpRequest
from rest_framework.request import Request

from access.identifiers import uuid_of
from access.problems import invalid_query

# What the API asks with, or a page of ours that takes the same parameters.
Asking = HttpRequest | Request


def moment_in(request: Asking, *names: str) -> datetime | None:
    """Return the moment that the first given one of these parameters tells; a day alone is its beginning."""
    given = next((request.GET[name] for name in names if request.GET.get(name)), None)
    if given is None:
        return None
    try:
        # In a query a plus sign reads as a blank.
        at = datetime.fromisoformat(given.replace(" ", "+"))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid_query(f"{names[0]} must be a time such as 2026-01-02T10:00:00Z") from error
    return at


def order_in(request: Asking, allowed: Collection[str], default: str) -> str:
    """Return the field to sort by, with its sign; only fields of the list may be named."""
    order = request.GET.get("order", default)
    if order.removeprefix("-") not in allowed:
        raise invalid_query(f"order must be one of {', '.join(sorted(allowed))}, with - for descending")
    return order


def text_in(request: Asking, name: str) -> str | None:
    """Return a parameter's text; what no row can hold is refused before it reaches the database."""
    given = request.GET.get(name)
    if given is not None and "\0" in given:
        raise invalid_query(f"{name} must not contain U+0000")
    return given or None


def flag_in(request: Asking, name: str) -> bool | None:
    """Return a switch of the query, None where it is not given."""
    given = request.GET.get(name)
    if given is None or given == "":
        return None
    if given.lower() not in ("true", "false"):
        raise invalid_query(f"{name} must be true or false")
    return given.lower() == "true"


def cursor_in(request: Asking, name: str = "starting_after_id") -> UUID | None:
    """Return the key of the row after which the list is to go on."""
    given = text_in(request, name)
    try:
        return uuid_of(given) if given is not None else None
    except ValueError as error:
        raise invalid_query(f"{name} must be an id of this list") from error
