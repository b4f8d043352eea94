"""Codes at the till over REST: checked, redeemed, taken back, and refused where they must be."""

import base64
from typing import Any

import pytest

from campaigns.models import Redemption, SessionLock, Voucher
from events.models import Event
from orders.models import Order
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db
FIVE_PERCENT = {"type": "PERCENT", "percent_off": 5}


def told(*names: str) -> list[str]:
    return list(Event.objects.filter(name__in=names).order_by("id").values_list("name", flat=True))


def a_code(api: RestClient, code: str = "BACK-1", **more: Any) -> str:
    answer = api.post(f"/v1/vouchers/{code}", {"type": "DISCOUNT_VOUCHER", "discount": FIVE_PERCENT, **more})
    assert answer.status_code == 200, answer.json()
    return code


def a_gift(api: RestClient, amount: int = 5000) -> str:
    assert api.post("/v1/vouchers/GIFT-1", {"type": "GIFT_VOUCHER", "gift": {"amount": amount}}).status_code == 200
    return "GIFT-1"


def cart(*codes: str, **more: Any) -> dict[str, Any]:
    redeemables = [{"object": "voucher", "id": code} for code in codes]
    return {
        "redeemables": redeemables,
        "customer": {"source_id": "ida"},
        "order": {"amount": 12000, "source_id": "o-1"},
        **more,
    }


def test_a_check_tells_the_discount_and_changes_nothing(api: RestClient) -> None:
    answer = api.post("/v1/validations", cart(a_code(api))).json()
    assert (answer["valid"], answer["order"]["total_discount_amount"], answer["order"]["total_amount"]) == (
        True,
        600,
        11400,
    )
    assert answer["redeemables"][0]["result"]["discount"]["percent_off"] == 5
    assert answer["stacking_rules"]["redeemables_application_mode"] == "ALL"
    assert not Redemption.objects.exists()
    assert not Order.objects.exists()
    assert told("voucher.validation.succeeded", "voucher.validation.failed") == ["voucher.validation.succeeded"]


def test_an_unknown_code_is_an_answer_not_an_error(api: RestClient) -> None:
    answer = api.post("/v1/validations", cart("NOBODYS"))
    assert (answer.status_code, answer.json()["valid"]) == (200, False)
    assert answer.json()["inapplicable_redeemables"][0]["result"]["error"]["key"] == "not_found"
    assert told("voucher.validation.failed") == ["voucher.validation.failed"]


def test_a_redemption_uses_the_code_up_and_pays_the_order(api: RestClient) -> None:
    answer = api.post("/v1/redemptions", cart(a_code(api))).json()
    assert (answer["redemptions"][0]["result"], answer["order"]["status"]) == ("SUCCESS", "PAID")
    assert answer["order"]["total_amount"] == 11400
    assert Voucher.objects.get(code="BACK-1").redeemed_quantity == 1
    names = ["redemption.succeeded", "order.created", "order.paid"]
    assert sorted(told(*names)) == sorted(names)
    assert len(set(Event.objects.filter(name__in=names).values_list("group_id", flat=True))) == 1
    order = api.get("/v1/orders/o-1").json()
    assert list(order["redemptions"]) == [answer["redemptions"][0]["id"]]
    summary = api.get("/v1/customers/ida").json()["summary"]
    assert (summary["redemptions"]["total_succeeded"], summary["orders"]["total_amount"]) == (1, 11400)


def test_a_second_redemption_is_refused_stored_and_told(api: RestClient) -> None:
    api.post("/v1/redemptions", cart(a_code(api)))
    answer = api.post("/v1/redemptions", cart("BACK-1", order={"amount": 100, "source_id": "o-2"}))
    assert (answer.status_code, answer.json()["key"]) == (400, "quantity_exceeded")
    failed = Redemption.objects.get(result="FAILURE")
    assert answer.json()["resource_id"] == failed.public_id
    assert failed.public_id.startswith("rf_")
    assert told("redemption.failed") == ["redemption.failed"]
    assert not Order.objects.filter(source_id="o-2").exists()
    listed = api.get("/v1/redemptions", result="FAILURE-REDEMPTION").json()
    assert [one["failure_code"] for one in listed["redemptions"]] == ["quantity_exceeded"]


def test_a_rollback_gives_everything_back_once(api: RestClient) -> None:
    redemption = api.post("/v1/redemptions", cart(a_code(api))).json()["redemptions"][0]["id"]
    answer = api.post(f"/v1/redemptions/{redemption}/rollback?reason=Returned").json()
    assert (answer["result"], answer["reason"], answer["object"]) == ("SUCCESS", "Returned", "redemption_rollback")
    assert Voucher.objects.get(code="BACK-1").redeemed_quantity == 0
    assert api.get("/v1/orders/o-1").json()["status"] == "CANCELED"
    again = api.post(f"/v1/redemptions/{redemption}/rollback")
    assert (again.status_code, again.json()["key"]) == (400, "already_rolled_back")
    assert told("redemption.rollback.succeeded", "redemption.rollback.failed", "order.canceled") == [
        "order.canceled", "redemption.rollback.succeeded", "redemption.rollback.failed",
    ]  # fmt: skip


def test_a_gift_card_pays_what_is_asked_and_gets_it_back_to_the_cent(api: RestClient) -> None:
    wish = cart(
        order={"amount": 12000}, redeemables=[{"object": "voucher", "id": a_gift(api), "gift": {"credits": 1500}}]
    )
    answer = api.post("/v1/redemptions", wish).json()
    assert (answer["redemptions"][0]["amount"], answer["order"]["total_amount"]) == (1500, 10500)
    assert Voucher.objects.get(code="GIFT-1").balance == 3500
    api.post(f"/v1/redemptions/{answer['redemptions'][0]['id']}/rollback")
    assert Voucher.objects.get(code="GIFT-1").balance == 5000


def test_a_gift_card_that_holds_too_little_is_refused(api: RestClient) -> None:
    wish = cart(redeemables=[{"object": "voucher", "id": a_gift(api), "gift": {"credits": 6000}}])
    assert api.post("/v1/redemptions", wish).json()["key"] == "gift_amount_exceeded"
    assert Voucher.objects.get(code="GIFT-1").balance == 5000


def test_a_stack_is_redeemed_as_one_and_taken_back_as_one(api: RestClient) -> None:
    answer = api.post("/v1/redemptions", cart(a_code(api), a_gift(api))).json()
    assert answer["order"]["total_discount_amount"] == 600 + 5000
    child = answer["redemptions"][0]["id"]
    assert api.post(f"/v1/redemptions/{child}/rollback").json()["key"] == "invalid_redemption_parent"
    back = api.post(f"/v1/redemptions/{answer['parent_redemption']['id']}/rollbacks").json()
    assert len(back["rollbacks"]) == 2
    assert Voucher.objects.get(code="GIFT-1").balance == 5000


def test_of_a_stack_all_or_nothing_is_redeemed(api: RestClient) -> None:
    answer = api.post("/v1/redemptions", cart(a_code(api), "NOBODYS"))
    assert (answer.status_code, answer.json()["key"]) == (404, "not_found")
    assert Voucher.objects.get(code="BACK-1").redeemed_quantity == 0
    assert not Order.objects.exists()


def test_a_session_keeps_a_code_for_one_till(api: RestClient) -> None:
    code = a_code(api)
    session = {"type": "LOCK", "key": "till-1", "ttl": 10, "ttl_unit": "MINUTES"}
    assert api.post("/v1/validations", cart(code, session=session)).json()["session"]["key"] == "till-1"
    other = api.post("/v1/validations", cart(code, session={**session, "key": "till-2"})).json()
    assert other["inapplicable_redeemables"][0]["result"]["error"]["key"] == "quantity_exceeded"
    assert api.post("/v1/redemptions", cart(code)).json()["key"] == "quantity_exceeded"
    assert api.post("/v1/redemptions", cart(code, session=session)).status_code == 200
    assert not SessionLock.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"ttl_unit": []}, {"ttl_unit": "YEARS"}, {"ttl": "10"}, {"ttl": 0}, {"type": "OPEN"}]
)
def test_a_session_that_cannot_be_meant_is_refused(api: RestClient, wrong: dict[str, Any]) -> None:
    session = {"type": "LOCK", "key": "till-1", "ttl": 10, "ttl_unit": "MINUTES", **wrong}
    answer = api.post("/v1/validations", cart(a_code(api), session=session))
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_payload")


def test_a_session_is_let_go(api: RestClient) -> None:
    code = a_code(api)
    api.post("/v1/validations", cart(code, session={"type": "LOCK", "key": "till-1"}))
    assert api.delete(f"/v1/vouchers/{code}/sessions/till-1").status_code == 204
    assert api.delete(f"/v1/vouchers/{code}/sessions/till-1").status_code == 404


def test_a_rule_is_held_to_and_says_why(api: RestClient) -> None:
    rule = {"name": "order.amount", "conditions": {"$more_than_or_equal": [20000]}, "rules": {}}
    said = {"name": "Big carts", "error": {"message": "Put more into your cart"}, "rules": {"1": rule, "logic": "1"}}
    made = api.post("/v1/validation-rules", said).json()
    code = a_code(api)
    voucher = api.get(f"/v1/vouchers/{code}").json()["id"]
    api.post(f"/v1/validation-rules/{made['id']}/assignments", {"voucher": voucher})
    error = api.post("/v1/validations", cart(code)).json()["inapplicable_redeemables"][0]["result"]["error"]
    assert (error["key"], error["error"]["message"]) == ("order_rules_violated", "Put more into your cart")
    assert api.post("/v1/validations", cart(code, order={"amount": 25000})).json()["valid"]


def test_a_rule_that_counts_counts_the_redemption_at_hand(api: RestClient) -> None:
    rule = {"name": "redemption.count.per_customer", "conditions": {"$less_than_or_equal": [1]}, "rules": {}}
    made = api.post("/v1/validation-rules", {"name": "Once each", "rules": {"1": rule, "logic": "1"}}).json()
    code = a_code(api, redemption={"quantity": None})
    voucher = api.get(f"/v1/vouchers/{code}").json()["id"]
    api.post(f"/v1/validation-rules/{made['id']}/assignments", {"voucher": voucher})
    assert api.post("/v1/redemptions", cart(code)).status_code == 200
    again = api.post("/v1/redemptions", cart(code, order={"amount": 100}))
    assert (again.status_code, again.json()["key"]) == (400, "redemption_rules_violated")
    other = cart(code, customer={"source_id": "bob"}, order={"amount": 100})
    assert api.post("/v1/redemptions", other).status_code == 200


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param({}, "invalid_payload", id="nothing"),
        pytest.param({"redeemables": []}, "invalid_payload", id="no redeemables"),
        pytest.param({"redeemables": [{"object": "voucher", "id": "A"}] * 2}, "duplicated_redeemables", id="one twice"),
        pytest.param({"redeemables": [{"object": "voucher", "id": str(n)} for n in range(31)]}, "invalid_redeemables", id="too many"),
        pytest.param({"redeemables": [{"object": "moon", "id": "A"}]}, "invalid_payload", id="what nobody knows"),
        pytest.param({"redeemables": [{"object": "voucher", "id": "A"}], "order": {"amount": "12"}}, "invalid_payload", id="an amount as a text"),
        pytest.param({"redeemables": [{"object": "voucher", "id": "A"}], "session": {"ttl": -1}}, "invalid_payload", id="a session of no length"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/v1/validations", "/v1/redemptions"])
def test_a_wish_that_cannot_be_meant_is_refused(api: RestClient, path: str, body: object, key: str) -> None:
    answer = api.post(path, body)
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert not Redemption.objects.exists()


def test_the_older_calls_for_one_code_work_too(api: RestClient) -> None:
    code, said = a_code(api), {"customer": {"source_id": "ida"}, "order": {"amount": 12000}}
    checked = api.post(f"/v1/vouchers/{code}/validate", said).json()
    assert (checked["valid"], checked["discount"]["percent_off"]) == (True, 5)
    assert api.post(f"/v1/vouchers/{code}/redemption", said).json()["result"] == "SUCCESS"
    assert api.get(f"/v1/vouchers/{code}/redemption").json()["redeemed_quantity"] == 1


@pytest.mark.parametrize("path", ["/v1/redemptions/r_none", "/v1/vouchers/NONE/redemption"])
def test_what_is_not_there_is_not_found(api: RestClient, path: str) -> None:
    assert api.get(path).status_code == 404


def test_she_is_told_which_of_her_codes_she_could_use_the_best_deal_first(api: RestClient) -> None:
    for code in (a_code(api), a_gift(api)):
        api.post("/v1/publications", {"voucher": code, "customer": {"source_id": "ida"}})
    asked = {"customer": {"source_id": "ida"}, "order": {"amount": 12000}, "scenario": "CUSTOMER_WALLET"}
    told_of = api.post("/v1/qualifications", {**asked, "options": {"sorting_rule": "BEST_DEAL"}}).json()["redeemables"]
    assert [one["id"] for one in told_of["data"]] == ["GIFT-1", "BACK-1"]
    api.post("/v1/redemptions", cart("BACK-1"))
    assert [one["id"] for one in api.post("/v1/qualifications", asked).json()["redeemables"]["data"]] == ["GIFT-1"]
    assert api.post("/v1/qualifications", {**asked, "scenario": "MOON"}).json()["key"] == "invalid_payload"


def test_a_tracking_id_tells_nobody_who_it_is_and_still_names_her(api: RestClient) -> None:
    a_code(api)
    assert api.post("/v1/customers", {"source_id": "ida"}).status_code == 200
    hidden = api.post("/v1/validations", cart("BACK-1")).json()["tracking_id"]
    assert hidden.startswith("track_")
    # In the letters themselves three that spell her name may stand by chance.
    assert b"ida" not in base64.urlsafe_b64decode(hidden.removeprefix("track_") + "==")
    body = {**cart("BACK-1"), "tracking_id": hidden}
    del body["customer"]
    answer = api.post("/v1/redemptions", body).json()["redemptions"][0]
    assert (answer["customer"]["source_id"], answer["tracking_id"]) == ("ida", hidden)


@pytest.mark.parametrize("tracking_id", ["bob", "track_AAAA", "track_!"])
def test_two_names_in_one_wish_are_ambiguous(api: RestClient, tracking_id: str) -> None:
    answer = api.post("/v1/validations", cart(a_code(api), tracking_id=tracking_id))
    assert (answer.status_code, answer.json()["key"]) == (400, "ambiguous_tracking_id")
