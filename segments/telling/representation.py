"""Segments as the API shows them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from access.strict_json import moment
from segments import conditions
from segments.conditions import Group
from segments.conditions.needs import needs_of
from segments.models import Segment


def as_json(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.public_id,
        "name": segment.name,
        "description": segment.description,
        "type": segment.type,
        "filter": segment.filter,
        "initial_sync_status": "DONE" if segment.fill == Segment.Fill.DONE else "IN_PROGRESS",
        "created_at": instant(segment.created_at),
        "updated_at": instant(segment.updated_at),
        "object": "segment",
    }


def simple(segment: Segment) -> dict[str, Any]:
    """Return the short form, as it stands in a customer's list and in the payloads of events."""
    return {"id": segment.public_id, "name": segment.name, "type": segment.type, "object": "segment"}


def instant(at: datetime | None) -> str | None:
    return moment(at) if at else None


def sentence(tree: Group) -> str:
    """Say in words whom a tree matches, the segments it refers to by their names."""
    return conditions.sentence(tree, segment_names(needs_of([tree]).segments))


def segment_names(public_ids: Iterable[str]) -> dict[str, str]:
    wanted = list(public_ids)
    return dict(Segment.objects.filter(public_id__in=wanted).values_list("public_id", "name")) if wanted else {}
