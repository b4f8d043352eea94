"""Single codes over the API: without a campaign and within one; balances, rows of lists and files, events."""

import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from access import keys
from access.models import ApiKey
from campaigns.models import Campaign, Publication, Transaction, Voucher
from customers.models import Customer
from events.models import Event

pytestmark = pytest.mark.django_db

DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}
GIFT = {"type": "GIFT_VOUCHER", "gift": {"amount": 1000}}


def told() -> Counter[str]:
    return Counter(Event.objects.filter(name__startswith="voucher.").values_list("name", flat=True))


def test_a_code_stands_for_itself(api: Any) -> None:
    more = {"category": "sorry", "additional_info": "for Anna", "redemption": {"quantity": 2}, "metadata": {"a": 1}}
    one = api.post("/v1/vouchers", {**DISCOUNT, **more}).json()
    assert (one["campaign"], one["campaign_id"], one["category"]) == (None, None, "sorry")
    assert (one["discount"]["amount_off"], one["redemption"]["quantity"]) == (500, 2)
    assert api.get(f"/v1/vouchers/{one['code']}").json() == one == api.get(f"/v1/vouchers/{one['id']}").json()
    given = api.post("/v1/vouchers/GIFT-1", GIFT).json()
    assert (given["code"], given["gift"]["balance"], given["redemption"]["quantity"]) == ("GIFT-1", 1000, None)
    assert given["discount"] is given["loyalty_card"] is None
    again = api.post("/v1/vouchers/GIFT-1", GIFT)
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")
    assert told() == {"voucher.created": 2}


def test_a_code_is_made_in_the_campaign_that_is_named(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    campaign = make_campaign("Gifts", 0, campaign_type="GIFT_VOUCHERS", gift={"amount": 5000})
    made = api.post("/v1/vouchers/MINE", {"campaign": "Gifts", "gift": {"amount": 700}}).json()
    assert (made["campaign_id"], made["gift"]["balance"]) == (campaign.public_id, 700)
    assert api.get("/v1/campaigns/Gifts").json()["vouchers_count"] == 1
    refused = api.post("/v1/vouchers/OTHER", {"campaign": "Gifts", **DISCOUNT})
    assert refused.json()["key"] == "invalid_voucher"


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({}, "invalid_voucher"),
        ({"type": "COUPON"}, "invalid_voucher"),
        ({"type": "DISCOUNT_VOUCHER"}, "invalid_voucher"),
        ({"type": "GIFT_VOUCHER", "gift": {"amount": "much"}}, "invalid_gift"),
        ({**DISCOUNT, "redemption": {"quantity": 0}}, "invalid_payload"),
        ({**DISCOUNT, "start_date": "2027-01-02", "expiration_date": "2027-01-01"}, "invalid_expiration_date"),
        ({**DISCOUNT, "code_config": {"pattern": "plain"}}, "invalid_code_config"),
        ({**DISCOUNT, "validation_rules": ["val_nowhere"]}, "not_found"),
        ({**DISCOUNT, "campaign": "Nowhere"}, "not_found"),
        ({**DISCOUNT, "code": "A\u200bB"}, "invalid_payload"),
    ],
)
def test_a_code_that_makes_no_sense_is_refused_and_not_stored(api: Any, said: dict, key: str) -> None:
    answer = api.post("/v1/vouchers", said)
    assert answer.status_code in (400, 404)
    assert answer.json()["key"] == key
    assert not (Voucher.everything.exists())
    assert not (Event.objects.exists())


def test_each_change_of_a_code_is_told_once(api: Any) -> None:
    api.post("/v1/vouchers/MINE", DISCOUNT)
    for _ in range(2):
        change = {"discount": {"type": "PERCENT", "percent_off": 7}, "metadata": {"a": 1}, "code": "ignored"}
        changed = api.put("/v1/vouchers/MINE", change).json()
        api.post("/v1/vouchers/MINE/disable")
    assert (changed["discount"]["percent_off"], changed["code"]) == (7, "MINE")
    for _ in range(2):
        api.post("/v1/vouchers/MINE/enable")
    assert api.delete("/v1/vouchers/MINE").status_code == 204
    assert api.delete("/v1/vouchers/MINE").status_code == 404
    names = ("created", "updated", "disabled", "enabled", "deleted")
    assert told() == {f"voucher.{name}": 1 for name in names}
    assert set(Event.objects.values_list("source", flat=True)) == {"API"}


def test_a_balance_is_moved_told_and_listed(api: Any) -> None:
    api.post("/v1/vouchers/GIFT-1", GIFT)
    moved = api.post("/v1/vouchers/GIFT-1/balance", {"amount": 250, "source_id": "crm-1", "reason": "goodwill"}).json()
    assert moved == api.post("/v1/vouchers/GIFT-1/balance", {"amount": 250, "source_id": "crm-1"}).json()
    assert {name: moved[name] for name in ("amount", "total", "balance", "type", "operation_type", "object")} == {
        "amount": 250, "total": 1250, "balance": 1250, "type": "gift_voucher", "operation_type": "MANUAL",
        "object": "balance",
    }  # fmt: skip
    api.post("/v1/vouchers/GIFT-1/balance", {"amount": -50})
    event = Event.objects.filter(name="voucher.gift.balance_added").earliest("occurred_at")
    assert set(event.properties) == {"voucher", "campaign", "balance", "transaction"}
    first = api.get("/v1/vouchers/GIFT-1/transactions", limit=1).json()
    assert (first["data"][0]["type"], first["has_more"]) == ("CREDITS_REMOVAL", True)
    rest = api.get("/v1/vouchers/GIFT-1/transactions", starting_after_id=first["more_starting_after"]).json()
    assert [(each["type"], each["reason"], each["source_id"]) for each in rest["data"]] == [
        ("CREDITS_ADDITION", "goodwill", "crm-1")
    ]
    assert (told()["voucher.gift.balance_added"], rest["has_more"]) == (2, False)


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({}, "invalid_add_balance_params"),
        ({"amount": 0}, "invalid_add_balance_params"),
        ({"amount": "5"}, "invalid_add_balance_params"),
        ({"amount": 1.5}, "invalid_add_balance_params"),
        ({"amount": -1001}, "gift_amount_exceeded"),
    ],
)
def test_a_balance_that_cannot_be_is_refused(api: Any, said: dict, key: str) -> None:
    api.post("/v1/vouchers/GIFT-1", GIFT)
    answer = api.post("/v1/vouchers/GIFT-1/balance", said)
    assert (answer.status_code, answer.json()["key"]) == (400, key)
    assert not Transaction.objects.exists()


def test_points_are_added_to_a_loyalty_card(api: Any) -> None:
    api.post("/v1/vouchers/CARD", {"type": "LOYALTY_CARD", "loyalty_card": {"points": 5}})
    assert api.post("/v1/vouchers/CARD/balance", {"amount": 3}).json()["points"] == 3
    assert api.get("/v1/vouchers/CARD").json()["loyalty_card"]["balance"] == 8
    assert told() == {"voucher.created": 1, "voucher.loyalty_card.points_added": 1}


def test_a_code_without_a_campaign_is_published_once(api: Any) -> None:
    api.post("/v1/vouchers/MINE", DISCOUNT)
    wish = {"voucher": "MINE", "customer": {"source_id": "alice"}, "source_id": "mail-1"}
    first = api.post("/v1/publications", wish)
    assert (first.status_code, first.json()["voucher"]["holder_id"]) == (200, first.json()["customer_id"])
    assert api.post("/v1/publications", wish).json()["id"] == first.json()["id"]
    other = {"voucher": "MINE", "customer": {"source_id": "bob"}}
    assert api.post("/v1/publications", other).json()["key"] == "voucher_already_published"
    assert not Customer.objects.filter(source_id="bob").exists()
    assert api.post("/v1/publications?join_once=true", {**wish, "source_id": None}).status_code == 200
    assert told()["voucher.published"] == 1
    event = Event.objects.get(name="voucher.published")
    assert (event.source, event.properties["campaign"]) == ("API", None)


def test_publications_are_found_by_what_was_given(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign("Gifts", 1, campaign_type="GIFT_VOUCHERS", gift={"amount": 5000})
    make_campaign("Codes", 2)
    for name in ("Gifts", "Codes"):
        api.post("/v1/publications", {"campaign": {"name": name}, "customer": {"source_id": "alice"}})
    for query, count in [
        ({"voucher_type": "gift"}, 1),
        ({"voucher_type": "discount"}, 1),
        ({"voucher_type": "loyalty"}, 0),
        ({"is_referral_code": "true"}, 0),
        ({"result": "FAILURE"}, 0),
        ({"voucher": Publication.objects.first().voucher.code}, 1),
        ({"filters[campaign_name][conditions][$is]": "Codes"}, 1),
        ({"order": "-voucher_code"}, 2),
    ]:
        assert api.get("/v1/publications", **query).json()["total"] == count, query


def test_only_an_integration_publishes_by_address(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign("Codes", 2)
    address = "/v1/publications/create?customer[source_id]=alice&campaign[name]=Codes&source_id=m1&metadata[wave]=2"
    refused = api.get(address)
    assert (refused.status_code, refused.json()["key"]) == (403, "integration_api_key_required")
    issued = keys.issue("Braze", ApiKey.Kind.SERVER, ["campaigns", keys.INTEGRATION], [])
    api.headers = {"X-App-Id": issued.key.app_id, "X-App-Token": issued.app_token}
    given = api.get(address).json()
    assert (given["metadata"], given["voucher"]["campaign"]) == ({"wave": "2"}, "Codes")
    assert api.get(address).json()["id"] == given["id"]
    assert api.get(f"{address}&campaign[count]=2").json()["key"] == "invalid_publish_params"


def test_a_page_publishes_only_with_its_switch(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign("Codes", 2)
    wish = {"campaign": "Codes", "customer": {"source_id": "alice", "email": "other@example.com"}}
    answers = []
    for scopes in (["events:write"], ["events:write", "publish"]):
        issued = keys.issue("Page", ApiKey.Kind.CLIENT, scopes, ["http://shop.example"])
        api.headers = {
            "X-Client-Application-Id": issued.key.app_id,
            "X-Client-Token": issued.app_token,
            "Origin": "http://shop.example",
        }
        answers.append(api.post("/client/v1/publish", wish))
    assert [answer.status_code for answer in answers] == [401, 200]
    assert answers[1].json()["voucher"]["campaign"] == "Codes"
    assert Event.objects.get(name="voucher.published").source == "CLIENT_API"


def test_rows_come_in_with_what_they_say_of_themselves(api: Any, drain: Callable[[], int]) -> None:
    rows = [
        {"code": "A", **DISCOUNT, "category": "new", "expiration_date": "2030-01-01T00:00:00Z"},
        {"code": "B", **GIFT},
        {"code": "A", **GIFT},
        {"code": "C"},
    ]
    answer = api.post("/v1/vouchers/import", rows)
    assert answer.status_code == 202
    drain()
    action = api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()
    assert (action["type"], action["result"]["done_count"]) == ("VOUCHERS.IMPORT", 2)
    assert [row["line"] for row in action["result"]["failed"]] == [3, 4]
    assert {v.code: (v.kind, v.balance) for v in Voucher.objects.all()} == {
        "A": ("DISCOUNT_VOUCHER", None),
        "B": ("GIFT_VOUCHER", 1000),
    }
    assert told() == {"voucher.created": 2}
    assert api.post("/v1/vouchers/import", {"code": "A"}).json()["key"] == "invalid_payload"


def test_a_file_says_what_each_code_gives(api: Any, drain: Callable[[], int]) -> None:
    lines = [
        "Code,Voucher Type,Value,Discount Type,Redemption Limit,Active,Redeemed Quantity,shop",
        "A,DISCOUNT_VOUCHER,10.50,AMOUNT,3,true,,Utrecht",
        "B,GIFT_VOUCHER,20,,,false,0,",
        "C,DISCOUNT_VOUCHER,ten,PERCENT,,,,",
        "D,GIFT_VOUCHER,20,,,,1,",
    ]
    file = io.BytesIO("\n".join(lines).encode())
    file.name = "codes.csv"
    answer = api.client.post("/v1/vouchers/importCSV", {"file": file}, headers=api.headers)
    assert answer.status_code == 202
    drain()
    first, second = Voucher.objects.order_by("code")
    assert (first.incentive["amount_off"], first.quantity, first.metadata) == (1050, 3, {"shop": "Utrecht"})
    assert (second.balance, second.active) == (2000, False)
    failed = api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()["result"]["failed"]
    assert [row["line"] for row in failed] == [4, 5]


def test_many_get_metadata_at_once(api: Any, drain: Callable[[], int]) -> None:
    for code in ("A", "B"):
        api.post(f"/v1/vouchers/{code}", {**DISCOUNT, "metadata": {"kept": 1}})
    bulk = [{"code": "A", "metadata": {"x": 1}}, {"code": "NOWHERE", "metadata": {"x": 1}}]
    answers = [
        api.post("/v1/vouchers/bulk/async", bulk),
        api.post("/v1/vouchers/metadata/async", {"codes": ["A", "B"], "metadata": {"y": 2}}),
        api.post("/v1/vouchers/metadata/async", {"codes": ["A", "B"], "metadata": {"y": 2}}),
    ]
    assert {answer.status_code for answer in answers} == {202}
    drain()
    assert {v.code: v.metadata for v in Voucher.objects.all()} == {
        "A": {"kept": 1, "x": 1, "y": 2},
        "B": {"kept": 1, "y": 2},
    }
    assert told()["voucher.updated"] == 3
    result = api.get(f"/v1/async-actions/{answers[0].json()['async_action_id']}").json()["result"]
    assert result["failed"][0]["name"] == "NOWHERE"


def test_several_codes_are_ordered_with_a_record(
    api: Any, make_campaign: Callable[..., Campaign], drain: Callable[[], int]
) -> None:
    make_campaign("Codes", 0)
    plain = api.post("/v1/campaigns/Codes/vouchers?vouchers_count=30", {})
    own = api.post("/v1/campaigns/Codes/vouchers?vouchers_count=2", {"metadata": {"wave": 2}})
    assert (plain.status_code, own.status_code) == (202, 202)
    drain()
    for answer in (plain, own):
        action = api.get(f"/v1/async-actions/{answer.json()['async_action_id']}").json()
        assert (action["type"], action["status"]) == ("CAMPAIGN.VOUCHERS_GENERATE", "DONE")
    assert Voucher.objects.count() == 32
    assert Voucher.objects.filter(metadata={"wave": 2}).count() == 2


def test_codes_are_listed_by_what_they_are(api: Any, make_campaign: Callable[..., Campaign]) -> None:
    make_campaign("Codes", 2, category="drawer")
    one = api.post("/v1/vouchers/GIFT-1", {**GIFT, "category": "own"}).json()
    for query, count in [
        ({"category": "drawer"}, 2),
        ({"category": "own"}, 1),
        ({"ids": one["id"]}, 1),
        ({"code": "GIFT-1"}, 1),
        ({"filters[type][conditions][$is]": "GIFT_VOUCHER"}, 1),
        ({"updated_at[after]": "2020-01-01"}, 0),
        ({"order": "-code"}, 3),
    ]:
        assert api.get("/v1/vouchers", **query).json()["total"] == count, query
    assert api.get("/v1/vouchers", page=100).json()["key"] == "page_over_limit"
    assert api.get("/v1/vouchers", ids="nonsense").json()["key"] == "invalid_query_params"


def test_rules_are_put_on_a_code_as_it_is_made(api: Any) -> None:
    rule = {"name": "Big", "rules": {"1": {"name": "order.amount", "conditions": {"$more_than": [1000]}}}}
    rule_id = api.post("/v1/validation-rules", rule).json()["id"]
    made = api.post("/v1/vouchers/MINE", {**DISCOUNT, "validation_rules": [rule_id]}).json()
    assert made["validation_rules_assignments"]["data"][0]["rule_id"] == rule_id
