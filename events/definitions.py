"""The event schema: names that the shop declared with typed properties, and names that were merely seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from access import limits
from access.arrays import array
from access.problems import Problem, invalid_payload
from customers.upserting import Cursor
from events import catalogue
from events.models import EventDefinition

NAME_MOST = 300
PROPERTIES_MOST = 100

# One row: the clock, whether unknown names are refused, and what is known of the names at hand.
RULES = """
    SELECT clock_timestamp(),
           (SELECT unknown_events FROM access_project),
           (SELECT jsonb_object_agg(name, properties)::text FROM events_eventdefinition WHERE name = ANY(%s::text[])),
           EXISTS (SELECT FROM schemas_metadataschema WHERE related_object = 'customer')
"""
SEE = """
    INSERT INTO events_eventdefinition (public_id, name, properties, is_declared, created_at)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::jsonb[], %s::bool[], %s::timestamptz[])
    ORDER BY 2 ON CONFLICT (name) DO NOTHING
"""


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_date(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 10 and _parses(date, value)


def _is_datetime(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 10 and _parses(datetime, value)


def _parses(kind: type[date], value: str) -> bool:
    try:
        kind.fromisoformat(value)
    except ValueError:
        return False
    return True


TYPES = {"string": _is_text, "number": _is_number, "date": _is_date, "datetime": _is_datetime, "boolean": _is_flag}


@dataclass(frozen=True)
class Rules:
    """What holds for the names of one group of events, at the moment of the database's clock."""

    now: datetime
    refuses_unknown: bool
    declared: dict[str, dict[str, Any]]
    has_customer_schema: bool = False

    def check(self, name: str, properties: Mapping[str, Any]) -> Problem | None:
        """Return why an event must not be stored, or None."""
        schema = self.declared.get(name)
        if schema:
            return violation(schema, properties)
        if schema is None and name not in catalogue.KNOWN and self.refuses_unknown:
            sentence = f"Cannot find event schema with name {name}"
            return Problem(
                404, "not_found", "Resource not found", sentence, resource_id=name, resource_type="event_schema"
            )
        return None

    def is_new(self, name: str) -> bool:
        return bool(name) and name not in self.declared and name not in catalogue.KNOWN


def read_rules(cursor: Cursor, names: set[str]) -> Rules:
    """Ask the database each time, so that what another process declared holds at once."""
    cursor.execute(RULES, [array(list(names))])
    now, unknown, declared, has_customer_schema = cursor.fetchall()[0]
    return Rules(now, unknown == "reject", orjson.loads(declared) if declared else {}, has_customer_schema)


def see(cursor: Cursor, names: set[str], now: datetime) -> None:
    """Register names that came without being declared."""
    if not names:
        return
    seen = [EventDefinition(name=name) for name in sorted(names)]
    columns = [[d.public_id for d in seen], [d.name for d in seen], ["{}"] * len(seen)]
    cursor.execute(SEE, [*columns, [False] * len(seen), [now] * len(seen)])


def properties_of(names: Sequence[str]) -> dict[str, list[str]]:
    """Return the properties that are declared for each of these names, if any are."""
    found = EventDefinition.objects.filter(name__in=names).values_list("name", "properties")
    return {name: [key for key, said in schema.items() if not said.get("deleted")] for name, schema in found}


def violation(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> Problem | None:
    """Return how the properties break their declaration; what was not declared may come along."""
    for name, declared in schema.items():
        if declared.get("deleted"):
            continue
        value = properties.get(name)
        if value is None:
            if not declared.get("optional", True):
                return _broken(f"Property .metadata should have required property '{name}'")
        elif not TYPES[declared["type"]](value):
            return _broken(f"Property .metadata.{name} should be {declared['type']}")
    return None


@transaction.atomic
def declare(name: object, properties: object) -> EventDefinition:
    """Declare a name; one that was merely seen becomes declared, one that is declared is refused."""
    wanted = _name(name)
    schema = parse_properties(properties)
    seen = EventDefinition.objects.select_for_update().filter(name=wanted).first()
    if seen is None:
        return _create(wanted, schema)
    if seen.is_declared:
        raise _duplicate(wanted)
    return _write(seen, schema)


@transaction.atomic
def change(definition: EventDefinition, properties: object) -> EventDefinition:
    """Declare the properties anew; a declared property's type stays what it was."""
    kept = EventDefinition.objects.select_for_update().get(pk=definition.pk)
    schema = parse_properties(properties)
    for name, declared in schema.items():
        if kept.properties.get(name, declared)["type"] != declared["type"]:
            raise invalid_payload(f"The type of {name} cannot be changed; declare another property")
    return _write(kept, schema)


def delete(definition: EventDefinition) -> None:
    """Forget a declaration; the events of that name stay, and the next one makes the name seen again."""
    EventDefinition.objects.filter(pk=definition.pk).delete()


def parse_properties(given: object) -> dict[str, dict[str, Any]]:
    """Return declared properties in their stored form, or raise a Problem."""
    wanted = limits.mapping(given, "schema.properties")
    if len(wanted) > PROPERTIES_MOST:
        raise invalid_payload(f"schema.properties must not have more than {PROPERTIES_MOST} keys")
    return {limits.identifier(name, "A property's name", 128): _declared(name, part) for name, part in wanted.items()}


def _declared(name: str, given: object) -> dict[str, Any]:
    part = limits.mapping(given, f"schema.properties.{name}")
    if part.get("type") not in TYPES:
        raise invalid_payload(f"schema.properties.{name}.type must be one of {', '.join(TYPES)}")
    flags = {"optional": part.get("optional", True), "deleted": part.get("deleted", False)}
    if not all(isinstance(flag, bool) for flag in flags.values()):
        raise invalid_payload(f"schema.properties.{name}: optional and deleted must be true or false")
    return {"type": part["type"], **flags}


def _name(given: object) -> str:
    name = limits.identifier(given, "name", NAME_MOST)
    if catalogue.canonical(name) in catalogue.KNOWN:
        raise invalid_payload(f"{name} is the name of an internal event")
    return name


def _create(name: str, schema: dict[str, Any]) -> EventDefinition:
    try:
        with transaction.atomic():
            return EventDefinition.objects.create(name=name, properties=schema, is_declared=True)
    except IntegrityError as error:
        raise _duplicate(name) from error


def _write(definition: EventDefinition, schema: dict[str, Any]) -> EventDefinition:
    EventDefinition.objects.filter(pk=definition.pk).update(properties=schema, is_declared=True, updated_at=Now())
    definition.refresh_from_db()
    return definition


def _broken(details: str) -> Problem:
    return Problem(400, "metadata_validation_failed", "Metadata validation failed", details)


def _duplicate(name: str) -> Problem:
    sentence = f"An event schema with the name {name} exists already"
    return Problem(409, "duplicate_found", "Duplicate resource found", sentence, resource_id=name)
