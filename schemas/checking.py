"""Whether metadata may be stored: asked by everybody who stores some.

What is declared is read at most once a second per process, and at once where it was declared in this one; so a check
costs no query as a rule.
"""

import time
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from django.db import connection

from schemas.definitions import Schema

TRUST_SECONDS = 1.0
READ = "SELECT related_object, properties::text, allow_defined_only FROM schemas_metadataschema"

_known: tuple[float, dict[str, Schema]] = (0.0, {})
_nothing = Schema()


class Cursor(Protocol):
    """What Django's cursors and psycopg's have in common."""

    def execute(self, query: Any, params: Any = None) -> Any: ...
    def fetchall(self) -> list[Any]: ...


def check(resource: str, metadata: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> None:
    """Raise the Problem ``metadata_validation_failed`` where the metadata of such an object breaks its schema.

    Where only a part was said anew, ``whole`` is what it comes to together with what was known.
    """
    problem = schema_of(resource).violation(metadata, whole)
    if problem is not None:
        raise problem


def schema_of(resource: str) -> Schema:
    """Return the schema of such objects, an empty one where none is declared."""
    global _known
    until, schemas = _known
    if time.monotonic() >= until:
        with connection.cursor() as cursor:
            schemas = read(cursor)
        _known = (time.monotonic() + TRUST_SECONDS, schemas)
    return schemas.get(resource, _nothing)


def forget() -> None:
    """Ask the database again at the next check."""
    global _known
    _known = (0.0, {})


def read(cursor: Cursor) -> dict[str, Schema]:
    """Return what is declared at this moment, for those who read it within a transaction of their own."""
    cursor.execute(READ)
    found = {name: (orjson.loads(properties), defined_only) for name, properties, defined_only in cursor.fetchall()}
    nested = {name: properties for name, (properties, _) in found.items()}
    return {name: Schema(properties, defined_only, nested) for name, (properties, defined_only) in found.items()}
