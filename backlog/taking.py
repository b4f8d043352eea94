"""How the endpoints take bulk calls: whole, and answered with where the work can be followed."""

from collections.abc import Iterable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from access import limits
from access.authentication import caller_of
from access.problems import invalid_payload, request_id_of
from backlog import asking, doorbell
from backlog.models import AsyncAction
from backlog.rows import Row, numbered
from backlog.tasks import work_off


def take(
    request: Request,
    type: str,
    rows: Iterable[Row],
    *,
    scope: str,
    asked: dict[str, Any] | None = None,
    per_slice: int = asking.PER_SLICE,
) -> Response:
    """Store a bulk call as an order of the key that asks, and answer it; see ``asking.ask``."""
    group_id, key_id = request_id_of(request), caller_of(request).key_id
    action = asking.ask(type, rows, scope=scope, asked=asked, group_id=group_id, key_id=key_id, per_slice=per_slice)
    return taken(action)


def taken(action: AsyncAction) -> Response:
    """Have an order worked off once it is committed, and answer where it can be followed."""
    doorbell.ring_on_commit(work_off)
    return Response({"async_action_id": action.public_id}, status=202)


def objects(request: Request, what: str, most: int | None = None) -> list[dict[str, Any]]:
    """Return the body as a list of objects, or raise a Problem."""
    given = request.data
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise invalid_payload(f"The body must be a list of {what}")
    if most is not None and len(given) > most:
        raise invalid_payload(f"At most {most:,} {what} can be given at once")
    return given


def same_metadata(request: Request) -> tuple[Iterable[Row], dict[str, Any]]:
    """Return the ids of a call that gives many the same metadata, and the metadata."""
    given = limits.mapping(request.data, "The body")
    source_ids, metadata = given.get("source_ids"), limits.metadata(given.get("metadata"), "metadata")
    if not isinstance(source_ids, list):
        raise invalid_payload("source_ids must be a list of ids")
    for source_id in source_ids:
        limits.identifier(source_id, "Each of source_ids")
    return numbered(source_ids), {"metadata": metadata}
