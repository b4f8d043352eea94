"""Campaigns of all five types: what is said of them is checked, stored, told again, and changed as far as it may be."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from campaigns import publishing
from campaigns.models import Campaign, Category, Voucher
from customers.models import Customer
from events.models import Event

pytestmark = pytest.mark.django_db

DISCOUNT = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 10}}
GIFT = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}
CARD = {"type": "LOYALTY_CARD", "loyalty_card": {"points": 100}}
BODIES = {
    "GIFT_VOUCHERS": {"voucher": GIFT},
    "LOYALTY_PROGRAM": {"voucher": CARD, "join_once": False, "auto_join": True},
    "REFERRAL_PROGRAM": {"voucher": DISCOUNT, "referral_program": {"conversion_event_type": "redemption"}},
    "PROMOTION": {},
}


def body(kind: str, **more: Any) -> dict[str, Any]:
    return {"name": kind.lower(), "campaign_type": kind, **BODIES[kind], **more}


@pytest.mark.parametrize(
    ("kind", "voucher_type", "block"),
    [
        ("GIFT_VOUCHERS", "GIFT_VOUCHER", {"gift": {"amount": 5000, "effect": "APPLY_TO_ORDER"}}),
        ("LOYALTY_PROGRAM", "LOYALTY_CARD", {"loyalty_card": {"points": 100, "expiration_rules": None}}),
        ("REFERRAL_PROGRAM", "DISCOUNT_VOUCHER", {"is_referral_code": True}),
    ],
)
def test_a_campaign_tells_what_its_codes_give(api: Any, drain: Any, kind: str, voucher_type: str, block: dict) -> None:
    answer = api.post("/v1/campaigns", body(kind, vouchers_count=2))
    assert answer.status_code == 200
    told = answer.json()
    assert told["voucher"] | block == told["voucher"]
    assert (told["voucher"]["type"], told["campaign_type"]) == (voucher_type, kind)
    assert isinstance(told["voucher"]["code_config"], dict)
    assert told["join_once"] is (kind == "LOYALTY_PROGRAM")
    drain()
    codes = api.get("/v1/vouchers", campaign=told["name"]).json()["vouchers"]
    assert {code["type"] for code in codes} == {voucher_type}


def test_a_promotion_has_no_codes(api: Any) -> None:
    assert api.post("/v1/campaigns", body("PROMOTION")).json()["voucher"] is None
    for answer in (
        api.post("/v1/campaigns/promotion/vouchers", {}),
        api.post("/v1/campaigns/promotion/vouchers?vouchers_count=5", {}),
        api.post("/v1/campaigns", body("PROMOTION", name="other", vouchers_count=5)),
    ):
        assert (answer.status_code, answer.json()["key"]) == (400, "invalid_campaign")
    wish = {"campaign": {"name": "promotion"}, "customer": {"source_id": "alice"}}
    assert api.post("/v1/publications", wish).json()["key"] == "no_voucher_suitable_for_publication"
    assert not Customer.objects.exists(), "a publication that is refused stores nothing"


def test_a_standalone_campaign_has_one_code(api: Any) -> None:
    one = {"name": "Summer", "type": "STANDALONE", "voucher": {**DISCOUNT, "code": "SUMMER"}, "join_once": True}
    told = api.post("/v1/campaigns", one).json()
    assert (told["type"], told["join_once"], told["vouchers_count"]) == ("STANDALONE", False, 1)
    assert api.get("/v1/vouchers/SUMMER").json()["campaign"] == "Summer"
    assert api.post("/v1/campaigns/Summer/vouchers", {}).json()["key"] == "invalid_campaign"
    again = api.post("/v1/campaigns", {**one, "name": "Other"})
    assert (again.status_code, again.json()["key"]) == (409, "duplicate_found")
    assert Campaign.objects.count() == 1
    assert Event.objects.filter(name="campaign.created").count() == 1


@pytest.mark.parametrize(
    ("kind", "change", "key"),
    [
        ("GIFT_VOUCHERS", {"voucher": DISCOUNT}, "invalid_campaign"),
        ("GIFT_VOUCHERS", {"voucher": {"type": "GIFT_VOUCHER"}}, "invalid_gift"),
        ("GIFT_VOUCHERS", {"voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": -1}}}, "invalid_gift"),
        ("GIFT_VOUCHERS", {"voucher": {"gift": {"amount": 5, "effect": "FREE"}}}, "invalid_gift"),
        ("LOYALTY_PROGRAM", {"voucher": {"loyalty_card": {"points": "many"}}}, "invalid_campaign"),
        (
            "LOYALTY_PROGRAM",
            {"voucher": {"loyalty_card": {"points": 1, "expiration_rules": {"period_type": "WEEK"}}}},
            "invalid_campaign",
        ),
        ("REFERRAL_PROGRAM", {"referral_program": {"conversion_event_type": "birthday"}}, "invalid_campaign"),
        ("REFERRAL_PROGRAM", {"referral_program": {"conversion_event_type": "custom_event"}}, "invalid_campaign"),
        ("REFERRAL_PROGRAM", {"type": "STANDALONE"}, "invalid_campaign"),
        ("GIFT_VOUCHERS", {"validity_day_of_week": [7]}, "invalid_payload"),
        ("GIFT_VOUCHERS", {"validity_hours": {"daily": [{"start_time": "25:00"}]}}, "invalid_payload"),
        (
            "GIFT_VOUCHERS",
            {"validity_timeframe": {"interval": "P1D", "duration": "PT1H"}},
            "invalid_campaign_params",
        ),
        ("GIFT_VOUCHERS", {"category_id": "cat_nowhere"}, "not_found"),
        ("GIFT_VOUCHERS", {"campaign_type": "LOTTERY"}, "invalid_campaign"),
        ("GIFT_VOUCHERS", {"voucher": {**GIFT, "code_config": []}}, "invalid_code_config"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(api: Any, kind: str, change: dict, key: str) -> None:
    answer = api.post("/v1/campaigns", body(kind, **change))
    assert answer.status_code in (400, 404)
    assert answer.json()["key"] == key
    assert not (Campaign.everything.exists())
    assert not (Category.objects.exists())
    assert not (Event.objects.exists())


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("GIFT_VOUCHERS", {"name": "other"}),
        ("GIFT_VOUCHERS", {"campaign_type": "PROMOTION"}),
        ("GIFT_VOUCHERS", {"gift": {"amount": 6000}}),
        ("GIFT_VOUCHERS", {"discount": DISCOUNT["discount"]}),
        ("GIFT_VOUCHERS", {"voucher": {"code_config": {"pattern": "X-########"}}}),
        ("REFERRAL_PROGRAM", {"discount": {"type": "AMOUNT", "amount_off": 5}}),
        ("LOYALTY_PROGRAM", {"join_once": False}),
        ("GIFT_VOUCHERS", {"referral_program": {}}),
        ("GIFT_VOUCHERS", {"type": "STANDALONE"}),
    ],
)
def test_what_cannot_change_is_refused(api: Any, kind: str, change: dict) -> None:
    name = api.post("/v1/campaigns", body(kind)).json()["id"]
    answer = api.put(f"/v1/campaigns/{name}", change)
    assert (answer.status_code, answer.json()["key"]) == (400, "invalid_campaign_params")
    assert not Event.objects.filter(name="campaign.updated").exists()


def test_a_change_is_told_once_and_saying_it_again_not_at_all(api: Any) -> None:
    name = api.post("/v1/campaigns", body("GIFT_VOUCHERS", metadata={"a": 1, "b": 2})).json()["id"]
    change = {
        "category": "winback",
        "validity_day_of_week": [1, 2],
        "gift": {"effect": "APPLY_TO_ITEMS"},
        "unset_metadata_fields": ["a"],
    }
    for _ in range(2):
        told = api.put(f"/v1/campaigns/{name}", change).json()
    assert (told["category"], told["validity_day_of_week"], told["metadata"]) == ("winback", [1, 2], {"b": 2})
    assert told["voucher"]["gift"] == {"amount": 5000, "effect": "APPLY_TO_ITEMS"}
    event = Event.objects.get(name="campaign.updated")
    assert (event.source, event.properties["campaign"]["id"]) == ("API", name)
    assert api.put(f"/v1/campaigns/{name}", {"validity_day_of_week": []}).json()["validity_day_of_week"] is None


@pytest.mark.parametrize("had_an_end", [True, False])
def test_codes_that_somebody_holds_keep_their_dates(
    api: Any, make_campaign: Callable[..., Campaign], alice: Customer, had_an_end: bool
) -> None:
    first = "2030-01-01T00:00:00.000Z" if had_an_end else None
    campaign = make_campaign("Dated", 3, expiration_date=first)
    held = publishing.publish(campaign, alice).voucher.code
    used = Voucher.objects.filter(holder=None).first()
    Voucher.objects.filter(pk=used.pk).update(redeemed_quantity=1)
    assert api.put("/v1/campaigns/Dated", {"expiration_date": "2031-01-01T00:00:00Z"}).status_code == 200
    assert [api.get(f"/v1/vouchers/{code}").json()["expiration_date"] for code in (held, used.code)] == [first, first]
    free = Voucher.objects.get(holder=None, redeemed_quantity=0)
    assert free.ends_at == datetime(2031, 1, 1, tzinfo=UTC)


def test_a_used_code_is_given_to_nobody(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign(codes=2)
    used = Voucher.objects.order_by("id").first()
    Voucher.objects.filter(pk=used.pk).update(redeemed_quantity=1)
    assert publishing.publish(campaign, alice).voucher.pk != used.pk


def test_a_protected_campaign_is_not_deleted(api: Any) -> None:
    name = api.post("/v1/campaigns", body("GIFT_VOUCHERS", protected=True)).json()["id"]
    assert api.delete(f"/v1/campaigns/{name}").json()["key"] == "resource_protected"
    api.put(f"/v1/campaigns/{name}", {"protected": False})
    assert api.delete(f"/v1/campaigns/{name}").status_code == 202


def test_campaigns_are_listed_by_what_they_are(api: Any) -> None:
    for kind in BODIES:
        api.post("/v1/campaigns", body(kind, category="drawer"))
    for query, count in [
        ({"campaign_type": "PROMOTION"}, 1),
        ({"is_referral_code": "true"}, 1),
        ({"is_referral_code": "false"}, 3),
        ({"campaign_status": "DONE"}, 4),
        ({"filters": '{"voucher_type": {"conditions": {"$is": "gift"}}}'}, 1),
        ({"filters[categories][conditions][$is][0]": "drawer"}, 4),
        ({"filters[status][conditions][$in_progress]": ""}, 0),
    ]:
        assert api.get("/v1/campaigns", **query).json()["total"] == count, query
    shown = api.get("/v1/campaigns", expand="category").json()["campaigns"]
    assert {campaign["categories"][0]["name"] for campaign in shown} == {"drawer"}
    assert api.get("/v1/campaigns").json()["campaigns"][0]["categories"] == []
    assert api.get("/v1/campaigns", is_referral_code="perhaps").json()["key"] == "invalid_query_params"


def test_a_summary_counts_codes_publications_and_movements(
    api: Any, make_campaign: Callable[..., Campaign], alice: Customer
) -> None:
    campaign = make_campaign("Gifts", 3, campaign_type="GIFT_VOUCHERS", gift={"amount": 1000})
    code = publishing.publish(campaign, alice).voucher.code
    for amount in (500, -200):
        api.post(f"/v1/vouchers/{code}/balance", {"amount": amount})
    pay = {"redeemables": [{"object": "voucher", "id": code, "gift": {"credits": 300}}], "order": {"amount": 2000}}
    assert api.post("/v1/redemptions", pay).status_code == 200
    told = api.get("/v1/campaigns/Gifts/summary").json()
    expected = {
        "vouchers_created": 3,
        "publications_succeeded": 1,
        "amount_added": 500,
        "amount_subtracted": 200,
        "amount_redeemed": 300,
        "redemptions_succeeded": 1,
        "redemptions_failed": 0,
        "orders_amount": 2000,
        "discounted_amount": 300,
        "created_vouchers_amount": 3000,
    }
    assert told | expected == told
    assert api.get("/v1/campaigns/Gifts/summary", start_date="2099-01-01").json()["publications"] == 0


def test_categories_are_kept_in_order_and_not_lost(api: Any) -> None:
    late = api.post("/v1/categories", {"name": "late", "hierarchy": 5}).json()
    api.post("/v1/categories", {"name": "early"})
    assert [each["name"] for each in api.get("/v1/categories").json()["data"]] == ["early", "late"]
    assert api.post("/v1/categories", {"name": "late"}).status_code == 409
    assert api.put(f"/v1/categories/{late['id']}", {"hierarchy": 1}).json()["hierarchy"] == 1
    assert api.post("/v1/categories", {"hierarchy": 1}).json()["key"] == "invalid_payload"
    api.post("/v1/campaigns", body("GIFT_VOUCHERS", category_id=late["id"]))
    assert api.delete(f"/v1/categories/{late['id']}").json()["key"] == "resource_in_use"
    assert api.delete("/v1/categories/early").status_code == 204
    assert api.get("/v1/categories/early").json()["resource_type"] == "category"
