"""The merge fields of what sets a distribution off: the properties that its events carried lately, or shall carry."""

import re
from collections.abc import Iterator
from typing import Final

from distributions.composing.merge_fields import MERGE_FIELDS, MergeField
from distributions.enrolment.standing import MOVES, affirmed
from distributions.models import Distribution
from events import definitions, volumes
from segments import conditions

MOST: Final = 60
# How Liquid can name a property; what an event has of its own is behind `properties`.
_NAME: Final = re.compile(r"[A-Za-z_]\w{0,80}")
_OWN: Final = frozenset({"name", "occurred_at", "properties", "metadata"})
_EXAMPLE: Final = "event.cart_value"


def fields_for(distribution: Distribution) -> list[MergeField]:
    """Return what a message of this distribution may say, with the properties of its own events in their place."""
    own = list(_of_events(_names(distribution)))[:MOST]
    place = next(place for place, field in enumerate(MERGE_FIELDS) if field.name == _EXAMPLE)
    return [*MERGE_FIELDS[:place], *(own or [MERGE_FIELDS[place]]), *MERGE_FIELDS[place + 1 :]]


def _names(distribution: Distribution) -> list[str]:
    """Return the events behind its messages: the trigger, or what its segment asks for."""
    if distribution.trigger_event not in ("", *MOVES):
        return [distribution.trigger_event]
    filter_ = distribution.segment.filter if distribution.segment else None
    try:
        return list(dict.fromkeys(affirmed(conditions.parse(filter_)))) if filter_ else []
    except conditions.ConditionError:
        return []


def _of_events(names: list[str]) -> Iterator[MergeField]:
    if not names:
        return
    seen, declared = volumes.examples(names), definitions.properties_of(names)
    for name in names:
        known = {**dict.fromkeys(declared.get(name, ()), ""), **seen.get(name, {})}
        for key, example in sorted(known.items()):
            if _NAME.fullmatch(key):
                path = f"properties.{key}" if key in _OWN else key
                yield MergeField(f"event.{path}", f"{name}: {key}", example[:60], needs_fallback=True)
