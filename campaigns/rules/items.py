"""Rules about the lines of an order: which lines are meant, and whether any, every or none of them will do."""

from collections.abc import Callable, Sequence
from typing import Any

from campaigns.rules import logic
from campaigns.rules.case import Item
from campaigns.rules.comparing import Clock, holds
from campaigns.rules.names import ANY, CHEAPEST, DEAREST, EVERY, NONE, PRODUCT, PRODUCT_METADATA, SKU
from campaigns.rules.operators import FROM
from campaigns.rules.tree import Condition, Rule, Target

Lines = Sequence[Item]


def meets(rule: Rule, lines: Lines, clock: Clock) -> bool:
    """Tell whether an order with these lines meets a rule about its items; an order without lines meets none."""
    return bool(lines) and KINDS[rule.name](rule, lines, clock)


def meant_by(rule: Rule, lines: Lines, clock: Clock) -> list[Item]:
    """Return the lines that a rule about products, SKUs or products' metadata means."""
    return [line for line in lines if holds(rule.conditions, _identity(rule, line), clock)]


def _any(rule: Rule, lines: Lines, clock: Clock) -> bool:
    meant = [line for line in lines if _is_meant(rule, line)]
    return any(_fits(rule, line, meant, clock) for line in meant)


def _every(rule: Rule, lines: Lines, clock: Clock) -> bool:
    return all(_is_meant(rule, line) and _fits(rule, line, lines, clock) for line in lines)


def _none(rule: Rule, lines: Lines, clock: Clock) -> bool:
    return not _any(rule, lines, clock)


def _extreme(choose: Callable[[Sequence[int]], int]) -> Callable[[Rule, Lines, Clock], bool]:
    """Look at the lines of the lowest or highest price, all of them where several share it."""

    def test(rule: Rule, lines: Lines, clock: Clock) -> bool:
        among = [line for line in lines if line.price is not None and _is_from(rule, line)]
        prices = [line.price for line in among if line.price is not None]
        if not prices:
            return False
        at_the_end = [line for line in among if line.price == choose(prices)]
        meant = [line for line in at_the_end if _is_meant(rule, line)]
        return bool(meant) and all(_fits(rule, line, meant, clock) for line in meant)

    return test


def _is_meant(rule: Rule, line: Item) -> bool:
    return all(_reaches(condition, line) for condition in rule.conditions)


def _is_from(rule: Rule, line: Item) -> bool:
    return all(_reaches(condition, line) for condition in rule.conditions if condition.operator == FROM)


def _reaches(condition: Condition, line: Item) -> bool:
    is_one = any(line.is_one_of(operand) for operand in condition.operands if isinstance(operand, Target))
    return not is_one if condition.operator in ("$is_not", "$not_in") else is_one


def _fits(rule: Rule, line: Item, meant: Lines, clock: Clock) -> bool:
    """Tell whether a line meets the rules within the rule; what is summed up is of all lines that are meant."""
    if rule.rules is None or rule.rules.logic is None:
        return True
    members = rule.rules.members
    return logic.holds(
        rule.rules.logic, lambda key: holds(members[key].conditions, _value(members[key], line, meant), clock)
    )


def _value(rule: Rule, line: Item, meant: Lines) -> Any:
    match rule.name.removeprefix("order.items."):
        case "quantity":
            return line.quantity
        case "price":
            return line.price
        case "metadata":
            return line.metadata.get(rule.property or "")
        case "aggregated_quantity":
            return sum(each.quantity for each in meant)
        case _:
            return sum(each.worth for each in meant)


def _identity(rule: Rule, line: Item) -> Any:
    """Return what a line is called or carries, in the respect that a rule asks about."""
    if rule.name == PRODUCT_METADATA:
        return line.product_metadata.get(rule.property or "")
    return sorted(line.products if rule.name == PRODUCT else line.skus) or None


def _products(rule: Rule, lines: Lines, clock: Clock) -> bool:
    """Judge a rule that names products, SKUs or products' metadata, with what it asks of all lines it means."""
    meant = meant_by(rule, lines, clock)
    if rule.rules is None or rule.rules.logic is None:
        return bool(meant)
    members = rule.rules.members
    return bool(meant) and logic.holds(rule.rules.logic, lambda key: _of_meant(members[key], meant, lines, clock))


def _of_meant(rule: Rule, meant: Lines, lines: Lines, clock: Clock) -> bool:
    what = rule.name.rpartition(".")[2]
    if what == "discount_applicable":
        return True
    if what == "price":
        return any(holds(rule.conditions, line.price, clock) for line in meant)
    if what == "match_all":
        return holds(rule.conditions, len(meant) == len(lines), clock)
    amount = what == "aggregated_amount"
    return holds(rule.conditions, sum(line.worth if amount else line.quantity for line in meant), clock)


def _alone(rule: Rule, lines: Lines, clock: Clock) -> bool:
    """Judge a price or quantity that stands by itself: of any line that has a product, or a SKU."""
    of_skus = rule.name.startswith("sku.")
    sold = [line for line in lines if (line.skus if of_skus else line.products or line.skus)]
    return any(
        holds(rule.conditions, line.price if rule.name.endswith("price") else line.quantity, clock) for line in sold
    )


KINDS: dict[str, Callable[[Rule, Lines, Clock], bool]] = {
    ANY: _any,
    EVERY: _every,
    NONE: _none,
    CHEAPEST: _extreme(min),
    DEAREST: _extreme(max),
    PRODUCT: _products,
    SKU: _products,
    PRODUCT_METADATA: _products,
    **dict.fromkeys(("product.price", "product.quantity", "sku.price", "sku.quantity"), _alone),
}
