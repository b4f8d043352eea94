"""Many who redeem at the same time: exactly as many succeed as may."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from access.problems import Problem
from campaigns.facts import INSIDE
from campaigns.models import (
    Campaign,
    PromotionTier,
    PromotionTierCounter,
    Redemption,
    RedemptionCounter,
    ValidationRule,
    Voucher,
)
from campaigns.promotions import stacks
from campaigns.promotions.terms import StackTerms
from campaigns.redeeming import redeeming, returning, wishes
from campaigns.redeeming.returning import Said
from campaigns.redeeming.wishes import Asker
from campaigns.rules import assignments
from customers.models import Customer
from orders import placing, saying
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


def limited(name: str, most: int, *codes: str) -> None:
    """Make a campaign with these codes, each without a limit of its own, but one for all."""
    rules = {"1": {"name": name, "conditions": {"$less_than_or_equal": [most]}}, "logic": "1"}
    rule = ValidationRule.objects.create(name=name, rules=rules)
    campaign = Campaign.objects.create(name="Spring", discount={"type": "AMOUNT", "amount_off": 10,
                                                                 "effect": "APPLY_TO_ORDER"})  # fmt: skip
    Voucher.objects.bulk_create([Voucher(code=code, campaign=campaign, quantity=None) for code in codes])
    assignments.put_on(campaign, [rule.public_id])


def test_a_limit_per_customer_holds_over_all_codes_of_a_campaign() -> None:
    limited("campaign.redemptions.customers_count", 3, "A", "B", "C")
    problems = all_at_once([wish(1, code) for code in ("A", "B", "C") * 10])
    assert problems.count(None) == 3
    assert Redemption.objects.filter(failure_code="redemption_rules_violated").count() == 27


def test_a_budget_of_a_campaign_is_never_exceeded() -> None:
    limited("campaign.orders.amount_discounted", 75, *(f"C{number}" for number in range(REDEEMERS)))
    problems = all_at_once([wish(number, f"C{number}") for number in range(REDEEMERS)])
    assert problems.count(None) == 7
    assert RedemptionCounter.objects.aggregate(total=Sum("discount_amount")) == {"total": 70}


def test_taking_back_and_redeeming_the_same_codes_do_not_wait_for_each_other_for_ever() -> None:
    for code in ("A", "B"):
        make(code, "DISCOUNT_VOUCHER", {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ORDER"}, None)
    stacks = [redeeming.redeem(wishes.read(wish(number, "B", "A")), Asker(INSIDE)).parent for number in range(15)]
    with ThreadPoolExecutor(12) as pool:
        redeemed = [pool.submit(redeem, wish(100 + number, "A", "B")) for number in range(15)]
        returned = [pool.submit(take_back, stack.public_id) for stack in stacks * 2 if stack]
    assert [each.result() for each in redeemed] == [None] * 15
    assert sorted(each.result() or "" for each in returned) == [""] * 15 + ["already_rolled_back"] * 15
    assert [voucher.redeemed_quantity for voucher in Voucher.objects.all()] == [15, 15]


def take_back(public_id: str) -> str | None:
    try:
        problem = returning.take_back(public_id, Said(), Asker(INSIDE), as_stack=True).problem
        return problem.key if problem else None
    finally:
        connection.close()


def test_redeemers_of_one_code_who_say_something_new_of_one_customer_do_not_wait_in_a_ring() -> None:
    make("ONE", "DISCOUNT_VOUCHER", {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ORDER"}, None)
    bodies = [
        {**wish(number, "ONE"), "customer": {"source_id": "ida", "name": f"Ida {number}"}} for number in range(30)
    ]
    with ThreadPoolExecutor(12) as pool:
        redeemed = [pool.submit(redeeming_id, body) for body in bodies]
        returned = [pool.submit(take_back, each.result()) for each in redeemed[:15]]
    assert [each.result() for each in returned] == [None] * 15
    assert Voucher.objects.get(code="ONE").redeemed_quantity == 15
    assert Order.objects.filter(status="CANCELED").count() == 15


def redeeming_id(body: dict[str, Any]) -> str:
    try:
        return redeeming.redeem(wishes.read(body), Asker(INSIDE)).redemptions[0].public_id
    finally:
        connection.close()


def test_redeemers_who_name_each_other_s_orders_are_refused_and_do_not_wait_in_a_ring() -> None:
    for code in ("A", "B"):
        make(code, "DISCOUNT_VOUCHER", {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ORDER"}, None)
    people = {name: Customer.objects.create(source_id=name) for name in ("ida", "bob")}
    for name, customer in people.items():
        Order.objects.create(source_id=f"of-{name}", customer=customer, amount=1000, initial_amount=1000)
    crossing = [("ida", "bob"), ("bob", "ida")] * 20
    bodies = [
        {**wish(number, "A", "B"), "customer": {"source_id": name, "name": f"{name} {number}"},
         "order": {"source_id": f"of-{other}", "referrer": {"source_id": other}}}
        for number, (name, other) in enumerate(crossing)
    ]  # fmt: skip
    problems = all_at_once(bodies)
    assert {problem.key if problem else None for problem in problems} == {"invalid_order"}
    assert Redemption.objects.filter(failure_code="invalid_order").count() == 40
    assert Order.objects.filter(status="CREATED").count() == 2


def test_redeemers_whose_orders_name_each_other_do_not_wait_in_a_ring() -> None:
    make("A", "DISCOUNT_VOUCHER", {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ORDER"}, None)
    bodies = [
        {**wish(number, "A"), "customer": {"source_id": name, "name": f"{name} {number}"},
         "order": {"amount": 1000, "source_id": f"o-{number}", "referrer": {"source_id": other, "name": f"{other} {number}"}}}
        for number, (name, other) in enumerate([("ida", "bob"), ("bob", "ida")] * 20)
    ]  # fmt: skip
    assert all_at_once(bodies) == [None] * 40


def test_orders_that_go_from_one_to_another_while_they_are_paid_and_taken_back_wait_in_no_ring() -> None:
    make("A", "DISCOUNT_VOUCHER", {"type": "AMOUNT", "amount_off": 1, "effect": "APPLY_TO_ORDER"}, None)
    paid = [redeeming_id(wish(number, "A")) for number in range(3)]

    def pass_on(number: int) -> None:
        said = {"source_id": f"o-{number % 3}", "amount": 1000, "customer": {"source_id": f"c-{number * 3 % 5}"}}
        try:
            placing.upsert(saying.parse(said))
        finally:
            connection.close()

    def pay(number: int) -> None:
        redeem({**wish(number % 3, "A"), "customer": {"source_id": f"c-{number * 2 % 5}"}})

    with ThreadPoolExecutor(12) as pool:
        doing = [pool.submit(do, number) for number in range(30) for do in (pass_on, pay)]
        doing += [pool.submit(take_back, redemption) for redemption in paid * 2]
        assert [each.exception() for each in doing] == [None] * len(doing)


def test_a_tier_with_a_limit_per_customer_gives_her_no_more_than_that() -> None:
    campaign = Campaign.objects.create(name="Summer", campaign_type="PROMOTION")
    tier = PromotionTier.objects.create(campaign=campaign, name="T", discount={"type": "AMOUNT", "amount_off": 10})
    rules = {"1": {"name": "redemption.count.per_customer", "conditions": {"$less_than_or_equal": [3]}}, "logic": "1"}
    assignments.put_on(tier, [ValidationRule.objects.create(name="Thrice", rules=rules).public_id])
    bodies = [{**wish(1), "redeemables": [{"object": "promotion_tier", "id": tier.public_id}],
               "order": {"amount": 1000, "source_id": f"o-{number}"}} for number in range(30)]  # fmt: skip
    assert all_at_once(bodies).count(None) == 3
    assert PromotionTierCounter.objects.aggregate(total=Sum("redemptions")) == {"total": 3}
    assert Redemption.objects.filter(promotion_tier=tier, result="FAILURE").count() == 27


def test_stacks_of_one_promotion_are_redeemed_and_taken_back_at_once_and_the_counts_come_out_even() -> None:
    campaign = Campaign.objects.create(name="Summer", campaign_type="PROMOTION")
    off = {"type": "AMOUNT", "amount_off": 10, "effect": "APPLY_TO_ORDER"}
    tiers = [PromotionTier.objects.create(campaign=campaign, name=name, discount=off) for name in ("T", "U", "V")]
    stack = stacks.create(campaign, StackTerms("All", tuple(tier.public_id for tier in tiers)))
    said = [{"object": "promotion_stack", "id": stack.public_id}]
    bodies = [{"redeemables": said, "order": {"amount": 1000, "source_id": f"o-{number}"}} for number in range(40)]
    made = [redeeming.redeem(wishes.read(body), Asker(INSIDE)).parent for body in bodies[:20]]
    with ThreadPoolExecutor(12) as pool:
        redeemed = [pool.submit(redeem, body) for body in bodies[20:]]
        returned = [pool.submit(take_back, parent.public_id) for parent in made if parent]
    assert [each.result() for each in (*redeemed, *returned)] == [None] * 40
    assert RedemptionCounter.objects.aggregate(n=Sum("redemptions"), d=Sum("discount_amount")) == {"n": 60, "d": 600}
    assert PromotionTierCounter.objects.aggregate(n=Sum("redemptions")) == {"n": 60}
