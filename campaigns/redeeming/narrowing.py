"""Which part of what applies a qualification is to tell: what passes its filters, from a place in the list on.

A place is written as a moment, because clients read it as one: when the thing was made, to the millisecond, and behind
that how many things of the same millisecond stand before it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from access import limits
from access.problems import invalid_payload

# Of a thing, what filters may ask; None where it has no such thing.
Known = Mapping[str, str | None]

FIELDS: Final = (
    "category_id", "campaign_id", "campaign_type", "resource_id", "resource_type", "voucher_type", "code",
    "holder_role",
)  # fmt: skip
OPERANDS_MOST: Final = 200
_WITHOUT_OPERANDS: Final = frozenset({"$has_value", "$is_unknown"})


def _is_any(value: str, operands: Sequence[str]) -> bool:
    return value in operands


_TESTS: Final[Mapping[str, Callable[[str, Sequence[str]], bool]]] = {
    "$is": _is_any,
    "$in": _is_any,
    "$is_not": lambda value, operands: value not in operands,
    "$not_in": lambda value, operands: value not in operands,
    "$contains": lambda value, operands: any(part in value for part in operands),
    "$starts_with": lambda value, operands: value.startswith(tuple(operands)),
    "$ends_with": lambda value, operands: value.endswith(tuple(operands)),
    "$has_value": lambda value, _operands: value != "",
    "$is_unknown": lambda value, _operands: value == "",
}


@dataclass(frozen=True, slots=True)
class Test:
    """One condition on one field."""

    field: str
    operator: str
    operands: tuple[str, ...]

    def passes(self, known: Known) -> bool:
        return _TESTS[self.operator](known[self.field] or "", self.operands)


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions, all of which must hold, or any; without one everything passes."""

    tests: tuple[Test, ...] = ()
    any_suffices: bool = False

    def passes(self, known: Known) -> bool:
        found = (test.passes(known) for test in self.tests)
        return any(found) if self.any_suffices and self.tests else all(found)


def read_filters(given: object) -> Filters:
    """Read ``{"junction", field: {"conditions": {operator: [...]}}}``; raise Problem where it cannot be meant."""
    said = {
        name: part
        for name, part in limits.mapping({} if given is None else given, "options.filters").items()
        if part is not None
    }
    junction = said.pop("junction", "and")
    if not isinstance(junction, str) or junction.lower() not in ("and", "or"):
        raise invalid_payload("options.filters.junction must be and, or or")
    tests = [test for name, part in said.items() for test in _tests(name, part)]
    return Filters(tuple(tests), junction.lower() == "or")


def _tests(name: str, part: object) -> list[Test]:
    if name not in FIELDS:
        raise invalid_payload(f"options.filters can ask for {', '.join(FIELDS)}")
    conditions = limits.mapping(part, f"options.filters.{name}").get("conditions")
    asked = limits.mapping(conditions, f"options.filters.{name}.conditions")
    return [_test(name, operator, operands) for operator, operands in asked.items() if operands is not None]


def _test(name: str, operator: str, operands: object) -> Test:
    values: list[Any] = operands if isinstance(operands, list) else [operands]
    if operator not in _TESTS:
        raise invalid_payload(f"options.filters.{name} takes {', '.join(_TESTS)}")
    if operator in _WITHOUT_OPERANDS:
        return Test(name, operator, ())
    if not 1 <= len(values) <= OPERANDS_MOST or not all(isinstance(value, str) for value in values):
        raise invalid_payload(f"options.filters.{name}.{operator} must be a list of 1 to {OPERANDS_MOST} texts")
    return Test(name, operator, tuple(values))


def read_place(given: object) -> str | None:
    """Read what an answer gave as ``more_starting_after``, or a moment; raise Problem where it is none."""
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        at = None
    if at is None or at.year < 2:
        raise invalid_payload("options.starting_after must be a moment as ISO 8601 writes it")
    return _written(at if at.tzinfo else at.replace(tzinfo=UTC))


def places(told: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the place of each thing in the list."""
    seen: Counter[str] = Counter()
    found = []
    for each in told:
        made = each["created_at"]
        found.append(f"{made[:-1]}{seen[made]:03d}Z")
        seen[made] += 1
    return found


def begin_after(places_told: Sequence[str], place: str | None) -> int:
    """Return where the list goes on behind a place; what stood there may be gone, then with the first that is older."""
    if place is None:
        return 0
    if place in places_told:
        return places_told.index(place) + 1
    return next((n for n, each in enumerate(places_told) if each < place), len(places_told))


def _written(at: datetime) -> str:
    return f"{at.astimezone(UTC).isoformat(timespec='microseconds')[:-6]}Z"
