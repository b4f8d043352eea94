"""What a customer could use for an order: the codes she holds, each tried by itself, the best deal first if asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from access import limits
from access.problems import invalid_payload
from access.strict_json import moment
from campaigns.models import Voucher
from campaigns.redeeming import asking, candidates, telling, trying
from campaigns.redeeming.trying import APPLICABLE, Tried
from campaigns.redeeming.wishes import VOUCHER, Asked, Asker, read_about, without_nulls

SCENARIOS = ("ALL", "CUSTOMER_WALLET", "AUDIENCE_ONLY", "PRODUCTS", "PRODUCTS_DISCOUNT", "PROMOTION_STACKS",
             "PRODUCTS_BY_CUSTOMER", "PRODUCTS_DISCOUNT_BY_CUSTOMER")  # fmt: skip
# Those that ask for promotions alone: a wallet has no part in them.
OF_PROMOTIONS = {"PROMOTION_STACKS"}
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


def qualify(data: object, asker: Asker) -> dict[str, Any]:
    """Answer which of her codes a customer could use now, and what each would come to."""
    given = without_nulls(limits.mapping(data, "The body"))
    question = _question(given)
    wish = read_about({name: value for name, value in given.items() if name != "options"}, ())
    situation, _ = asking.situation_of(wish, asker)
    # What was redeemed before is no matter here: it is judged when a code is checked or redeemed.
    situation = replace(situation, counts_before=False)
    held = Voucher.objects.none() if question.scenario in OF_PROMOTIONS else _held(situation.customer)
    found = candidates.find([Asked(VOUCHER, code) for code in held.values_list("code", flat=True)], held=False)
    tried = [each for each in trying.each_alone(found, situation) if each.status == APPLICABLE]
    shown = _sorted(tried, question.sorting)[: question.limit]
    told = [_told(each) for each in shown]
    return {
        "redeemables": {
            "object": "list",
            "data_ref": "data",
            "data": told,
            "total": len(told),
            "has_more": len(tried) > len(shown),
            "more_starting_after": told[-1]["created_at"] if len(tried) > len(shown) else None,
        },
        "tracking_id": wish.tracking_id,
        "order": telling.cart_json(situation.cart, situation) if situation.cart else None,
        "stacking_rules": situation.stacking.as_json(),
    }


def _held(customer: Any) -> Any:
    if customer is None:
        return Voucher.objects.none()
    return Voucher.objects.filter(holder=customer).order_by("-published_at")[:TRIED_MOST]


def _question(given: Mapping[str, Any]) -> Question:
    scenario = given.get("scenario", "ALL")
    if scenario not in SCENARIOS:
        raise invalid_payload(f"scenario must be one of {', '.join(SCENARIOS)}")
    options = without_nulls(limits.mapping(given.get("options") or {}, "options"))
    limit, sorting = options.get("limit", LIMIT_USUAL), options.get("sorting_rule", SORTING[0])
    if not isinstance(limit, int) or isinstance(limit, bool) or not 1 <= limit <= LIMIT_MOST:
        raise invalid_payload(f"options.limit must be a whole number from 1 to {LIMIT_MOST}")
    if sorting not in SORTING:
        raise invalid_payload(f"options.sorting_rule must be one of {', '.join(SORTING)}")
    return Question(scenario, limit, sorting)


def _sorted(tried: list[Tried], sorting: str) -> list[Tried]:
    if sorting == "DEFAULT":
        return tried
    worth = [(each.cart.total_applied_discount_amount if each.cart else 0, each) for each in tried]
    return [each for _, each in sorted(worth, key=lambda pair: pair[0], reverse=sorting == "BEST_DEAL")]


def _told(tried: Tried) -> dict[str, Any]:
    voucher = tried.voucher
    if voucher is None:
        return {}
    discounted = tried.cart.amounts() if tried.cart else {}
    campaign = voucher.campaign
    return {
        "id": voucher.code,
        "object": VOUCHER,
        "created_at": moment(voucher.created_at),
        "result": telling.result_of(tried),
        "order": {**discounted, "object": "order"} if tried.cart else None,
        "applicable_to": telling.targets_of(tried.applicable_to.included),
        "inapplicable_to": telling.targets_of(tried.applicable_to.excluded),
        "metadata": voucher.metadata or {},
        "categories": telling.categories_of(tried),
        "campaign_name": campaign.name if campaign else None,
        "campaign_id": campaign.public_id if campaign else None,
    }
