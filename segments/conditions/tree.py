"""The nodes of a condition tree: frozen values without behaviour, valid by construction in ``parsing``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from segments.conditions.operators import UNITS

Scalar = str | int | float | bool


class ConditionError(Exception):
    """A filter that cannot be understood: where in it, and why, in a sentence for its author."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class ValueTest:
    """What is asked of one value. ``operands`` holds one value, two for *between*, many for *in*, none for presence."""

    operator: str
    operands: tuple[Scalar, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """A test on one property of an event."""

    property: str
    test: ValueTest


@dataclass(frozen=True, slots=True)
class Within:
    """The window *in the last N units*."""

    last: int | float
    unit: str

    @property
    def span(self) -> timedelta:
        return UNITS[self.unit] * self.last


@dataclass(frozen=True, slots=True)
class EventCondition:
    """What happened: how often, how long ago, or an aggregate of a property."""

    event: str
    metric: str
    operator: str
    operands: tuple[int | float, ...]
    unit: str | None = None
    property: str | None = None
    within: Within | None = None
    where: tuple[PropertyTest, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributeCondition:
    """What is known of the customer herself."""

    attribute: str
    test: ValueTest


@dataclass(frozen=True, slots=True)
class SegmentCondition:
    """Whether she belongs to another segment, named by its public id."""

    segment: str
    operator: str


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions joined by *and* or *or*, perhaps negated. No conditions: *and* holds, *or* does not."""

    junction: str
    conditions: tuple["Condition", ...]
    negate: bool = False


Condition = Group | EventCondition | AttributeCondition | SegmentCondition


def leaves(node: Condition, path: str = "") -> Iterator[tuple[str, Condition]]:
    """Yield each condition that is no group, with its path such as ``conditions.0``."""
    if not isinstance(node, Group):
        yield path, node
        return
    for place, each in enumerate(node.conditions):
        yield from leaves(each, f"{path}.conditions.{place}".lstrip("."))
