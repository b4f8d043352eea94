"""Whether the rules on a code let it be redeemed now: the facts they ask for, gathered, and what they say to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access.problems import Problem
from campaigns.redeeming import counting
from campaigns.redeeming.applying import Applied, Means, apply_to
from campaigns.redeeming.candidates import Candidate
from campaigns.redeeming.counting import Step, Thing
from campaigns.redeeming.situations import Situation
from campaigns.rules import ApplicableTo, Case, CustomerFacts, Item, OrderFacts, Verdict, belonging, judge_all
from orders.cart import Cart


@dataclass(frozen=True)
class Judged:
    """What came of it: what a code did to the cart, or why it may not be redeemed."""

    applied: Applied
    applicable_to: ApplicableTo
    rule_message: str | None = None


def judge(
    candidate: Candidate,
    thing: Thing,
    cart: Cart | None,
    situation: Situation,
    means: Means,
    steps: Sequence[Step],
) -> Judged:
    """Judge a code or a tier by its rules; ``steps`` are those of the same wish that were applied before it.

    What a rule says of the discount itself can only be judged once that was worked out; what a discount reaches, only
    once the rules were judged. So the rules come first without it, and once more with it where one asks.
    """
    sets = [assigned.rule_set for assigned in candidate.rules]
    if not sets:
        return Judged(_applied(thing, cart, ApplicableTo(), means, situation), ApplicableTo())
    facts = _facts(candidate, thing, situation, steps)
    verdict = judge_all(sets, _case(thing, cart, situation, facts, None))
    applied = _applied(thing, cart, verdict.applicable_to, means, situation)
    if _asks_for_outcome(candidate):
        if applied.problem is not None:
            return Judged(applied, verdict.applicable_to)
        verdict = judge_all(sets, _case(thing, cart, situation, facts, applied))
    if not verdict.holds:
        return Judged(Applied(None, problem=_violation(verdict, thing)), verdict.applicable_to, verdict.message)
    return Judged(applied, verdict.applicable_to)


def _applied(thing: Thing, cart: Cart | None, applicable: ApplicableTo, means: Means, situation: Situation) -> Applied:
    """Apply a code or a tier; where the customer alone matters, what only lacks an order is no fault."""
    applied = apply_to(thing, cart, applicable, means)
    lacks_order = applied.problem is not None and applied.problem.key == "missing_order"
    return Applied(cart) if situation.audience_only and lacks_order else applied


@dataclass(frozen=True)
class _Facts:
    counters: Mapping[str, int]
    segments: frozenset[str]


def _facts(candidate: Candidate, thing: Thing, situation: Situation, steps: Sequence[Step]) -> _Facts:
    asked, customer = candidate.needs, situation.customer
    counters = dict.fromkeys(asked.counters, 0)
    if situation.counts_before:
        counters = counting.counts(asked.counters, thing, situation.redeemer, steps)
    return _Facts(counters, belonging.among(customer.pk, asked.segments) if customer else frozenset())


def _asks_for_outcome(candidate: Candidate) -> bool:
    asked = candidate.needs
    return asked.outcome or asked.points or "redemption.gift.amount" in asked.counters


def _case(thing: Thing, cart: Cart | None, situation: Situation, facts: _Facts, applied: Applied | None) -> Case:
    customer = situation.customer
    return Case(
        now=situation.now,
        zone=situation.zone,
        customer=CustomerFacts(customer.pk, customer.metadata, facts.segments) if customer else None,
        order=_order_facts(cart, situation, applied.cart if applied else None) if cart is not None else None,
        holder=thing.holder_id,
        counters=facts.counters,
        metadata=situation.wish.metadata,
        api_keys=situation.asker.names,
        user_login=situation.asker.user_login,
        gift_amount=applied.credits if applied else None,
        points_used=applied.credits if applied else None,
        audience_only=situation.audience_only,
    )


def _order_facts(cart: Cart, situation: Situation, after: Cart | None) -> OrderFacts:
    return OrderFacts(
        amount=cart.total_amount,
        initial_amount=cart.initial_amount,
        total_amount=after.total_amount if after else None,
        discount_amount=after.total_applied_discount_amount if after else None,
        items=tuple(
            Item(line.quantity, line.price, line.products, line.skus, line.collections, line.metadata,
                 (line.product or {}).get("metadata") or {}, line.amount)
            for line in cart.lines
        ),
        metadata=situation.order_metadata,
    )  # fmt: skip


def _violation(verdict: Verdict, thing: Thing) -> Problem:
    key = verdict.key or "redemption_rules_violated"
    return Problem(400, key, verdict.words or key, resource_id=thing.told_id, resource_type=thing.resource_type)
