"""Whether each thing of a wish applies, and what it makes of the cart. Asks for facts, and changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from access.problems import Problem
from campaigns import usability
from campaigns.arithmetic.stacking import Contender, Stack, in_turn
from campaigns.arithmetic.units import Catalog
from campaigns.models import PromotionTier, Voucher
from campaigns.redeeming import applying, holding, judging
from campaigns.redeeming.applying import Means
from campaigns.redeeming.candidates import Candidate, vouchers_of
from campaigns.redeeming.counting import Step, Thing
from campaigns.redeeming.holding import Held
from campaigns.redeeming.situations import Situation
from campaigns.rules import ApplicableTo
from orders.cart import Cart

APPLICABLE, INAPPLICABLE, SKIPPED = "APPLICABLE", "INAPPLICABLE", "SKIPPED"


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

    @property
    def thing(self) -> Thing | None:
        return self.candidate.thing


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


@dataclass(frozen=True)
class _Known:
    """What was looked up once for the whole wish: what others hold, and which goods may be added."""

    held: Mapping[Any, Held]
    catalog: Catalog


def attempt(candidates: Sequence[Candidate], situation: Situation) -> Attempt:
    """Try each in its turn: every one finds the cart as those before it left it.

    What sessions hold of the codes is known to the situation.
    """
    by_place = {candidate.place: candidate for candidate in candidates}
    contenders = in_turn([candidate.contender for candidate in candidates], situation.stacking)
    known = _known_of(candidates, situation.held)
    stack, cart, tried = Stack(situation.stacking, contenders), situation.cart, list[Tried]()
    for contender in contenders:
        result = _obstructed(by_place[contender.place], contender, tried, stack, situation)
        result = result or _tried(by_place[contender.place], tried, cart, situation, known)
        tried.append(result)
        if result.status == APPLICABLE:
            stack.take(contender)
            cart = result.cart
    return Attempt(tried, situation.cart, cart)


def refused(candidates: Sequence[Candidate], situation: Situation, problem: Problem) -> Attempt:
    """Return what becomes of a wish that cannot be tried at all: its first part says why."""
    first, *others = candidates
    skipped = [Tried(each, SKIPPED, skipped_because="preceding_validation_failed") for each in others]
    return Attempt([Tried(first, INAPPLICABLE, problem=problem), *skipped], situation.cart, situation.cart)


def each_alone(candidates: Sequence[Candidate], situation: Situation) -> list[Tried]:
    """Try each as if it were the only one; what is looked up for all is looked up once."""
    known = _known_of(candidates, holding.by_others(vouchers_of(candidates), situation.session_key))
    return [_tried(candidate, (), situation.cart, situation, known) for candidate in candidates]


def _known_of(candidates: Sequence[Candidate], held: Mapping[UUID, Held]) -> _Known:
    return _Known(held, applying.catalog_of([candidate.thing for candidate in candidates if candidate.thing]))


def _obstructed(
    candidate: Candidate, contender: Contender, before: Sequence[Tried], stack: Stack, situation: Situation
) -> Tried | None:
    """Say why a candidate is not even tried, or None where nothing stands in its way."""
    has_failed = any(each.status == INAPPLICABLE for each in before)
    if has_failed and not situation.stacking.is_partial:
        return Tried(candidate, SKIPPED, skipped_because="preceding_validation_failed")
    obstacle = stack.obstacle(contender)
    return Tried(candidate, SKIPPED, skipped_because=obstacle) if obstacle else None


def _tried(
    candidate: Candidate, before: Sequence[Tried], cart: Cart | None, situation: Situation, known: _Known
) -> Tried:
    thing = candidate.thing
    if thing is None:
        return Tried(candidate, INAPPLICABLE, problem=candidate.unknown)
    held = known.held.get(thing.pk, holding.NOTHING)
    refused = _refusal(thing, held, situation)
    if refused is not None:
        return Tried(candidate, INAPPLICABLE, problem=refused)
    steps = [Step(each.thing, each.cart, each.credits) for each in before if each.status == APPLICABLE]
    means = Means(candidate.asked, held, known.catalog, _spent(situation, cart), candidate.offer)
    judged = judging.judge(candidate, thing, cart, situation, means, steps)
    applied, applicable_to = judged.applied, judged.applicable_to
    if applied.problem is not None:
        return Tried(candidate, INAPPLICABLE, problem=applied.problem, rule_message=judged.rule_message)
    if (
        candidate.offer is None
        and _is_idle(cart, applied.cart)
        and situation.stacking.skips_without_effect(candidate.contender.categories)
    ):
        return Tried(candidate, SKIPPED, skipped_because="no_effect")
    return Tried(candidate, APPLICABLE, applied.cart, applied.credits, applicable_to=applicable_to)


def _refusal(thing: Thing, held: Held, situation: Situation) -> Problem | None:
    """Say why a code or a tier does not count now, whatever the rules on it say."""
    if isinstance(thing, PromotionTier):
        return usability.refusal_of_tier(thing, situation.now, situation.zone.key)
    refused = usability.refusal(thing, situation.now, situation.zone.key) or holding.refusal(thing, held)
    return refused or usability.refusal_of_referrer(thing, situation.customer)


def _is_idle(before: Cart | None, after: Cart | None) -> bool:
    """Tell whether a code changed nothing of an order: neither its discounts nor how many units are in it."""
    if before is None or after is None:
        return False
    grew = any(line.applied_quantity for line in after.lines)
    return after.total_applied_discount_amount == 0 and not grew


def _spent(situation: Situation, cart: Cart | None) -> frozenset[int]:
    """Return the lines that a code before had a discount on, where each product may have only one."""
    if cart is None or situation.cart is None or not situation.stacking.discounts_products_once:
        return frozenset()
    at_first = [line.discount_amount for line in situation.cart.lines]
    at_first += [0] * (len(cart.lines) - len(at_first))
    pairs = enumerate(zip(cart.lines, at_first, strict=True))
    return frozenset(place for place, (line, was) in pairs if line.discount_amount > was)
