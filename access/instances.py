"""Instances of models, made from rows of our own statements.

A model's constructor looks at every field by name and asks who listens; for rows that come by the thousand this is most
of what reading them costs.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
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
