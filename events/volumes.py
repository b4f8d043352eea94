"""How often each event came lately, when last, and with which properties: for lists and pickers.

Reads a bounded number of rows, whatever the table holds; above the bound the counts are estimates and say so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from access.identifiers import first_uuid7_at

ROWS = 20_000
ROWS_FOR_PROPERTIES = 5_000
WINDOW = timedelta(days=30)
# A row of events is seldom narrower; used where the planner has not counted the table yet.
BYTES_PER_EVENT = 400

SIZE = """
    SELECT greatest(reltuples, pg_relation_size(oid) / %s) FROM pg_class WHERE oid = 'events_event'::regclass
"""
SAMPLED = """
    SELECT name, count(*), max(received_at) FROM events_event TABLESAMPLE SYSTEM (%s) WHERE id >= %s GROUP BY name
"""
LATEST = """
    SELECT name, max(received_at)
    FROM (SELECT name, received_at FROM events_event ORDER BY id DESC LIMIT %s) AS latest GROUP BY name
"""
PROPERTIES = """
    SELECT name, key, min(jsonb_typeof(value))
    FROM (SELECT name, properties FROM events_event ORDER BY id DESC LIMIT %s) AS latest,
         LATERAL jsonb_each(CASE jsonb_typeof(properties) WHEN 'object' THEN properties ELSE '{}' END)
    GROUP BY name, key ORDER BY name, key
"""
EXAMPLES = """
    SELECT DISTINCT ON (name, key) name, key, value #>> '{}'
    FROM (SELECT id, name, properties FROM events_event ORDER BY id DESC LIMIT %s) AS latest,
         LATERAL jsonb_each(CASE jsonb_typeof(properties) WHEN 'object' THEN properties ELSE '{}' END)
    WHERE name = ANY(%s) AND jsonb_typeof(value) IN ('string', 'number', 'boolean')
    ORDER BY name, key, id DESC
"""


@dataclass(frozen=True)
class Volume:
    """What is known of one event name in the last thirty days."""

    count: int = 0
    is_estimate: bool = False
    last_at: datetime | None = None

    @property
    def in_words(self) -> str:
        if not self.count:
            return ""
        return f"about {self.count:,}" if self.is_estimate else f"{self.count:,}"


def recent(now: datetime) -> dict[str, Volume]:
    """Return the volume of every event name that came within the window."""
    since = first_uuid7_at(now - WINDOW)
    rows = float(_rows(SIZE, [BYTES_PER_EVENT])[0][0])
    percent = 100.0 if rows <= ROWS else 100.0 * ROWS / rows
    sampled = {name: (count, last_at) for name, count, last_at in _rows(SAMPLED, [percent, since])}
    if percent == 100.0:
        return {name: Volume(count, False, last_at) for name, (count, last_at) in sampled.items()}
    latest = dict(_rows(LATEST, [ROWS]))
    return {name: _estimate(sampled.get(name), latest.get(name), percent) for name in {*sampled, *latest}}


def properties_seen() -> dict[str, dict[str, str]]:
    """Return the properties that the latest events carried: name of event -> property -> JSON type."""
    found: dict[str, dict[str, str]] = {}
    for name, key, kind in _rows(PROPERTIES, [ROWS_FOR_PROPERTIES]):
        found.setdefault(name, {})[key] = kind
    return found


def examples(names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return what the latest events of these names said that is one value: name of event -> property -> its text."""
    found: dict[str, dict[str, str]] = {}
    for name, key, value in _rows(EXAMPLES, [ROWS_FOR_PROPERTIES, list(names)]):
        found.setdefault(name, {})[key] = value
    return found


def _estimate(sampled: tuple[int, datetime] | None, latest: datetime | None, percent: float) -> Volume:
    count, seen_at = sampled or (1, None)
    scaled = round(count * 100.0 / percent) if sampled else 1
    digits = max(len(str(scaled)) - 2, 0)
    moments = [moment for moment in (seen_at, latest) if moment]
    return Volume(round(scaled, -digits), True, max(moments))


def _rows(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
