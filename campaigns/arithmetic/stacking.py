"""Several incentives in one request: in which order they come, how many may apply, and which shut others out."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

SORTING = ("REQUESTED_ORDER", "CATEGORY_HIERARCHY")
LAST = 2**31


@dataclass(frozen=True, slots=True)
class StackingRules:
    """The project's rules of stacking; the defaults are those a project begins with."""

    redeemables_limit: int = 30
    applicable_redeemables_limit: int = 5
    applicable_redeemables_per_category_limit: int = 1
    applicable_redeemables_category_limits: Mapping[str, int] = field(default_factory=dict)
    applicable_exclusive_redeemables_limit: int = 1
    applicable_exclusive_redeemables_per_category_limit: int = 1
    exclusive_categories: Sequence[str] = ()
    joint_categories: Sequence[str] = ()
    redeemables_application_mode: str = "ALL"
    redeemables_sorting_rule: str = "REQUESTED_ORDER"
    redeemables_products_application_mode: str = "STACK"
    redeemables_no_effect_rule: str = "REDEEM_ANYWAY"
    no_effect_skip_categories: Sequence[str] = ()
    no_effect_redeem_anyway_categories: Sequence[str] = ()
    redeemables_rollback_order_mode: str = "WITH_ORDER"

    @property
    def is_partial(self) -> bool:
        return self.redeemables_application_mode == "PARTIAL"

    @property
    def discounts_products_once(self) -> bool:
        return self.redeemables_products_application_mode == "ONCE"

    def as_json(self) -> dict[str, Any]:
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in told.items()}

    def skips_without_effect(self, categories: Collection[str]) -> bool:
        """Tell whether what changes nothing is left out; what a category says counts before the project's rule."""
        if any(category in self.no_effect_redeem_anyway_categories for category in categories):
            return False
        if any(category in self.no_effect_skip_categories for category in categories):
            return True
        return self.redeemables_no_effect_rule == "SKIP"


@dataclass(frozen=True, slots=True)
class Contender:
    """Something that wants to apply: its place in the request, its categories, and the rank of the foremost."""

    place: int
    categories: tuple[str, ...] = ()
    hierarchy: int = LAST


def in_turn(contenders: Sequence[Contender], rules: StackingRules) -> list[Contender]:
    """Return them in the order in which they apply."""
    if rules.redeemables_sorting_rule == "CATEGORY_HIERARCHY":
        return sorted(contenders, key=lambda each: (each.hierarchy, each.place))
    return sorted(contenders, key=lambda each: each.place)


class Stack:
    """What has applied so far, and whether one more may."""

    def __init__(self, rules: StackingRules, contenders: Sequence[Contender]) -> None:
        self._rules = rules
        self._applied = 0
        self._exclusive = 0
        self._of_category: Counter[str] = Counter()
        self._has_exclusive = any(self._is_exclusive(each) for each in contenders)

    def obstacle(self, contender: Contender) -> str | None:
        """Return the key under which this one is skipped, or None where it may apply."""
        rules = self._rules
        if self._has_exclusive and not self._is_exclusive(contender) and not self._is_joint(contender):
            return "exclusion_rules_not_met"
        if self._applied >= rules.applicable_redeemables_limit:
            return "applicable_redeemables_limit_exceeded"
        if self._is_exclusive(contender):
            if self._exclusive >= rules.applicable_exclusive_redeemables_limit:
                return "applicable_exclusive_redeemables_limit_exceeded"
            if self._is_over(contender, rules.applicable_exclusive_redeemables_per_category_limit):
                return "applicable_exclusive_redeemables_per_category_limit_exceeded"
        if self._is_over(contender, rules.applicable_redeemables_per_category_limit):
            return "applicable_redeemables_per_category_limit_exceeded"
        return None

    def take(self, contender: Contender) -> None:
        self._applied += 1
        self._exclusive += self._is_exclusive(contender)
        self._of_category.update(contender.categories)

    def _is_over(self, contender: Contender, limit: int) -> bool:
        own = self._rules.applicable_redeemables_category_limits
        return any(self._of_category[each] >= own.get(each, limit) for each in contender.categories)

    def _is_exclusive(self, contender: Contender) -> bool:
        return any(each in self._rules.exclusive_categories for each in contender.categories)

    def _is_joint(self, contender: Contender) -> bool:
        return any(each in self._rules.joint_categories for each in contender.categories)
