"""What a wish names, looked up: codes and promotions, with the rules on them. A fixed number of queries.

A stack stands for its tiers, in its order: from here on each is a candidate of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from access.identifiers import NOBODYS
from access.problems import Problem, not_found
from campaigns.arithmetic.stacking import Contender
from campaigns.models import Category, PromotionStack, PromotionTier, Voucher
from campaigns.promotions import finding
from campaigns.redeeming import counting, looking, rewarding
from campaigns.redeeming.counting import Thing
from campaigns.redeeming.rewarding import Offer
from campaigns.redeeming.wishes import STACK, TIER, VOUCHER, Asked, doubled
from campaigns.rules import Needs, needs
from campaigns.rules.assignments import Assigned, rules_of


@dataclass(frozen=True)
class Candidate:
    """One thing that is to be redeemed, at its place in the wish; with neither a code nor a tier it is not known."""

    place: int
    asked: Asked
    voucher: Voucher | None = None
    rules: Sequence[Assigned] = ()
    tier: PromotionTier | None = None
    stack: PromotionStack | None = None
    # What a loyalty card is redeemed for.
    offer: Offer | None = None

    @property
    def thing(self) -> Thing | None:
        return self.voucher or self.tier

    @property
    def category(self) -> Category | None:
        thing = self.thing
        if thing is None:
            return None
        return thing.category or (thing.campaign.category if thing.campaign else None)

    @property
    def contender(self) -> Contender:
        category = self.category
        return Contender(self.place, (category.public_id,), category.hierarchy) if category else Contender(self.place)

    @property
    def needs(self) -> Needs:
        """Return which facts the rules on it ask for."""
        asked = Needs()
        for assigned in self.rules:
            asked = asked | needs(assigned.rule_set)
        return asked

    @property
    def unknown(self) -> Problem | None:
        return not_found(self.asked.object, self.asked.id) if self.thing is None else None


def find(asked: Sequence[Asked], *, held: bool) -> list[Candidate]:
    """Return what is asked for, in its order.

    Where the codes are to be ``held``, their rows are locked in the order of their ids, so that two wishes for the
    same codes cannot wait for one another; what is read of them is then the latest.
    """
    names = [each.id for each in asked if each.object == VOUCHER and NOBODYS not in each.id]
    keys = [UUID(hex=key) for name in names if (key := _key_of(name))]
    vouchers, ruled = looking.codes(names, keys, held=held) if names else ([], [])
    by_name = {voucher.public_id: voucher for voucher in vouchers} | {voucher.code: voucher for voucher in vouchers}
    stacks = finding.stacks_named([each.id for each in asked if each.object == STACK])
    parts = [part for each in asked for part in _parts(each, stacks)]
    tiers = finding.tiers_named([each.id for each, stack in parts if each.object == TIER and stack is None])
    tiers |= {tier.public_id: tier for stack in stacks.values() for tier in finding.tiers_of(stack)}
    rules = rules_of([*ruled, *tiers.values()])
    found = [
        _candidate(place, each, by_name.get(each.id) if each.object == VOUCHER else tiers.get(each.id), rules, stack)
        for place, (each, stack) in enumerate(parts)
    ]
    if sum(each.voucher is not None for each in found) > len(vouchers):
        # One by its code, and the same once more by its id.
        raise doubled()
    return rewarding.with_offers(found, held=held)


def _parts(asked: Asked, stacks: dict[str, PromotionStack]) -> list[tuple[Asked, PromotionStack | None]]:
    """Return what is asked for, a stack that is known as each of its tiers."""
    stack = stacks.get(asked.id) if asked.object == STACK else None
    if stack is None:
        return [(asked, None)]
    return [(replace(asked, object=TIER, id=tier.public_id), stack) for tier in finding.tiers_of(stack)]


def of_tiers(tiers: Sequence[PromotionTier]) -> list[Candidate]:
    """Return these tiers as candidates, with the rules on them: one query."""
    rules = rules_of(tiers)
    return [_of_tier(place, tier, rules, None) for place, tier in enumerate(tiers)]


def of_stacks(stacks: Sequence[PromotionStack]) -> list[list[Candidate]]:
    """Return the tiers of each of these stacks as candidates, with the rules on them: one query."""
    rules = rules_of([tier for stack in stacks for tier in finding.tiers_of(stack)])
    return [
        [_of_tier(place, tier, rules, stack) for place, tier in enumerate(finding.tiers_of(stack))] for stack in stacks
    ]


def _of_tier(
    place: int, tier: PromotionTier, rules: dict[str, list[Assigned]], stack: PromotionStack | None
) -> Candidate:
    return _candidate(place, Asked(TIER, tier.public_id), tier, rules, stack)


def vouchers_of(candidates: Sequence[Candidate]) -> list[Voucher]:
    """Return the codes among these."""
    return [candidate.voucher for candidate in candidates if candidate.voucher]


def hold_counts(candidates: Sequence[Candidate]) -> None:
    """Wait until nobody else judges by the counts that these ask for; the codes' rows must be locked before."""
    gates = [counting.gates(each.thing) for each in candidates if each.thing and each.needs.counters]
    counting.take_turns({gate for some in gates for gate in some})


def _key_of(name: str) -> str | None:
    prefix, _, digits = name.partition("_")
    is_id = prefix == "v" and len(digits) == 32 and all(each in "0123456789abcdef" for each in digits)
    return digits if is_id else None


def _candidate(
    place: int, asked: Asked, thing: Thing | None, rules: dict[str, list[Assigned]], stack: PromotionStack | None
) -> Candidate:
    on_it = rules.get(thing.public_id, []) if thing else []
    if isinstance(thing, PromotionTier):
        return Candidate(place, asked, rules=on_it, tier=thing, stack=stack)
    return Candidate(place, asked, thing, on_it)
