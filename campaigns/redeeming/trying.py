"""Whether each thing of a wish applies, and what it makes of the cart. Asks for facts, and changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from access.problems import Problem
from campaigns import usability
from campaigns.arithmetic.discounting import apply
from campaigns.arithmetic.paying import pay
from campaigns.arithmetic.reach import Reach
from campaigns.arithmetic.stacking import Stack, StackingRules, in_turn
from campaigns.incentives import GIFT, LOYALTY
from campaigns.models import Voucher
from campaigns.redeeming import counting, holding
from campaigns.redeeming.candidates import Candidate
from campaigns.redeeming.counting import Redeemer
from campaigns.redeeming.holding import Held
from campaigns.redeeming.wishes import Asker, Wish
from campaigns.rules import ApplicableTo, Case, CustomerFacts, Item, OrderFacts, Verdict, belonging, judge_all
from customers.models import Customer
from orders.cart import Cart

APPLICABLE, INAPPLICABLE, SKIPPED = "APPLICABLE", "INAPPLICABLE", "SKIPPED"


@dataclass(frozen=True)
class Situation:
    """In which a wish is judged."""

    wish: Wish
    asker: Asker
    now: datetime
    zone: ZoneInfo
    stacking: StackingRules
    customer: Customer | None = None
    cart: Cart | None = None
    order_metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def session_key(self) -> str | None:
        return self.wish.session.key if self.wish.session else None

    @property
    def redeemer(self) -> Redeemer:
        return Redeemer(self.customer.pk if self.customer else None, self.asker.key_id, self.now, self.zone)


@dataclass(frozen=True)
class Tried:
    """What became of one candidate: applicable with the cart it left, or why not."""

    candidate: Candidate
    status: str
    cart: Cart | None = None
    credits: int | None = None
    problem: Problem | None = None
    skipped_because: str = ""
    rule_message: str | None = None
    applicable_to: ApplicableTo = field(default_factory=ApplicableTo)

    @property
    def voucher(self) -> Voucher | None:
        return self.candidate.voucher


@dataclass(frozen=True)
class Attempt:
    """What became of a whole wish, in the order in which its parts were tried."""

    tried: Sequence[Tried]
    before: Cart | None
    after: Cart | None

    @property
    def applicable(self) -> list[Tried]:
        return [each for each in self.tried if each.status == APPLICABLE]

    @property
    def inapplicable(self) -> list[Tried]:
        return [each for each in self.tried if each.status == INAPPLICABLE]

    @property
    def skipped(self) -> list[Tried]:
        return [each for each in self.tried if each.status == SKIPPED]


def attempt(candidates: Sequence[Candidate], situation: Situation) -> Attempt:
    """Try each in its turn: every one finds the cart as those before it left it."""
    by_place = {candidate.place: candidate for candidate in candidates}
    contenders = in_turn([candidate.contender for candidate in candidates], situation.stacking)
    stack, cart, tried = Stack(situation.stacking, contenders), situation.cart, list[Tried]()
    held = holding.by_others([c.voucher for c in candidates if c.voucher], situation.session_key, situation.now)
    for contender in contenders:
        result = _next(by_place[contender.place], tried, stack, cart, situation, held)
        tried.append(result)
        if result.status == APPLICABLE:
            stack.take(contender)
            cart = result.cart
    return Attempt(tried, situation.cart, cart)


def _next(
    candidate: Candidate,
    before: Sequence[Tried],
    stack: Stack,
    cart: Cart | None,
    situation: Situation,
    held: Mapping[UUID, Held],
) -> Tried:
    has_failed = any(each.status == INAPPLICABLE for each in before)
    if has_failed and not situation.stacking.is_partial:
        return Tried(candidate, SKIPPED, skipped_because="preceding_validation_failed")
    obstacle = stack.obstacle(candidate.contender)
    if obstacle:
        return Tried(candidate, SKIPPED, skipped_because=obstacle)
    tried = _try(candidate, cart, situation, held)
    is_idle = tried.cart is not None and cart is not None and tried.cart.total_applied_discount_amount == 0
    if (
        tried.status == APPLICABLE
        and is_idle
        and situation.stacking.skips_without_effect(candidate.contender.categories)
    ):
        return Tried(candidate, SKIPPED, skipped_because="no_effect")
    return tried


def _try(candidate: Candidate, cart: Cart | None, situation: Situation, held: Mapping[UUID, Held]) -> Tried:
    voucher = candidate.voucher
    if voucher is None:
        return Tried(candidate, INAPPLICABLE, problem=candidate.unknown)
    locked = held.get(voucher.pk, holding.NOTHING)
    refused = usability.refusal(voucher, situation.now, situation.zone.key) or holding.refusal(voucher, locked)
    if refused is not None:
        return Tried(candidate, INAPPLICABLE, problem=refused)
    verdict = _judged(candidate, voucher, cart, situation)
    if not verdict.holds:
        return Tried(candidate, INAPPLICABLE, problem=_violation(verdict, voucher), rule_message=verdict.message)
    return _applied(candidate, voucher, cart, verdict.applicable_to, locked)


def _judged(candidate: Candidate, voucher: Voucher, cart: Cart | None, situation: Situation) -> Verdict:
    sets = [assigned.rule_set for assigned in candidate.rules]
    if not sets:
        return Verdict(True)
    asked = candidate.needs
    counters = counting.counts(asked.counters, voucher, situation.redeemer)
    customer = situation.customer
    segments = belonging.among(customer.pk, asked.segments) if customer else frozenset[str]()
    after = _outcome(voucher, cart, judge_all(sets, _case(situation, voucher, cart, counters, segments)))
    return judge_all(sets, _case(situation, voucher, cart, counters, segments, after if asked.outcome else None))


def _outcome(voucher: Voucher, cart: Cart | None, verdict: Verdict) -> Cart | None:
    if cart is None or voucher.discount_terms is None:
        return cart
    return apply(voucher.discount_terms, cart, _reach(verdict.applicable_to))


def _case(
    situation: Situation,
    voucher: Voucher,
    cart: Cart | None,
    counters: Mapping[str, int],
    segments: frozenset[str],
    after: Cart | None = None,
) -> Case:
    customer = situation.customer
    return Case(
        now=situation.now,
        zone=situation.zone,
        customer=CustomerFacts(customer.pk, customer.metadata, segments) if customer else None,
        order=_order_facts(cart, situation, after) if cart is not None else None,
        holder=voucher.holder_id,
        counters=counters,
        metadata=situation.wish.metadata,
        api_keys=situation.asker.names,
        user_login=situation.asker.user_login,
        gift_amount=next((each.credits for each in situation.wish.redeemables if each.credits), None),
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


def _violation(verdict: Verdict, voucher: Voucher) -> Problem:
    key = verdict.key or "redemption_rules_violated"
    return Problem(400, key, verdict.words or key, resource_id=voucher.code, resource_type="voucher")


def _applied(
    candidate: Candidate, voucher: Voucher, cart: Cart | None, applicable: ApplicableTo, locked: Held
) -> Tried:
    done = Tried(candidate, APPLICABLE, cart, applicable_to=applicable)
    if voucher.kind == LOYALTY:
        details = "A loyalty card is redeemed for a reward; name one."
        problem = Problem(400, "missing_reward", "The reward is missing", details, resource_id=voucher.code)
        return replace(done, status=INAPPLICABLE, problem=problem)
    if voucher.kind == GIFT:
        return _paid(done, voucher, cart, applicable, locked)
    terms = voucher.discount_terms
    if cart is None or not terms:
        return done
    return replace(done, cart=apply(terms, cart, _reach(applicable)))


def _paid(done: Tried, voucher: Voucher, cart: Cart | None, applicable: ApplicableTo, locked: Held) -> Tried:
    left, wanted = (voucher.balance or 0) - locked.amount, done.candidate.asked.credits
    if cart is None:
        problem = Problem(400, "missing_order", "An order is missing", "A gift card pays an order; tell which.")
        return replace(done, status=INAPPLICABLE, problem=problem)
    paid = pay(
        cart,
        left if wanted is None else wanted,
        voucher.incentive.get("effect") or "APPLY_TO_ORDER",
        _reach(applicable),
    )
    if (wanted or paid.credits) > left or (wanted is None and left <= 0):
        words = "The gift card does not hold so much"
        problem = Problem(400, "gift_amount_exceeded", words, resource_id=voucher.code, resource_type="voucher")
        return replace(done, status=INAPPLICABLE, problem=problem)
    return replace(done, cart=paid.cart, credits=paid.credits)


def _reach(applicable: ApplicableTo) -> Reach:
    included = () if applicable.included_all else applicable.included
    return Reach(included, applicable.excluded)
