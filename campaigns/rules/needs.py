"""Which facts a rule set asks for, so that whoever judges reads these and no others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from campaigns.rules.names import CUSTOMER, GOODS, NAMES, ORDER, OUTCOMES
from campaigns.rules.tree import Rule, RuleSet, Target

SEGMENT: Final = "customer.segment"


@dataclass(frozen=True, slots=True)
class Needs:
    """``counters`` are names of rules; ``collections`` are ids of product collections, ours or the shop's."""

    segments: frozenset[str] = frozenset()
    counters: frozenset[str] = frozenset()
    collections: frozenset[str] = frozenset()
    customer: bool = False
    order: bool = False
    # The discount has to be worked out first: see ``OrderFacts.total_amount``.
    outcome: bool = False
    holder: bool = False
    products: bool = False
    # How many points are paid with has to be worked out first.
    points: bool = False
    # Some goods have to lie in the cart.
    items: bool = False

    def __or__(self, other: "Needs") -> "Needs":
        return Needs(
            self.segments | other.segments,
            self.counters | other.counters,
            self.collections | other.collections,
            self.customer or other.customer,
            self.order or other.order,
            self.outcome or other.outcome,
            self.holder or other.holder,
            self.products or other.products,
            self.points or other.points,
            self.items or other.items,
        )


def needs(rule_set: RuleSet) -> Needs:
    """Return what has to be known to judge a rule set, and to tell what it is applicable to."""
    rules = list(_every(rule_set.rules.named))
    names = [NAMES[rule.name] for rule in rules]
    applicable = rule_set.applicable_to
    targets = [*applicable.included, *applicable.excluded, *_targets(rules)]
    return Needs(
        segments=frozenset(_operands(rule for rule in rules if rule.name == SEGMENT)),
        counters=frozenset(name.name for name in names if name.is_counted),
        collections=frozenset(id for each in targets if each.object == "products_collection" for id in each.names),
        customer=any(name.about == CUSTOMER or name.of_a_customer for name in names),
        order=any(name.about == ORDER or name.name in OUTCOMES for name in names),
        outcome=any(name.name in OUTCOMES for name in names),
        holder=any(name.name == "publication.redeemable_by_linked_customer" for name in names),
        points=any(name.name == "redemption.reward.pay_with_points.points_used" for name in names),
        products=any(name.name.startswith("product.metadata") for name in names),
        items=any(name.name in GOODS for name in names),
    )


def _every(rules: Iterable[Rule]) -> Iterator[Rule]:
    for rule in rules:
        yield rule
        if rule.rules:
            yield from _every(rule.rules.named)


def _operands(rules: Iterable[Rule]) -> Iterator[str]:
    return (str(operand) for rule in rules for each in rule.conditions for operand in each.operands)


def _targets(rules: Iterable[Rule]) -> Iterator[Target]:
    for rule in rules:
        for condition in rule.conditions:
            yield from (operand for operand in condition.operands if isinstance(operand, Target))
