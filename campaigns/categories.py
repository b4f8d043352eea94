"""Categories come to be, change and go."""

from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q
from django.db.models.functions import Now

from access import limits
from access.problems import Problem, invalid_payload, not_found
from access.strict_json import moment
from campaigns.models import Category

PREFIX = "cat_"


def the_category(id_or_name: str) -> Category:
    found = Category.objects.named(id_or_name).first()
    if found is None:
        raise not_found("category", id_or_name)
    return found


def resolve(id_or_name: str | None) -> Category | None:
    """Return the category that is meant; a name that nobody used before makes one."""
    if not id_or_name:
        return None
    if id_or_name.startswith(PREFIX):
        return the_category(id_or_name)
    return Category.objects.get_or_create(name=id_or_name)[0]


def resolve_many(named: set[str]) -> dict[str, int]:
    """Return the keys of the categories that are meant, by what they are called; unknown names make new ones."""
    if not named:
        return {}
    fresh = [Category(name=name) for name in sorted(named) if not name.startswith(PREFIX)]
    Category.objects.bulk_create(fresh, ignore_conflicts=True)
    found = Category.objects.filter(Q(name__in=named) | Q(public_id__in=named))
    keys = {call: category.pk for category in found for call in (category.name, category.public_id)}
    if unknown := named - set(keys):
        raise not_found("category", min(unknown))
    return keys


def as_json(category: Category) -> dict[str, Any]:
    return {
        "id": category.public_id,
        "name": category.name,
        "hierarchy": category.hierarchy,
        "created_at": moment(category.created_at),
        "updated_at": moment(category.updated_at) if category.updated_at else None,
        "object": "category",
    }


def parse(data: object) -> dict[str, Any]:
    """Read the body of ``POST`` and ``PUT /v1/categories``, as far as it says something."""
    given = {key: value for key, value in limits.mapping(data, "The body").items() if value is not None}
    said: dict[str, Any] = {}
    if "name" in given:
        said["name"] = limits.identifier(given["name"], "name", 120)
    if "hierarchy" in given:
        hierarchy = given["hierarchy"]
        if not isinstance(hierarchy, int) or isinstance(hierarchy, bool) or not 0 <= hierarchy < 2**31:
            raise invalid_payload("hierarchy must be a whole number of at least 0")
        said["hierarchy"] = hierarchy
    return said


def create(said: dict[str, Any]) -> Category:
    if "name" not in said:
        raise invalid_payload("name is required")
    try:
        with transaction.atomic():
            category = Category.objects.create(**said)
    except IntegrityError as error:
        raise _taken(said["name"]) from error
    category.refresh_from_db(fields=["created_at"])
    return category


def change(category: Category, said: dict[str, Any]) -> Category:
    if any(getattr(category, name) != value for name, value in said.items()):
        try:
            with transaction.atomic():
                Category.objects.filter(pk=category.pk).update(**said, updated_at=Now())
        except IntegrityError as error:
            raise _taken(said["name"]) from error
        category.refresh_from_db()
    return category


def delete(category: Category) -> None:
    """Delete a category that nothing belongs to."""
    try:
        category.delete()
    except ProtectedError as error:
        details = "Campaigns or vouchers belong to this category."
        name = category.public_id
        raise Problem(
            400, "resource_in_use", "Resource is in use", details, resource_id=name, resource_type="category"
        ) from error


def _taken(name: str) -> Problem:
    details = f"A category with the name {name} already exists"
    return Problem(
        409, "duplicate_found", "Duplicate resource found", details, resource_id=name, resource_type="category"
    )
