"""What a validation rule says, once it was read and found sound: plain values that cannot be changed."""

from dataclasses import dataclass
from typing import Literal

Scalar = str | int | float | bool
APPLY_TO_EVERY = "APPLY_TO_EVERY"


class RuleError(Exception):
    """A rule that cannot be read: the place in it, and what is wrong there in a sentence."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path
        self.message = message


@dataclass(frozen=True, slots=True)
class Target:
    """A product, a SKU or a products_collection that a discount reaches or spares, and how far."""

    object: str
    id: str | None = None
    source_id: str | None = None
    product_id: str | None = None
    product_source_id: str | None = None
    effect: str = APPLY_TO_EVERY
    quantity_limit: int | None = None
    aggregated_quantity_limit: int | None = None
    amount_limit: int | None = None
    aggregated_amount_limit: int | None = None
    price: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """The ids by which what is meant may be called: ours and the shop's."""
        return frozenset(name for name in (self.id, self.source_id) if name)


@dataclass(frozen=True, slots=True)
class ApplicableTo:
    """Which items of an order a discount reaches."""

    included_all: bool = False
    included: tuple[Target, ...] = ()
    excluded: tuple[Target, ...] = ()

    @property
    def names_items(self) -> bool:
        """Tell whether some items are named, so that by default a discount is of items and not of the order."""
        return bool(self.excluded or (self.included and not self.included_all))


@dataclass(frozen=True, slots=True)
class Condition:
    """A value must stand so to these operands, or to one of them."""

    operator: str
    operands: tuple[Scalar | Target, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """In a logic expression: the rule of this key."""

    key: str


@dataclass(frozen=True, slots=True)
class Joined:
    """In a logic expression: all of these, or any of them."""

    junction: Literal["and", "or"]
    parts: tuple["Expression", ...]


Expression = Named | Joined


@dataclass(frozen=True, slots=True)
class Rule:
    """One demand, with what to tell whoever does not meet it."""

    name: str
    conditions: tuple[Condition, ...]
    property: str | None = None
    rules: "Rules | None" = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """Numbered demands and how they are joined; without a logic there are none."""

    members: dict[str, Rule]
    logic: Expression | None = None
    text: str = ""

    @property
    def named(self) -> list[Rule]:
        """The rules that the logic speaks of, in the order of its words; others are kept and not judged."""
        return [self.members[key] for key in keys_of(self.logic)]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A whole validation rule."""

    rules: Rules
    applicable_to: ApplicableTo
    message: str | None = None


def keys_of(expression: Expression | None) -> list[str]:
    """Return the keys that an expression names, each once, in the order of its words."""
    if expression is None:
        return []
    if isinstance(expression, Named):
        return [expression.key]
    return list(dict.fromkeys(key for part in expression.parts for key in keys_of(part)))
