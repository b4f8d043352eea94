"""Instances of models, made from rows of our own statements.

A model's constructor looks at every field by name and asks who listens; for rows that come by the thousand this is most
of what reading them costs.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import JSONField, Model, QuerySet
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)


def loaded(model: type[M], names: Iterable[str], values: Iterable[object]) -> M:
    """Return an instance as a query would load it; fields that are not named are read when somebody asks."""
    instance = model.__new__(model)
    state = ModelState()
    state.db, state.adding = DEFAULT_DB_ALIAS, False
    instance.__dict__.update(zip(names, values, strict=True), _state=state)
    return instance


def listed(model: type[M], rows: Sequence[M]) -> QuerySet[M]:
    """Return a queryset that knows its rows already, to be prefetched where nobody need ask for them."""
    known = model._default_manager.none()
    known._result_cache = list(rows)  # type: ignore[attr-defined]
    return known


class Part(Generic[M]):
    """The columns of one table in a row, and the instance that they make."""

    def __init__(self, model: type[M], alias: str) -> None:
        fields = model._meta.concrete_fields
        self.model = model
        self.names = [field.attname for field in fields]
        self.columns = ", ".join(f'{alias}."{field.column}"' for field in fields)
        self.key = next(place for place, field in enumerate(fields) if field.primary_key)
        self.json = [place for place, field in enumerate(fields) if isinstance(field, JSONField)]

    def read(self, row: Sequence[Any]) -> M | None:
        """Return the instance, or None where nothing was joined."""
        if row[self.key] is None:
            return None
        values = list(row)
        for place in self.json:
            if isinstance(values[place], str):
                values[place] = json.loads(values[place])
        return loaded(self.model, self.names, values)
