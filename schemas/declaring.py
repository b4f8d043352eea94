"""Metadata schemas come to be, change and go: the one writer of their rows."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from access import limits
from access.problems import Problem, invalid_payload
from schemas import checking, definitions
from schemas.models import MetadataSchema


def declare(related_object: object, properties: object, *, defined_only: object = False) -> MetadataSchema:
    """Declare what objects of this kind may carry; one schema for each kind."""
    name = limits.identifier(related_object, "related_object", 128)
    fields = {"properties": definitions.parse(properties), "allow_defined_only": _flag(defined_only)}
    try:
        with transaction.atomic():
            schema = MetadataSchema.objects.create(related_object=name, **fields)
    except IntegrityError as error:
        raise _duplicate(name) from error
    _announce()
    schema.refresh_from_db()
    return schema


@transaction.atomic
def change(schema: MetadataSchema, properties: object = None, *, defined_only: object = None) -> MetadataSchema:
    """Declare more, or anew, of what is named; a definition's type stays, and what is not named stays as it is."""
    kept = MetadataSchema.objects.select_for_update().get(pk=schema.pk)
    wanted = definitions.parse(properties) if properties is not None else {}
    for name, definition in wanted.items():
        known = kept.properties.get(name, definition)
        if (known["type"], known["array"]) != (definition["type"], definition["array"]):
            raise invalid_payload(f"The type of {name} cannot be changed; declare another property")
    merged = {**kept.properties, **wanted}
    if len(merged) > definitions.PROPERTIES_MOST:
        raise invalid_payload(f"properties must not have more than {definitions.PROPERTIES_MOST} keys")
    return _write(
        kept, properties=merged, **({} if defined_only is None else {"allow_defined_only": _flag(defined_only)})
    )


def delete(schema: MetadataSchema) -> None:
    """Forget what was declared; metadata that objects carry stays with them."""
    MetadataSchema.objects.filter(pk=schema.pk).delete()
    _announce()


def _write(schema: MetadataSchema, **fields: Any) -> MetadataSchema:
    MetadataSchema.objects.filter(pk=schema.pk).update(**fields, updated_at=Now())
    _announce()
    schema.refresh_from_db()
    return schema


def _announce() -> None:
    """Forget what this process knew, now and once others can read what is new."""
    checking.forget()
    transaction.on_commit(checking.forget)


def _flag(value: object) -> bool:
    if value is None:
        return False
    if not isinstance(value, bool):
        raise invalid_payload("allow_defined_only must be true or false")
    return value


def _duplicate(name: str) -> Problem:
    details = f"A metadata schema for {name} exists already"
    return Problem(
        409, "duplicate_found", "Duplicate resource found", details, resource_id=name, resource_type="metadata_schema"
    )
