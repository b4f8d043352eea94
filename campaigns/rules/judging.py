"""Whether a rule set lets a redemption pass. What cannot be judged for lack of a fact does not hold."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from campaigns.rules import items
from campaigns.rules.case import Case, OrderFacts
from campaigns.rules.comparing import Clock, holds
from campaigns.rules.names import CUSTOMER, NAMES, ORDER, PRODUCT, PRODUCT_METADATA, SKU, Name
from campaigns.rules.tree import ApplicableTo, Condition, Expression, Named, Rule, Rules, RuleSet, Target

NOTHING: Final = ApplicableTo()
VIOLATED: Final = {about: f"{about}_rules_violated" for about in ("customer", "order", "redemption")}
WORDS: Final = {
    "customer_rules_violated": "customer does not match the validation rules",
    "order_rules_violated": "order does not match the validation rules",
    "redemption_rules_violated": "redemption does not match the validation rules",
    "missing_customer": "a customer is needed to judge the validation rules",
    "missing_order": "an order is needed to judge the validation rules",
    "missing_order_items": "an order with items is needed to judge the validation rules",
    "missing_amount": "an order with an amount is needed to judge the validation rules",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of judging: ``key`` is the published error key and ``message`` what the rule's author wants told."""

    holds: bool
    key: str | None = None
    message: str | None = None
    applicable_to: ApplicableTo = NOTHING

    @property
    def words(self) -> str:
        return WORDS.get(self.key or "", "")


@dataclass(frozen=True, slots=True)
class Unmet:
    rule: Rule
    key: str


def judge(rule_set: RuleSet, case: Case) -> Verdict:
    """Judge one rule set. What it is applicable to is told in any case."""
    unmet = _unmet(rule_set.rules, rule_set.rules.logic, case)
    applicable = _applicable_to(rule_set, case)
    if not unmet:
        return Verdict(True, applicable_to=applicable)
    said = next((each.rule.message for each in unmet if each.rule.message), rule_set.message)
    return Verdict(False, unmet[0].key, said, applicable)


def judge_all(rule_sets: Iterable[RuleSet], case: Case) -> Verdict:
    """Judge several rule sets, the nearest first, as a code's own before its campaign's: every one has to hold.

    What the nearest includes counts; what any of them excludes stays excluded.
    """
    verdicts = [judge(rule_set, case) for rule_set in rule_sets]
    told = [verdict.applicable_to for verdict in verdicts]
    including = next((each for each in told if each.included or each.included_all), NOTHING)
    excluded = tuple(dict.fromkeys(target for each in told for target in each.excluded))
    applicable = ApplicableTo(including.included_all, including.included, excluded)
    first = next((verdict for verdict in verdicts if not verdict.holds), Verdict(True))
    return Verdict(first.holds, first.key, first.message, applicable)


def _unmet(rules: Rules, expression: Expression | None, case: Case) -> list[Unmet]:
    """Return the rules to blame: none where the expression holds."""
    if expression is None:
        return []
    if isinstance(expression, Named):
        rule = rules.members[expression.key]
        key = _refusal(rule, case)
        return [Unmet(rule, key)] if key else []
    blamed: list[Unmet] = []
    for part in expression.parts:
        unmet = _unmet(rules, part, case)
        if bool(unmet) == (expression.junction == "and"):
            return unmet
        blamed += unmet
    return blamed


def _refusal(rule: Rule, case: Case) -> str | None:
    """Return the key under which a rule refuses, or None where it is met."""
    name = NAMES[rule.name]
    if case.audience_only and name.about != CUSTOMER:
        return None
    missing = _missing(name, case)
    if missing:
        return missing
    if name.name in items.KINDS:
        met = items.meets(rule, case.order.items if case.order else (), _clock(case))
    elif name.is_counted:
        met = _counts(rule, case)
    else:
        met = _ASKED[rule.name](rule, case)
    return None if met else VIOLATED[name.about]


def _missing(name: Name, case: Case) -> str | None:
    if (name.about == CUSTOMER or name.of_a_customer) and case.customer is None:
        return "missing_customer"
    if name.about == ORDER and case.order is None:
        return "missing_order"
    if case.order and (".items." in name.name or name.name.startswith(("product.", "sku."))) and not case.order.items:
        return "missing_order_items"
    return None


def _counts(rule: Rule, case: Case) -> bool:
    """Judge what was redeemed before, with the redemption at hand on top."""
    before, now = case.counters.get(rule.name), _at_hand(rule.name, case)
    return before is not None and now is not None and holds(rule.conditions, before + now, _clock(case))


def _at_hand(name: str, case: Case) -> int | None:
    match name:
        case "campaign.orders.amount":
            return case.order.initial_amount if case.order else 0
        case "campaign.orders.amount_discounted":
            return case.order.discount_amount if case.order else 0
        case "redemption.gift.amount":
            return case.gift_amount or 0
    return 1


def _of_order(value: Callable[[OrderFacts], Any]) -> Callable[[Rule, Case], bool]:
    return lambda rule, case: case.order is not None and holds(rule.conditions, value(case.order), _clock(case))


def _of_lines(over: Callable[[Iterable[bool]], bool], *, price: bool) -> Callable[[Rule, Case], bool]:
    def test(rule: Rule, case: Case) -> bool:
        lines = case.order.items if case.order else ()
        values = [line.price if price else line.metadata.get(rule.property or "") for line in lines]
        return over(holds(rule.conditions, value, _clock(case)) for value in values)

    return test


def _segment(rule: Rule, case: Case) -> bool:
    return case.customer is not None and holds(rule.conditions, sorted(case.customer.segments), _clock(case))


def _linked(rule: Rule, case: Case) -> bool:
    """Let only the holder redeem, where the rule says so; a code without a holder is nobody's."""
    is_hers = case.customer is not None and case.holder is not None and case.holder == case.customer.id
    return is_hers or not holds(rule.conditions, True, _clock(case))


def _plain(value: Callable[[Rule, Case], Any]) -> Callable[[Rule, Case], bool]:
    return lambda rule, case: holds(rule.conditions, value(rule, case), _clock(case))


_ASKED: Final[dict[str, Callable[[Rule, Case], bool]]] = {
    "customer.segment": _segment,
    "customer.metadata": _plain(lambda rule, case: case.customer and case.customer.metadata.get(rule.property or "")),
    "publication.redeemable_by_linked_customer": _linked,
    "order.amount": _of_order(lambda order: order.amount),
    "order.total_amount": _of_order(lambda order: order.total_amount),
    "order.initial_amount": _of_order(lambda order: order.initial_amount),
    "order.items.count": _of_order(lambda order: sum(line.quantity for line in order.items)),
    "order.items.price_any": _of_lines(any, price=True),
    "order.items.price_each": _of_lines(all, price=True),
    "order.items.metadata_any": _of_lines(any, price=False),
    "order.items.metadata_each": _of_lines(all, price=False),
    "order.metadata": _plain(lambda rule, case: case.order and case.order.metadata.get(rule.property or "")),
    "redemption.api_key": _plain(lambda _rule, case: list(case.api_keys) or None),
    "redemption.user.login": _plain(lambda _rule, case: case.user_login),
    "redemption.reward.pay_with_points.points_used": _plain(lambda _rule, case: case.points_used),
    "redemption.metadata": _plain(lambda rule, case: case.metadata.get(rule.property or "")),
    "custom_event.metadata": _plain(lambda rule, case: (case.event_metadata or {}).get(rule.property or "")),
}


def _clock(case: Case) -> Clock:
    return Clock(case.now, case.zone)


def _applicable_to(rule_set: RuleSet, case: Case) -> ApplicableTo:
    """Return what is named as applicable, and the products of rules that say the discount is for them alone."""
    told = rule_set.applicable_to
    further = tuple(target for rule in rule_set.rules.named for target in _discounted(rule, case))
    return ApplicableTo(told.included_all, (*told.included, *further), told.excluded) if further else told


def _discounted(rule: Rule, case: Case) -> Iterator[Target]:
    within = rule.rules.named if rule.rules else []
    alone = [each for each in within if each.name.endswith(".discount_applicable")]
    if not alone or not holds(alone[0].conditions, True, _clock(case)):
        return
    if rule.name in (PRODUCT, SKU):
        kind = "product" if rule.name == PRODUCT else "sku"
        for operand in _wanted(rule.conditions):
            yield Target(object=kind, id=operand)
    if rule.name == PRODUCT_METADATA and case.order:
        for line in items.meant_by(rule, case.order.items, _clock(case)):
            yield from (Target(object="product", id=product) for product in sorted(line.products)[:1])


def _wanted(conditions: Iterable[Condition]) -> Iterator[str]:
    return (str(operand) for each in conditions if each.operator in ("$is", "$in") for operand in each.operands)
