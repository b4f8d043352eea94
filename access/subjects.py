"""What a filter compares: a column of the caller's own, or one key of a column of metadata."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, FloatField, Func, Q, TextField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast
from django.db.models.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

_LOOKUPS = {
    "exact": Exact,
    "in": In,
    "isnull": IsNull,
    "contains": Contains,
    "startswith": StartsWith,
    "endswith": EndsWith,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
    "lt": LessThan,
    "lte": LessThanOrEqual,
}


class Unfit(Exception):
    """The operator does not go with the field or the value; the message says why."""


@dataclass(frozen=True)
class Subject:
    """What is compared: a column, or one key of a column of metadata."""

    path: str
    key: str | None = None

    def test(self, lookup: str, value: Any) -> Q:
        if self.key is None:
            return Q((f"{self.path}__{lookup}", value))
        return Q(_LOOKUPS[lookup](self._text(), value))

    def test_number(self, lookup: str, value: float) -> Q:
        """Compare as a number; of metadata only what was said as one counts."""
        return Q(_LOOKUPS[lookup](self._number(), value)) if self.key is not None else self.test(lookup, value)

    def is_unknown(self) -> Q:
        return self.test("isnull", True)

    def has_no(self, found: Q) -> Q:
        """Negate: who has no value at all does not have this one either."""
        return ~found | self.is_unknown()

    def _text(self) -> Combinable:
        return KeyTextTransform(self.key, self.path)

    def _number(self) -> Combinable:
        kind = Func(KeyTransform(self.key, self.path), function="jsonb_typeof", output_field=TextField())
        return Case(
            When(Q(Exact(kind, Value("number"))), then=Cast(self._text(), FloatField())), output_field=FloatField()
        )

    def between(self, low: Any, high: Any) -> Q:
        """Test for values from low on and below high; None is no bound."""
        found = Q()
        if low is not None:
            found &= self.test("gte", low)
        return found if high is None else found & self.test("lt", high)


def any_of(tests: Iterable[Q]) -> Q:
    return Q(*tests, _connector=Q.OR)
