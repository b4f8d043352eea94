"""What a wish names, looked up: the codes with their campaigns and the rules on them. A fixed number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from access.problems import Problem, not_found
from campaigns.arithmetic.stacking import Contender
from campaigns.models import Category, Voucher
from campaigns.querysets import NOBODYS
from campaigns.redeeming import counting, looking
from campaigns.redeeming.wishes import VOUCHER, Asked, doubled
from campaigns.rules import Needs, needs
from campaigns.rules.assignments import Assigned, rules_of


@dataclass(frozen=True)
class Candidate:
    """One thing that is to be redeemed, at its place in the wish; without a voucher it is not known."""

    place: int
    asked: Asked
    voucher: Voucher | None = None
    rules: Sequence[Assigned] = ()

    @property
    def category(self) -> Category | None:
        if self.voucher is None:
            return None
        return self.voucher.category or (self.voucher.campaign.category if self.voucher.campaign else None)

    @property
    def contender(self) -> Contender:
        category = self.category
        return Contender(self.place, (category.name,), category.hierarchy) if category else Contender(self.place)

    @property
    def needs(self) -> Needs:
        """Return which facts the rules on it ask for."""
        asked = Needs()
        for assigned in self.rules:
            asked = asked | needs(assigned.rule_set)
        return asked

    @property
    def unknown(self) -> Problem | None:
        return not_found(self.asked.object, self.asked.id) if self.voucher is None else None


def find(asked: Sequence[Asked], *, held: bool) -> list[Candidate]:
    """Return what is asked for, in its order.

    Where the codes are to be ``held``, their rows are locked in the order of their ids, so that two wishes for the
    same codes cannot wait for one another; what is read of them is then the latest.
    """
    names = [each.id for each in asked if each.object == VOUCHER and NOBODYS not in each.id]
    keys = [UUID(hex=key) for name in names if (key := _key_of(name))]
    vouchers, ruled = looking.codes(names, keys, held=held) if names else ([], [])
    rules = rules_of(ruled)
    by_name = {voucher.public_id: voucher for voucher in vouchers} | {voucher.code: voucher for voucher in vouchers}
    found = [_candidate(place, each, by_name, rules) for place, each in enumerate(asked)]
    if sum(each.voucher is not None for each in found) > len(vouchers):
        # One by its code, and the same once more by its id.
        raise doubled()
    return found


def hold_counts(candidates: Sequence[Candidate]) -> None:
    """Wait until nobody else judges by the counts that these ask for; the codes' rows must be locked before."""
    gates = [counting.gates(each.voucher) for each in candidates if each.voucher and each.needs.counters]
    counting.take_turns({gate for some in gates for gate in some})


def _key_of(name: str) -> str | None:
    prefix, _, digits = name.partition("_")
    is_id = prefix == "v" and len(digits) == 32 and all(each in "0123456789abcdef" for each in digits)
    return digits if is_id else None


def _candidate(place: int, asked: Asked, by_name: dict[str, Voucher], rules: dict[str, list[Assigned]]) -> Candidate:
    voucher = by_name.get(asked.id) if asked.object == VOUCHER else None
    return Candidate(place, asked, voucher, rules.get(voucher.public_id, []) if voucher else [])
