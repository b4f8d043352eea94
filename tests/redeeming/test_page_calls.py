"""What a shop's pages ask at the till, with a key that everybody can read."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from access import keys
from access.models import ApiKey
from campaigns.models import Redemption, SessionLock
from customers.models import Customer
from tests.conftest import RestClient
from tests.promotions.conftest import FIVE, TENTH, promotion

pytestmark = pytest.mark.django_db
SHOP = "https://shop.example"


@pytest.fixture
def page() -> Callable[..., RestClient]:
    """Return a function that makes a page whose key has these switches on."""

    def make(*switches: str) -> RestClient:
        issued = keys.issue(f"Page {switches}", ApiKey.Kind.CLIENT, ["events:write", *switches], [SHOP])
        named = {"X-Client-Application-Id": issued.key.app_id, "X-Client-Token": issued.app_token}
        return RestClient({**named, "Origin": SHOP})

    return make


@pytest.fixture
def code(api: RestClient) -> str:
    assert api.post("/v1/vouchers/ONE", {"type": "DISCOUNT_VOUCHER", **TENTH}).status_code == 200
    return "ONE"


def asked(page: RestClient, path: str, **query: str) -> Any:
    return page.client.get(f"{path}?{urlencode(query)}", headers=page.headers)


def test_a_code_is_checked_for_the_cart_of_an_address(page: Callable[..., RestClient], code: str) -> None:
    cart = {"item[0][product_id]": "tea", "item[0][quantity]": "2", "item[0][price]": "1500"}
    said = {**cart, "customer[source_id]": "ida", "order[metadata][channel]": "web", "tracking_id": "ida"}
    answer = asked(page(), "/client/v1/validate", code=code, **said).json()
    assert (answer["valid"], answer["code"], answer["order"]["total_amount"]) == (True, code, 2700)
    assert answer["order"]["metadata"] == {"channel": "web"}
    assert asked(page(), "/client/v1/validate", code=code, amount="1000").json()["order"]["total_amount"] == 900


def test_a_code_that_does_not_count_is_an_answer_too(page: Callable[..., RestClient]) -> None:
    answer = asked(page(), "/client/v1/validate", code="NONE", amount="1000")
    assert (answer.status_code, answer.json()["valid"], answer.json()["error"]["key"]) == (200, False, "not_found")


def test_a_page_holds_a_code_for_a_session(page: Callable[..., RestClient], code: str) -> None:
    session = {"session_type": "LOCK", "session_key": "till-1", "session_ttl": "10", "session_ttl_unit": "MINUTES"}
    assert (
        asked(page(), "/client/v1/validate", code=code, amount="1000", **session).json()["session"]["key"] == "till-1"
    )
    assert SessionLock.objects.get().key == "till-1"


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({}, id="no code"),
        pytest.param({"code": "ONE", "amount": "much"}, id="amount is a word"),
        pytest.param({"code": "ONE", "item[a][quantity]": "1"}, id="line without a number"),
        pytest.param({"code": "ONE", "item": "x"}, id="lines are a text"),
        pytest.param({"code": "ONE", "session_type": "SHARE"}, id="no such session"),
    ],
)
def test_an_address_that_makes_no_sense_is_refused(
    page: Callable[..., RestClient], code: str, query: dict[str, str]
) -> None:
    assert asked(page(), "/client/v1/validate", **query).status_code == 400


def test_without_a_code_a_page_is_told_of_promotions(api: RestClient, page: Callable[..., RestClient]) -> None:
    tier = promotion(api, {"name": "Five", "action": FIVE})["promotion"]["tiers"][0]["id"]
    by_address = asked(page(), "/client/v1/promotions/validation", amount="1000").json()
    assert [(each["id"], each["discount_amount"]) for each in by_address["promotions"]] == [(tier, 500)]
    assert page().post("/client/v1/promotions/validation", {"order": {"amount": 1000}}).json()["valid"] is True
    listed = asked(page(), "/client/v1/promotions/tiers", is_available="true").json()
    assert (listed["data_ref"], [each["id"] for each in listed["tiers"]]) == ("tiers", [tier])


def test_redeeming_needs_its_switch(page: Callable[..., RestClient], code: str) -> None:
    body = {"order": {"amount": 1000}, "customer": {"source_id": "ida"}}
    assert page().post(f"/client/v1/redeem?code={code}", body).status_code == 401
    answer = page("redeem").post(f"/client/v1/redeem?code={code}", body).json()
    assert (answer["result"], answer["voucher"]["code"], answer["order"]["total_amount"]) == ("SUCCESS", code, 900)
    assert Redemption.objects.get().channel_type == "API"


def test_a_page_redeems_a_promotion(api: RestClient, page: Callable[..., RestClient]) -> None:
    tier = promotion(api, {"name": "Five", "action": FIVE})["promotion"]["tiers"][0]["id"]
    body = {"redeemables": [{"object": "promotion_tier", "id": tier}], "order": {"amount": 1000}}
    assert page("redeem").post("/client/v1/redemptions", body).json()["order"]["total_amount"] == 500


def test_a_page_learns_nothing_of_a_customer_and_cannot_redirect_her_mail(
    page: Callable[..., RestClient], code: str
) -> None:
    ida = Customer.objects.create(source_id="ida", name="Ida", email="ida@shop.example", metadata={"vip": True})
    hers, other_mail = {"source_id": "ida"}, {"source_id": "ida", "email": "thief@evil.example"}

    def redeemed(customer: dict[str, str], referrer: dict[str, str]) -> Any:
        redeemables = [{"object": "voucher", "id": code}]
        body = {"redeemables": redeemables, "order": {"amount": 1000, "referrer": referrer}, "customer": customer}
        return page("redeem").post("/client/v1/redemptions", body)

    assert [redeemed(other_mail, hers).status_code, redeemed(hers, other_mail).status_code] == [403, 403]
    answer = redeemed(hers, hers)
    told = {"id": ida.public_id, "source_id": "ida", "object": "customer"}
    assert answer.json()["redemptions"][0]["customer"] == told
    assert "ida@shop.example" not in answer.content.decode()
    ida.refresh_from_db()
    assert ida.email == "ida@shop.example"


def test_codes_are_listed_for_pages_whose_switch_is_on(page: Callable[..., RestClient], code: str) -> None:
    assert asked(page(), "/client/v1/vouchers").status_code == 401
    listed = asked(page("list_vouchers"), "/client/v1/vouchers", limit="5").json()
    told = {"active", "code", "metadata", "assets", "object", "expiration_date", "start_date", "created_at"}
    assert (listed["data_ref"], listed["total"], set(listed["vouchers"][0])) == ("vouchers", 1, told)


@pytest.mark.parametrize("path", ["validate?code=ONE", "vouchers", "promotions/tiers", "promotions/validation"])
def test_a_foreign_page_is_told_nothing(page: Callable[..., RestClient], path: str) -> None:
    stranger = page("redeem", "list_vouchers")
    answer = stranger.client.get(f"/client/v1/{path}", headers={**stranger.headers, "Origin": "https://evil.example"})
    assert answer.status_code == 401
