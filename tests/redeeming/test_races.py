"""Many who redeem at the same time: exactly as many succeed as may."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from access.problems import Problem
from campaigns.facts import INSIDE
from campaigns.models import Redemption, Voucher
from campaigns.redeeming import redeeming, wishes
from campaigns.redeeming.wishes import Asker
from orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)
REDEEMERS = 100


def redeem(body: dict[str, Any]) -> Problem | None:
    try:
        return redeeming.redeem(wishes.read(body), Asker(INSIDE)).problem
    finally:
        connection.close()


def all_at_once(bodies: list[dict[str, Any]]) -> list[Problem | None]:
    with ThreadPoolExecutor(12) as pool:
        return list(pool.map(redeem, bodies))


def wish(number: int, *codes: str, credits: int | None = None) -> dict[str, Any]:
    gift = {"gift": {"credits": credits}} if credits else {}
    redeemables = [{"object": "voucher", "id": code, **gift} for code in codes]
    return {
        "redeemables": redeemables,
        "customer": {"source_id": f"c-{number}"},
        "order": {"amount": 1000, "source_id": f"o-{number}"},
    }


def make(code: str, kind: str, block: dict[str, Any], quantity: int | None) -> None:
    Voucher.objects.create(code=code, own_kind=kind, own_terms=block, quantity=quantity,
                           balance=block.get("amount"), loaded=block.get("amount"))  # fmt: skip


@pytest.mark.parametrize("allowed", [1, 7])
def test_a_code_is_redeemed_as_often_as_it_may_be_and_every_refusal_is_stored(allowed: int) -> None:
    make("ONCE", "DISCOUNT_VOUCHER", {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}, allowed)
    problems = all_at_once([wish(number, "ONCE") for number in range(REDEEMERS)])
    assert problems.count(None) == allowed
    assert {problem.key for problem in problems if problem} == {"quantity_exceeded"}
    assert Redemption.objects.filter(result="SUCCESS").count() == allowed
    assert Redemption.objects.filter(failure_code="quantity_exceeded").count() == REDEEMERS - allowed
    assert Order.objects.count() == allowed


def test_a_gift_card_is_never_overdrawn() -> None:
    make("GIFT", "GIFT_VOUCHER", {"amount": 1000, "effect": "APPLY_TO_ORDER"}, None)
    problems = all_at_once([wish(number, "GIFT", credits=150) for number in range(40)])
    assert problems.count(None) == 6
    assert Voucher.objects.get(code="GIFT").balance == 100


def test_stacks_that_name_the_same_codes_in_another_order_do_not_wait_for_each_other_for_ever() -> None:
    for code in ("A", "B"):
        make(code, "DISCOUNT_VOUCHER", {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ORDER"}, None)
    pairs = [("A", "B"), ("B", "A")] * 20
    problems = all_at_once([wish(number, *pair) for number, pair in enumerate(pairs)])
    assert problems.count(None) == 40
    assert [voucher.redeemed_quantity for voucher in Voucher.objects.all()] == [40, 40]
