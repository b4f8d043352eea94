"""What the builder can speak of: events with their volumes and properties, attributes, other segments, operators.

The operators come from ``conditions.operators``, the one place that knows what a condition may say.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from events import volumes
from events.catalogue import KNOWN
from events.models import EventDefinition
from segments.conditions import operators as known
from segments.models import Segment

MOST_EVENTS = 2_000
MOST_SEGMENTS = 500
TIME_TYPES = ("date", "instant")

METADATA_SEEN = """
    SELECT key, min(jsonb_typeof(value)), count(*)
    FROM (SELECT metadata FROM customers_customer ORDER BY id DESC LIMIT 2000) AS latest,
         LATERAL jsonb_each(CASE jsonb_typeof(metadata) WHEN 'object' THEN metadata ELSE '{}' END)
    GROUP BY key ORDER BY count(*) DESC, key LIMIT 200
"""
# What metadata and properties hold, by the JSON type seen; text of a shop's own may also be a date.
TYPES = {"string": "string", "number": "number"}


def vocabulary(now: datetime, *, without: Segment | None = None) -> dict[str, Any]:
    """Return all that a rule may name; ``without`` is the segment being edited, which cannot contain itself."""
    return {
        "events": _events(now),
        "attributes": [*_standard_attributes(), *_metadata()],
        "segments": _segments(without),
        "operators": {
            "amounts": list(known.NUMERIC.items()),
            "property": _by_type(known.VALUES, {}),
            "attribute": _by_type(known.VALUES, known.AGO),
        },
        "units": [[unit, unit] for unit in known.UNITS],
    }


def _events(now: datetime) -> list[dict[str, Any]]:
    recent, seen = volumes.recent(now), volumes.properties_seen()
    definitions = {one.name: one.properties for one in EventDefinition.objects.all()[:MOST_EVENTS]}
    internal = {name: event.label for name, event in KNOWN.items() if event.has_customer}
    found = [
        _event(name, recent, "your event", _typed(declared, seen.get(name, {})))
        for name, declared in definitions.items()
    ]
    found += [_event(name, recent, label, _typed({}, seen.get(name, {}))) for name, label in internal.items()]
    return sorted(found, key=lambda event: (-event["count"], event["label"] != "your event", event["name"]))


def _event(
    name: str, recent: dict[str, volumes.Volume], label: str, properties: list[dict[str, str]]
) -> dict[str, Any]:
    volume = recent.get(name, volumes.Volume())
    return {
        "name": name,
        "label": label,
        "count": volume.count,
        "volume": volume.in_words,
        "last_at": volume.last_at.isoformat() if volume.last_at else None,
        "properties": properties,
    }


def _typed(declared: dict[str, Any], seen: dict[str, str]) -> list[dict[str, str]]:
    told = {
        name: str(property_.get("type", "")) for name, property_ in declared.items() if not property_.get("deleted")
    }
    return [{"name": name, "type": TYPES.get(kind, "")} for name, kind in {**seen, **told}.items()]


def _standard_attributes() -> list[dict[str, str]]:
    return [{"name": name, "type": kind} for name, kind in known.STANDARD_ATTRIBUTES.items()]


def _metadata() -> list[dict[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(METADATA_SEEN)
        rows = cursor.fetchall()
    return [
        {"name": f"{known.METADATA}{key}", "type": TYPES.get(kind, ""), "note": "metadata"}
        for key, kind, _count in rows
    ]


def _segments(without: Segment | None) -> list[dict[str, str]]:
    others = Segment.objects.exclude(pk=without.pk) if without else Segment.objects.all()
    rows = others.values_list("public_id", "name", "type")[:MOST_SEGMENTS]
    return [{"id": public_id, "name": name, "type": Segment.Type(kind).label} for public_id, name, kind in rows]


def _by_type(values: dict[str, str], ago: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """Return the operators that make sense for each type of value; "" stands for a type that is not known."""
    elapsed = {operator: f"was {words}" for operator, words in ago.items()}
    text = {"exactly", "is_not", *known.TEXT, *known.SETS, *known.PRESENCE}
    numbers = {"exactly", "is_not", *known.ORDERING, *known.SETS, *known.PRESENCE}
    times = {"exactly", *known.INSTANTS, *known.PRESENCE}
    allowed = {"text": text, "number": numbers, "string": text | set(known.INSTANTS), "": set(values)}
    offered = {kind: [pair for pair in values.items() if pair[0] in names] for kind, names in allowed.items()}
    dates = [*elapsed.items(), *(pair for pair in values.items() if pair[0] in times)]
    offered |= dict.fromkeys(TIME_TYPES, dates)
    return {**offered, "string": [*offered["string"], *elapsed.items()], "": [*offered[""], *elapsed.items()]}
