"""What a customer could use for an order: promotions, and the codes she holds, each tried by itself.

The best deal comes first if that is asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from access import limits
from access.problems import invalid_payload
from access.strict_json import moment
from campaigns import categories
from campaigns.models import PromotionStack, Voucher
from campaigns.promotions import finding
from campaigns.redeeming import asking, candidates, narrowing, scenarios, telling, tracking_ids, trying
from campaigns.redeeming.candidates import Candidate
from campaigns.redeeming.narrowing import Filters, Known
from campaigns.redeeming.scenarios import AUDIENCE, EVERYTHING, SCENARIOS, STACKS, WALLET
from campaigns.redeeming.situations import Situation
from campaigns.redeeming.trying import APPLICABLE, Attempt, Tried
from campaigns.redeeming.wishes import VOUCHER, Asked, Asker, read_about, without_nulls
from campaigns.wallet import OWNER
from orders.cart import Cart

SORTING = ("DEFAULT", "BEST_DEAL", "LEAST_DEAL")
LIMIT_MOST, LIMIT_USUAL = 50, 5
# Of so many codes that she holds, the latest are tried.
TRIED_MOST = 100


@dataclass(frozen=True)
class Question:
    """How the answer is to be narrowed and sorted."""

    scenario: str
    limit: int
    sorting: str
    filters: Filters
    starting_after: str | None


def qualify(data: object, asker: Asker) -> dict[str, Any]:
    """Answer which promotions and which of her codes a customer could use now, and what each would come to."""
    given = without_nulls(limits.mapping(data, "The body"))
    question = _question(given)
    wish = read_about({name: value for name, value in given.items() if name != "options"}, ())
    situation = asking.situation_of(wish, asker, asking.order_of(wish))
    # What was redeemed before is no matter here: it is judged when a code is checked or redeemed.
    situation = replace(situation, counts_before=False, audience_only=question.scenario == AUDIENCE)
    fitting = [each for each in _fitting(question.scenario, situation) if question.filters.passes(each.known)]
    told = [each.told for each in _sorted(fitting, question.sorting)]
    return {
        "redeemables": _page(told, question),
        "tracking_id": tracking_ids.told(wish),
        "order": telling.cart_json(situation.cart, situation) if situation.cart else None,
        "stacking_rules": situation.stacking.as_json(),
    }


def _page(told: Sequence[dict[str, Any]], question: Question) -> dict[str, Any]:
    places = narrowing.places(told)
    begin = narrowing.begin_after(places, question.starting_after)
    end = min(begin + question.limit, len(told))
    has_more = end < len(told)
    return {
        "object": "list",
        "data_ref": "data",
        "data": told[begin:end],
        "total": end - begin,
        "has_more": has_more,
        "more_starting_after": places[end - 1] if has_more else None,
    }


@dataclass(frozen=True)
class _Fitting:
    """Something that applies: what it takes off the order, how it is told, and what filters know it by."""

    worth: int
    told: dict[str, Any]
    known: Known


def _fitting(scenario: str, situation: Situation) -> list[_Fitting]:
    """Return all that applies of what a scenario asks for: promotions first, then her codes."""
    if scenario == STACKS:
        return _stacks(situation)
    tiers = [] if scenario == WALLET else _alone(candidates.of_tiers(finding.offered_tiers()), scenario, situation)
    stacks = _stacks(situation) if scenario == EVERYTHING else []
    codes = [Asked(VOUCHER, code) for code in _held(situation.customer).values_list("code", flat=True)]
    return [*tiers, *stacks, *_alone(candidates.find(codes, held=False), scenario, situation)]


def _alone(found: Sequence[Candidate], scenario: str, situation: Situation) -> list[_Fitting]:
    tried = [each for each in trying.each_alone(found, situation) if each.status == APPLICABLE]
    fitting = [each for each in tried if scenarios.fits(scenario, each)]
    return [_Fitting(_worth(each.cart), _told(each), _known(each.candidate)) for each in fitting]


def _stacks(situation: Situation) -> list[_Fitting]:
    stacks = finding.offered_stacks()
    attempts = [trying.attempt(found, situation) for found in candidates.of_stacks(stacks)]
    return [
        _Fitting(sum(_worth(each.cart) for each in attempt.applicable), _told_stack(stack, attempt), _known_of(stack))
        for stack, attempt in zip(stacks, attempts, strict=True)
        if telling.is_valid(attempt, situation)
    ]


def _known(candidate: Candidate) -> Known:
    """Return what filters ask of a code or a tier."""
    thing, voucher, category = candidate.thing, candidate.voucher, candidate.category
    campaign = thing.campaign if thing else None
    return {
        "category_id": category.public_id if category else None,
        "campaign_id": campaign.public_id if campaign else None,
        "campaign_type": campaign.campaign_type if campaign else None,
        "resource_id": thing.public_id if thing else None,
        "resource_type": candidate.asked.object,
        "voucher_type": voucher.kind if voucher else None,
        "code": voucher.code if voucher else None,
        "holder_role": OWNER if voucher else None,
    }


def _known_of(stack: PromotionStack) -> Known:
    return {
        **dict.fromkeys(narrowing.FIELDS),
        "category_id": stack.category.public_id if stack.category else None,
        "campaign_id": stack.campaign.public_id,
        "campaign_type": stack.campaign.campaign_type,
        "resource_id": stack.public_id,
        "resource_type": "promotion_stack",
    }


def _worth(cart: Cart | None) -> int:
    return cart.total_applied_discount_amount if cart else 0


def _held(customer: Any) -> Any:
    if customer is None:
        return Voucher.objects.none()
    return Voucher.objects.filter(holder=customer).order_by("-published_at")[:TRIED_MOST]


def _question(given: Mapping[str, Any]) -> Question:
    scenario = given.get("scenario", EVERYTHING)
    if scenario not in SCENARIOS:
        raise invalid_payload(f"scenario must be one of {', '.join(SCENARIOS)}")
    options = without_nulls(limits.mapping(given.get("options") or {}, "options"))
    limit, sorting = options.get("limit", LIMIT_USUAL), options.get("sorting_rule", SORTING[0])
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= LIMIT_MOST:
        raise invalid_payload(f"options.limit must be a whole number from 1 to {LIMIT_MOST}")
    if sorting not in SORTING:
        raise invalid_payload(f"options.sorting_rule must be one of {', '.join(SORTING)}")
    filters, after = narrowing.read_filters(options.get("filters")), narrowing.read_place(options.get("starting_after"))
    return Question(scenario, limit, sorting, filters, after)


def _sorted(fitting: list[_Fitting], sorting: str) -> list[_Fitting]:
    if sorting == "DEFAULT":
        return fitting
    return sorted(fitting, key=lambda each: each.worth, reverse=sorting == "BEST_DEAL")


def _told(tried: Tried) -> dict[str, Any]:
    thing = tried.thing
    if thing is None:
        return {}
    campaign = thing.campaign
    return {
        **_base(tried),
        "created_at": moment(thing.created_at),
        "metadata": thing.metadata or {},
        "campaign_name": campaign.name if campaign else None,
        "campaign_id": campaign.public_id if campaign else None,
        **telling.of_promotion(tried),
    }


def _base(tried: Tried) -> dict[str, Any]:
    return {
        "id": tried.thing.told_id if tried.thing else None,
        "object": tried.candidate.asked.object,
        "result": telling.result_of(tried),
        "order": {**tried.cart.amounts(), "object": "order"} if tried.cart else None,
        "applicable_to": telling.targets_of(tried.applicable_to.included),
        "inapplicable_to": telling.targets_of(tried.applicable_to.excluded),
        "categories": telling.categories_of(tried),
    }


def _told_stack(stack: PromotionStack, attempt: Attempt) -> dict[str, Any]:
    """Tell a stack with what each of its tiers comes to after those before it."""
    category = stack.category
    return {
        "id": stack.public_id,
        "object": "promotion_stack",
        "created_at": moment(stack.created_at),
        "result": {},
        "order": {**attempt.after.amounts(), "object": "order"} if attempt.after else None,
        "metadata": {},
        "categories": [categories.as_json(category)] if category else [],
        "name": stack.name,
        "campaign_name": stack.campaign.name,
        "campaign_id": stack.campaign.public_id,
        "redeemables": [_base(each) for each in attempt.applicable],
    }
