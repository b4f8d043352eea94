"""The Python SDK's own models read the answers of the till: what was used, what was refused, what was taken back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
import voucherify

from access import project as projects
from tests.compatibility.till import DISCOUNTS, IDA, ITEMS, Till
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db

ALL_SCENARIOS = ["ALL", "CUSTOMER_WALLET", "AUDIENCE_ONLY", "PRODUCTS", "PRODUCTS_DISCOUNT", "PROMOTION_STACKS",
                 "PRODUCTS_BY_CUSTOMER", "PRODUCTS_DISCOUNT_BY_CUSTOMER"]  # fmt: skip
EXPANDED = {"options": {"expand": ["order", "redeemable", "redemption", "category"]}}


@pytest.fixture
def till(api: RestClient, drain: Callable[[], int]) -> Till:
    return Till(api, drain)


def _paid(till: Till, place: int = 0, **reward: Any) -> dict[str, Any]:
    """Redeem a loyalty card for one of its rewards."""
    return {"object": "voucher", "id": till.card, "reward": {"id": till.rewards[place], **reward}}


def _credits(amount: int) -> dict[str, Any]:
    return {"object": "voucher", "id": "GIFT", "gift": {"credits": amount}}


def _tier(till: Till) -> dict[str, Any]:
    return {"object": "promotion_tier", "id": till.tiers[0]}


def _stack(till: Till) -> dict[str, Any]:
    return {"object": "promotion_stack", "id": till.stack}


# What can be used, alone and together.
USED: dict[str, Callable[[Till], list[Any]]] = {
    **{f"a discount by {name}": lambda till, name=name: [name] for name in DISCOUNTS},  # type: ignore[misc]
    "a code of a campaign": lambda till: [till.own],
    "a code for some products": lambda till: ["TEES"],
    "a gift card": lambda till: [_credits(1500)],
    "a whole gift card": lambda till: ["GIFT"],
    "points": lambda till: [_paid(till, points=100)],
    "points for goods": lambda till: [_paid(till, 1)],
    "points for a code": lambda till: [_paid(till, 2)],
    "a tier": lambda till: [_tier(till)],
    "a stack of tiers": lambda till: [_stack(till)],
    "several at once": lambda till: ["AMOUNT", _credits(700), _tier(till), till.own],
}
# What is refused, and what is asked for besides.
REFUSED: dict[str, Callable[[Till], tuple[list[Any], dict[str, Any]]]] = {
    "an unknown code": lambda till: (["NOTHING"], {}),
    "a code that is over": lambda till: (["OVER"], {}),
    "a disabled code": lambda till: (["REST"], {}),
    "a code whose rule is not met": lambda till: (["RULED"], {}),
    "too many credits": lambda till: ([_credits(9999)], {}),
    "too many points": lambda till: ([_paid(till, points=9990)], {}),
    "one good and one bad": lambda till: (["AMOUNT", "REST", "PERCENT"], {}),
    "a card without an order": lambda till: ([_paid(till, points=100)], {"order": None}),
}


def _read(model: str, answer: Any) -> Any:
    """Let the SDK read an answer, and hold what it read to what was said."""
    said = answer if isinstance(answer, dict) else answer.json()
    read = getattr(voucherify, model).from_dict(said)
    assert list(_otherwise(said, read.to_dict(), model)) == []
    return read


def _otherwise(said: Any, read: Any, path: str) -> Iterator[str]:
    """Yield where what was read is not what was said; what the SDK does not know it leaves out."""
    if isinstance(said, dict) and isinstance(read, dict):
        for key in said.keys() & read.keys():
            yield from _otherwise(said[key], read[key], f"{path}.{key}")
    elif isinstance(said, list) and isinstance(read, list) and len(said) == len(read):
        for place, (one, other) in enumerate(zip(said, read, strict=True)):
            yield from _otherwise(one, other, f"{path}.{place}")
    elif isinstance(read, datetime):
        if datetime.fromisoformat(said) != read:
            yield f"{path}: {said} {read}"
    elif said != read:
        yield f"{path}: {said!r} {read!r}"


@pytest.mark.parametrize("used", USED)
def test_what_can_be_used_is_read(till: Till, used: str) -> None:
    for more in ({}, EXPANDED, {"session": {"type": "LOCK", "key": "till-1"}}):
        told = _read("ValidationsValidateResponseBody", till.check(*USED[used](till), **more))
        assert (told.valid, told.inapplicable_redeemables) == (True, [])
        assert {one.status for one in told.redeemables} == {"APPLICABLE"}
        assert _read("ClientValidationsValidateResponseBody", till.check(*USED[used](till), **more)).valid


@pytest.mark.parametrize("used", USED)
def test_what_was_used_and_taken_back_is_read(till: Till, used: str) -> None:
    said = till.redeemed(*USED[used](till), **EXPANDED)
    told = _read("RedemptionsRedeemResponseBody", said)
    _read("ClientRedemptionsRedeemResponseBody", said)
    assert {one.result for one in told.redemptions} == {"SUCCESS"}
    for one in told.redemptions:
        _read("RedemptionsGetResponseBody", till.api.get(f"/v1/redemptions/{one.id}"))
    name = told.parent_redemption.id if told.parent_redemption else told.redemptions[0].id
    back = _read("RedemptionsRollbacksCreateResponseBody", till.api.post(f"/v1/redemptions/{name}/rollbacks", {}))
    assert {one.status for one in back.rollbacks} == {"SUCCEEDED"}
    for each in (*told.redemptions, *back.rollbacks):
        _read("RedemptionsGetResponseBody", till.api.get(f"/v1/redemptions/{each.id}"))
    listed = _read("RedemptionsListResponseBody", till.api.get("/v1/redemptions", limit=100))
    assert len(listed.redemptions) >= 2


def test_one_redemption_taken_back_alone_is_read(till: Till) -> None:
    name = till.redeemed("ONCE")["redemptions"][0]["id"]
    said = {"reason": "Returned", "metadata": {"why": "torn"}}
    told = _read("RedemptionsRollbackCreateResponseBody", till.api.post(f"/v1/redemptions/{name}/rollback", said))
    assert (told.result, told.reason, told.redemption) == ("SUCCESS", "Returned", name)
    again = till.api.post(f"/v1/redemptions/{name}/rollback", said)
    assert (again.status_code, _read("Error", again).key) == (400, "already_rolled_back")
    of_code = _read("VouchersRedemptionGetResponseBody", till.api.get("/v1/vouchers/ONCE/redemption"))
    assert len(of_code.redemption_entries) == 3


@pytest.mark.parametrize("refused", REFUSED)
def test_what_is_refused_is_read(till: Till, refused: str) -> None:
    wish, more = REFUSED[refused](till)
    told = _read("ValidationsValidateResponseBody", till.check(*wish, **more))
    assert (told.valid, bool(told.inapplicable_redeemables)) == (False, True)
    assert told.inapplicable_redeemables[0].result.error.key
    answer = till.redeem(*wish, **more)
    assert (answer.status_code in (400, 404), bool(_read("Error", answer).key)) == (True, True)
    for one in till.api.get("/v1/redemptions", limit=100).json()["redemptions"]:
        assert _read("RedemptionsGetResponseBody", one).result == "FAILURE"
    _read("RedemptionsListResponseBody", till.api.get("/v1/redemptions", limit=100))


def test_what_a_stack_leaves_out_is_read(till: Till) -> None:
    """A project may take what applies: the rest is told apart, in checks and in redemptions."""
    address = f"/management/v1/projects/{projects.current().public_id}/stacking-rules"
    till.made(address, {"redeemables_application_mode": "PARTIAL", "applicable_redeemables_limit": 1})
    wish = ["REST", "AMOUNT", "PERCENT"]
    told = _read("ValidationsValidateResponseBody", till.check(*wish))
    assert [one.id for one in told.inapplicable_redeemables] == ["REST"]
    assert told.skipped_redeemables[0].result.details.key == "applicable_redeemables_limit_exceeded"
    used = _read("RedemptionsRedeemResponseBody", till.redeem(*wish))
    assert (len(used.redemptions), len(used.inapplicable_redeemables), len(used.skipped_redeemables)) == (1, 1, 1)


@pytest.mark.parametrize("path", ["/v1/vouchers/ONCE/redemption", "promotion"])
def test_the_older_calls_for_one_are_read(till: Till, path: str) -> None:
    address = f"/v1/promotions/tiers/{till.tiers[0]}/redemption" if path == "promotion" else path
    body = {"customer": IDA, "order": {"items": ITEMS}, "metadata": {"till": 4}}
    assert _read("Redemption", till.api.post(address, body)).result == "SUCCESS"
    if path != "promotion":
        refused = till.api.post(address, body)
        assert (refused.status_code, _read("Error", refused).key) == (400, "quantity_exceeded")


@pytest.mark.parametrize("scenario", ALL_SCENARIOS)
def test_what_she_could_use_is_read(till: Till, scenario: str) -> None:
    for more in (
        {},
        {"options": {"expand": ["redeemable", "category", "validation_rules"], "limit": 3}},
        {"options": {"sorting_rule": "BEST_DEAL"}},
    ):
        told = _read("QualificationsCheckEligibilityResponseBody", till.qualify(scenario, **more))
        _read("ClientQualificationsCheckEligibilityResponseBody", till.qualify(scenario, **more))
        assert told.redeemables.object == "list"
    assert told.redeemables.data


@pytest.mark.parametrize("said", [{"scenario": "NONSENSE"}, {"options": {"limit": 99}}, {"order": {"items": "x"}}])
def test_a_question_that_makes_no_sense_is_refused_legibly(till: Till, said: dict[str, Any]) -> None:
    answer = till.api.post("/v1/qualifications", {"customer": IDA, "scenario": "ALL", **said})
    assert (answer.status_code, bool(_read("Error", answer).key)) == (400, True)
