"""Rewards: kept, put into programs, taken for points once each, and given back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from campaigns import balances, creation, pools
from campaigns.models import Campaign, Redemption, Transaction, Voucher
from customers.models import Customer
from rewards.models import Reward, RewardAssignment
from tests.rewards.conftest import known, told_events

pytestmark = pytest.mark.django_db
ADDED = Transaction.Type.POINTS_ADDITION


@pytest.fixture
def mug(api: Any) -> Any:
    product = api.post("/v1/products", {"source_id": "mug", "name": "Mug"}).json()
    said = {"name": "A mug", "parameters": {"product": {"id": product["id"]}}, "stock": 2}
    return api.post("/v1/rewards", said).json()


@pytest.fixture
def coin(api: Any) -> Any:
    said = {"name": "Pay", "parameters": {"coin": {"exchange_ratio": 0.5, "points_ratio": 10}}}
    return api.post("/v1/rewards", said).json()


def offer(api: Any, program: Campaign, reward: Any, points: int | None = 40) -> Any:
    price = {"parameters": {"loyalty": {"points": points}}} if points else {}
    answer = api.post(f"/v1/rewards/{reward['id']}/assignments", {"campaign": program.public_id, **price})
    assert answer.status_code == 200, answer.content
    return answer.json()


def fill(card: Voucher, points: int = 100) -> None:
    balances.change(Voucher.objects.get(pk=card.pk), points, kind=ADDED)


def take(api: Any, card: Voucher, reward: Any, **more: Any) -> Any:
    return api.post(f"/v1/loyalties/members/{card.code}/redemption", {"reward": {"id": reward["id"]}, **more})


def balance_of(card: Voucher) -> int | None:
    return Voucher.objects.get(pk=card.pk).balance


def test_a_reward_is_taken_for_points_and_told(
    api: Any, program: Campaign, card: Voucher, alice: Customer, mug: Any
) -> None:
    assignment = offer(api, program, mug)
    fill(card)
    told = take(api, card, mug).json()
    assert (told["result"], told["amount"], told["customer_id"]) == ("SUCCESS", 40, alice.public_id)
    assert (told["reward"]["id"], told["reward"]["assignment_id"]) == (mug["id"], assignment["id"])
    assert told["reward"]["product"]["name"] == "Mug"
    assert (balance_of(card), api.get(f"/v1/rewards/{mug['id']}").json()["redeemed"]) == (60, 1)
    assert Transaction.objects.latest("id").type == "POINTS_REDEMPTION"
    (completed,) = told_events("customer.reward_redemptions.completed")
    assert completed.properties["reward_redemption"]["id"] == told["id"]
    assert (completed.customer_id, completed.properties["balance"]["points"]) == (alice.pk, -40)
    assert len(told_events("customer.reward_redemptions.created")) == len(told_events("customer.rewarded")) == 1


def test_a_change_of_a_reward_leaves_what_is_not_said(api: Any, program: Campaign, mug: Any, coin: Any) -> None:
    address, pay = f"/v1/rewards/{mug['id']}", f"/v1/rewards/{coin['id']}"
    assert api.put(address, {"name": "Cup", "stock": None}).json()["stock"] == 2
    assert api.put(address, {"stock": ""}).json()["stock"] is None
    worth = api.put(pay, {"parameters": {"coin": {"exchange_ratio": 2, "points_ratio": None}}}).json()
    assert worth["parameters"]["coin"] == {"exchange_ratio": 2, "points_ratio": 10}
    price = f"/v1/rewards/{mug['id']}/assignments/{offer(api, program, mug)['id']}"
    unsaid = {"parameters": {"loyalty": {"points": None}}}
    assert api.put(price, unsaid).json()["parameters"] == {"loyalty": {"points": 40}}


def test_what_is_taken_back_gives_points_and_stock_back(api: Any, program: Campaign, card: Voucher, mug: Any) -> None:
    offer(api, program, mug)
    fill(card)
    redemption = take(api, card, mug).json()
    rollback = api.post(f"/v1/redemptions/{redemption['id']}/rollback").json()
    assert (rollback["result"], rollback["amount"]) == ("SUCCESS", -40)
    assert (balance_of(card), Reward.objects.get().redeemed) == (100, 0)
    card.refresh_from_db()
    assert (card.redeemed_balance, card.redeemed_quantity) == (0, 0)
    assert Transaction.objects.latest("id").type == "POINTS_REFUND"
    assert len(told_events("customer.reward_redemptions.rolledback")) == 1


@pytest.mark.parametrize(
    ("points", "reward", "key", "status"),
    [
        (39, "offered", "loyalty_card_points_exceeded", 400),
        (40, "other", "not_found", 404),
        (40, None, "missing_reward", 400),
    ],
    ids=["too few points", "not in the program", "no reward"],
)
def test_what_cannot_be_had_is_refused_and_written_down(
    points: int,
    reward: str | None,
    key: str,
    status: int,
    api: Any,
    program: Campaign,
    card: Voucher,
    mug: Any,
    coin: Any,
) -> None:
    offer(api, program, mug)
    fill(card, points)
    body = {"reward": {"id": {"offered": mug, "other": coin}[reward]["id"]}} if reward else {}
    answer = api.post(f"/v1/loyalties/members/{card.code}/redemption", body)
    assert (answer.status_code, answer.json()["key"]) == (status, key)
    assert (balance_of(card), Redemption.objects.get().result) == (points, "FAILURE")
    assert not told_events("customer.reward_redemptions.completed")


def test_a_reward_that_is_out_of_stock_cannot_be_had(api: Any, program: Campaign, card: Voucher, mug: Any) -> None:
    offer(api, program, mug, 10)
    fill(card)
    assert [take(api, card, mug).status_code for _ in range(3)] == [200, 200, 400]
    assert balance_of(card) == 80
    assert Redemption.objects.get(result="FAILURE").failure_code == "reward_out_of_stock"
    assert api.get(f"/v1/loyalties/members/{card.code}/rewards").json()["total"] == 0


def test_points_pay_an_order_in_whole_steps(api: Any, program: Campaign, card: Voucher, coin: Any) -> None:
    offer(api, program, coin, None)
    fill(card, 105)
    wish = {"object": "voucher", "id": card.code, "reward": {"id": coin["id"], "points": 45}}
    order = {"amount": 10_000, "source_id": "o-1"}
    told = api.post("/v1/redemptions", {"redeemables": [wish], "order": order}).json()
    assert (told["order"]["total_amount"], told["redemptions"][0]["amount"], balance_of(card)) == (9800, 40, 65)
    del wish["reward"]["points"]
    told = api.post("/v1/redemptions", {"redeemables": [wish], "order": {"amount": 120}}).json()
    assert (told["order"]["total_amount"], told["redemptions"][0]["amount"], balance_of(card)) == (0, 30, 35)
    assert take(api, card, coin).json()["key"] == "missing_order"
    wish["reward"]["points"] = 36
    refused = api.post("/v1/redemptions", {"redeemables": [wish], "order": order})
    assert refused.json()["key"] == "loyalty_card_points_exceeded"


def test_a_validation_tells_what_a_reward_costs_and_takes_nothing(
    api: Any, program: Campaign, card: Voucher, mug: Any
) -> None:
    offer(api, program, mug)
    fill(card)
    wish = {"object": "voucher", "id": card.code, "reward": {"id": mug["id"]}}
    told = api.post("/v1/validations", {"redeemables": [wish]}).json()
    assert (told["valid"], told["redeemables"][0]["result"]["loyalty_card"]["points"]) == (True, 40)
    session = {"type": "LOCK", "key": "till-1"}
    api.post("/v1/validations", {"redeemables": [wish], "session": session})
    fill(card, 19)
    other = api.post("/v1/validations", {"redeemables": [wish], "session": {"type": "LOCK", "key": "till-2"}}).json()
    assert other["valid"] is True
    third = api.post("/v1/validations", {"redeemables": [wish], "session": {"type": "LOCK", "key": "till-3"}}).json()
    assert third["valid"] is False
    assert (balance_of(card), Reward.objects.get().redeemed) == (119, 0)


def make_codes(**said: Any) -> Campaign:
    campaign = creation.create(vouchers_count=1, **said)
    while pools.make_some():
        pass
    return campaign


def test_a_code_of_another_campaign_is_given_until_there_are_none(
    api: Any, program: Campaign, card: Voucher, alice: Customer
) -> None:
    five = make_codes(name="Five", discount={"type": "AMOUNT", "amount_off": 500})
    reward = api.post("/v1/rewards", {"name": "Five off", "parameters": {"campaign": {"id": five.public_id}}}).json()
    offer(api, program, reward)
    fill(card)
    told = take(api, card, reward).json()
    code = Voucher.objects.get(campaign=five)
    assert (told["reward"]["voucher"]["code"], code.holder_id) == (code.code, alice.pk)
    refused = take(api, card, reward)
    assert refused.json()["key"] == "no_voucher_suitable_for_publication"
    assert (balance_of(card), Reward.objects.get().redeemed, Redemption.objects.count()) == (60, 1, 2)
    api.post(f"/v1/redemptions/{told['id']}/rollback")
    code.refresh_from_db()
    assert (code.active, balance_of(card)) == (False, 100)


def test_a_gift_card_gets_what_the_reward_is_worth(api: Any, program: Campaign, card: Voucher, alice: Customer) -> None:
    gifts = make_codes(name="Gifts", campaign_type="GIFT_VOUCHERS", gift={"amount": 100}, join_once=True)
    said = {"name": "Ten euros", "parameters": {"campaign": {"id": gifts.public_id, "balance": 1000}}}
    reward = api.post("/v1/rewards", said).json()
    offer(api, program, reward)
    fill(card)
    first = take(api, card, reward).json()
    take(api, card, reward)
    gift = Voucher.objects.get(campaign=gifts)
    assert (gift.holder_id, gift.balance) == (alice.pk, 2100)
    api.post(f"/v1/redemptions/{first['id']}/rollback")
    gift.refresh_from_db()
    assert gift.balance == 1100


def test_a_rule_on_the_reward_decides_as_well(api: Any, program: Campaign, card: Voucher, mug: Any) -> None:
    rule = api.post("/v1/validation-rules", {"name": "Desk", "rules": {"1": {"name": "redemption.metadata",
                    "property": "desk", "conditions": {"$is": ["front"]}}, "logic": "1"}}).json()  # fmt: skip
    said = {"campaign": program.public_id, "parameters": {"loyalty": {"points": 40}}, "validation_rules": [rule["id"]]}
    api.post(f"/v1/rewards/{mug['id']}/assignments", said)
    fill(card)
    assert take(api, card, mug).json()["key"] == "redemption_rules_violated"
    assert take(api, card, mug, metadata={"desk": "front"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_parallel_takers_never_get_more_than_is_on_the_shelf(
    api: Any, program: Campaign, join: Callable[..., Voucher], mug: Any
) -> None:
    Reward.objects.update(stock=5)
    offer(api, program, mug, 10)
    Campaign.objects.filter(pk=program.pk).update(type="AUTO_UPDATE")
    cards = [join(program, known(f"taker-{number}")) for number in range(8)]
    for card in cards:
        fill(card, 20)

    def try_it(number: int) -> int:
        try:
            return take(api, cards[number % 8], mug).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(try_it, range(24)))
    assert (answers.count(200), answers.count(400)) == (5, 19)
    assert Reward.objects.get().redeemed == 5
    assert sum(Voucher.objects.filter(holder__isnull=False).values_list("balance", flat=True)) == 160 - 50
    assert Redemption.objects.filter(result="FAILURE").count() == 19


def test_rewards_and_where_they_can_be_had_are_kept(api: Any, program: Campaign, mug: Any) -> None:
    assignment = offer(api, program, mug)
    again = api.post(f"/v1/rewards/{mug['id']}/assignments", {"campaign": program.public_id,
                     "parameters": {"loyalty": {"points": 5}}})  # fmt: skip
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")
    for address in (f"/v1/rewards/{mug['id']}/assignments", f"/v1/loyalties/{program.name}/rewards"):
        assert [each["id"] for each in api.get(address).json()["data"]] == [assignment["id"]]
        assert api.get(f"{address}/{assignment['id']}").json() == assignment
    changed = api.put(
        f"/v1/loyalties/{program.name}/rewards/{assignment['id']}", {"parameters": {"loyalty": {"points": 9}}}
    )
    assert changed.json()["parameters"]["loyalty"]["points"] == 9
    assert (
        api.get(f"/v1/loyalties/{program.name}/reward-assignments/{assignment['id']}/reward").json()["id"] == mug["id"]
    )
    assert api.put(f"/v1/rewards/{mug['id']}", {"stock": 7, "metadata": {"a": 1}}).json()["stock"] == 7
    assert api.delete(f"/v1/rewards/{mug['id']}").status_code == 204
    assert not RewardAssignment.objects.exists()
    verbs = ("created", "updated", "deleted")
    assert [len(told_events(f"campaign.reward.assignment.{verb}")) for verb in verbs] == [1, 1, 1]


@pytest.mark.parametrize(
    "body",
    [
        {"parameters": {"coin": {"exchange_ratio": 1}}},
        {"name": "x"},
        {"name": "x", "parameters": {}},
        {"name": "x", "parameters": {"coin": {"exchange_ratio": "1"}}},
        {"name": "x", "parameters": {"coin": {"exchange_ratio": 1, "points_ratio": 0}}},
        {"name": "x", "parameters": {"coin": {"exchange_ratio": 1}, "product": {"id": "p"}}},
        {"name": "x", "parameters": {"product": {"id": "none"}}},
        {"name": "x", "parameters": {"product": {}}},
        {"name": "x", "parameters": {"coin": {"exchange_ratio": 1}}, "stock": -1},
        {"name": "x", "parameters": {"coin": {"exchange_ratio": 1}}, "stock": "many"},
        [],
    ],
    ids=str,
)
def test_a_reward_that_cannot_be_meant_is_refused(body: Any, api: Any) -> None:
    answer = api.post("/v1/rewards", body)
    assert (answer.status_code, bool(answer.json()["key"])) == (400, True)
    assert not Reward.objects.exists()
