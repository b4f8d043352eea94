"""Tiers over REST: made with their campaign or one by one, changed, enabled, disabled and deleted; each told once."""

from typing import Any

import pytest

from campaigns.models import PromotionTier, RuleAssignment
from events.models import Event
from tests.conftest import RestClient
from tests.promotions.conftest import FIVE, TENTH, promotion, rule

pytestmark = pytest.mark.django_db


def told(subject: str = "campaign.promotion") -> list[str]:
    return list(Event.objects.filter(name__startswith=subject).order_by("id").values_list("name", flat=True))


def test_a_promotion_is_made_with_its_tiers(api: RestClient) -> None:
    audience = rule(api, "order.amount", "$more_than", 5000)
    tiers = [
        {"name": "A tenth", "banner": "10% off", "action": TENTH, "validation_rules": [audience]},
        {
            "name": "Later",
            "action": FIVE,
            "hierarchy": 7,
            "active": False,
            "start_date": "2030-01-01",
            "metadata": {"a": 1},
        },
    ]
    made = promotion(api, *tiers)
    first, second = made["promotion"]["tiers"]
    assert (made["voucher"], made["promotion"]["data_ref"], made["promotion"]["total"]) == (None, "tiers", 2)
    assert (first["banner"], first["hierarchy"], first["active"]) == ("10% off", 1, True)
    assert first["action"]["discount"] == {**TENTH["discount"], "is_dynamic": False}
    assert first["validation_rule_assignments"]["data"][0]["rule_id"] == audience
    assert first["campaign"]["id"] == first["campaign_id"] == made["id"]
    assert (second["hierarchy"], second["active"], second["start_date"]) == (7, False, "2030-01-01T00:00:00.000Z")
    assert api.get(f"/v1/campaigns/{made['id']}").json()["promotion"] == made["promotion"]
    assert api.get("/v1/campaigns").json()["campaigns"][0]["promotion"] == made["promotion"]


def test_a_campaign_is_not_stored_where_one_of_its_tiers_is_wrong(api: RestClient) -> None:
    wrong = {"name": "Wrong", "action": {"discount": {"type": "PERCENT", "percent_off": 200}}}
    body = {"name": "Summer", "campaign_type": "PROMOTION", "promotion": {"tiers": [{"name": "Fine"}, wrong]}}
    assert api.post("/v1/campaigns", body).json()["key"] == "invalid_campaign"
    assert api.get("/v1/campaigns").json()["total"] == 0
    assert not Event.objects.exists()


def test_a_tier_is_added_changed_rested_and_deleted_and_each_is_told_once(api: RestClient) -> None:
    promotion(api)
    made = api.post("/v1/promotions/Summer/tiers", {"name": "A tenth", "action": TENTH}).json()
    address = f"/v1/promotions/tiers/{made['id']}"
    changed = api.put(address, {"name": "A tenth", "action": FIVE, "banner": "Five off", "metadata": None}).json()
    assert (changed["banner"], changed["action"]["discount"]["amount_off"]) == ("Five off", 500)
    assert api.put(address, {"name": "A tenth"}).json()["updated_at"] == changed["updated_at"]
    assert [api.post(f"{address}/{verb}").json()["active"] for verb in ("disable", "disable", "enable")] == [
        False,
        False,
        True,
    ]
    assert api.get(address).json()["banner"] == "Five off"
    assert api.delete(address).status_code == 204
    assert api.get(address).json()["resource_type"] == "promotion_tier"
    verbs = ("created", "updated", "disabled", "enabled", "deleted")
    assert told() == [f"campaign.promotion_tier.{verb}" for verb in verbs]
    assert (
        Event.objects.filter(name="campaign.promotion_tier.created").get().properties["promotion_tier"]["id"]
        == made["id"]
    )


def test_an_empty_value_takes_dates_hours_and_the_rule_away(api: RestClient) -> None:
    once = rule(api, "order.amount", "$more_than", 1)
    hours = {"daily": [{"start_time": "08:00", "expiration_time": "10:00"}]}
    full = {
        "name": "Full",
        "expiration_date": "2031-01-01",
        "validity_hours": hours,
        "validation_rules": [once],
        "category": "vip",
    }
    tier = promotion(api, full)["promotion"]["tiers"][0]
    nothing = {
        "expiration_date": "",
        "validity_hours": {},
        "category": "",
        "validation_rule_assignments": {"data": []},
    }
    bare = api.put(f"/v1/promotions/tiers/{tier['id']}", nothing).json()
    assert (tier["categories"][0]["name"], tier["validity_hours"]) == ("vip", hours)
    assert [bare[name] for name in ("expiration_date", "validity_hours", "category_id")] == [None, None, None]
    assert bare["validation_rule_assignments"]["total"] == 0


def test_a_rule_is_put_on_a_tier_and_taken_off(api: RestClient, tiers: list[str]) -> None:
    rule_id = rule(api, "order.amount", "$more_than", 5000)
    put = {"related_object_type": "promotion_tier", "related_object_id": tiers[0]}
    use = api.post(f"/v1/validation-rules/{rule_id}/assignments", put).json()
    assert api.get(f"/v1/promotions/tiers/{tiers[0]}").json()["validation_rule_assignments"]["data"] == [use]
    assert api.delete(f"/v1/validation-rules/{rule_id}/assignments/{use['id']}").status_code == 204
    assert not RuleAssignment.objects.exists()
    unknown = api.post(f"/v1/validation-rules/{rule_id}/assignments", {**put, "related_object_id": "promo_none"})
    assert (unknown.status_code, unknown.json()["resource_type"]) == (404, "promotion_tier")


def test_a_deleted_tier_takes_its_rules_along(api: RestClient) -> None:
    rule_id = rule(api, "order.amount", "$more_than", 5000)
    tier = promotion(api, {"name": "One", "validation_rules": [rule_id]})["promotion"]["tiers"][0]
    assert api.delete(f"/v1/promotions/tiers/{tier['id']}").status_code == 204
    assert not RuleAssignment.objects.exists()


def test_tiers_are_listed_of_one_promotion_and_of_all(api: RestClient, tiers: list[str]) -> None:
    promotion(api, {"name": "Over", "expiration_date": "2020-01-01"}, {"name": "Off", "active": False}, name="Winter")
    of_one = api.get("/v1/promotions/Summer/tiers").json()
    assert ([tier["id"] for tier in of_one["tiers"]], of_one["data_ref"], of_one["has_more"]) == (tiers, "tiers", False)
    everything = api.get("/v1/promotions/tiers", limit=3).json()
    assert (len(everything["tiers"]), everything["total"], everything["has_more"]) == (3, 4, True)
    available = api.get("/v1/promotions/tiers", is_available="true", order="hierarchy").json()
    assert [tier["id"] for tier in available["tiers"]] == tiers
    assert api.get("/v1/promotions/tiers", page=100).json()["key"] == "page_over_limit"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        pytest.param({}, "invalid_payload", id="no name"),
        pytest.param({"name": "T", "hierarchy": -1}, "invalid_payload", id="hierarchy below zero"),
        pytest.param({"name": "T", "action": []}, "invalid_payload", id="action is a list"),
        pytest.param({"name": "T", "action": {"discount": {"type": "X"}}}, "invalid_campaign", id="no such discount"),
        pytest.param({"name": "T", "start_date": "soon"}, "invalid_start_date", id="no date"),
        pytest.param(
            {"name": "T", "start_date": "2031-01-01", "expiration_date": "2030-01-01"},
            "invalid_expiration_date",
            id="ends first",
        ),
        pytest.param({"name": "T", "validation_rules": ["val_none"]}, "not_found", id="unknown rule"),
        pytest.param(
            {"name": "T", "validity_timeframe": {"interval": "P1D", "duration": "PT1H"}},
            "invalid_campaign_params",
            id="timeframe without a start",
        ),
        pytest.param({"name": "T", "metadata": []}, "invalid_payload", id="metadata is a list"),
    ],
)
def test_a_tier_that_makes_no_sense_is_refused_and_nothing_is_stored(api: RestClient, body: Any, key: str) -> None:
    promotion(api)
    answer = api.post("/v1/promotions/Summer/tiers", body)
    assert (answer.status_code, answer.json()["key"]) == (404 if key == "not_found" else 400, key)
    assert not PromotionTier.objects.exists()


def test_only_a_promotion_has_tiers(api: RestClient) -> None:
    voucher = {"type": "DISCOUNT_VOUCHER", **TENTH}
    api.post("/v1/campaigns", {"name": "Codes", "campaign_type": "DISCOUNT_COUPONS", "voucher": voucher})
    assert api.post("/v1/promotions/Codes/tiers", {"name": "T"}).json()["key"] == "invalid_campaign_params"
    assert api.post("/v1/promotions/none/tiers", {"name": "T"}).status_code == 404


def test_a_promotion_that_was_deleted_shows_its_tiers_no_more(api: RestClient, tiers: list[str]) -> None:
    assert api.delete("/v1/campaigns/Summer").status_code == 202
    assert api.get(f"/v1/promotions/tiers/{tiers[0]}").status_code == 404
    assert api.get("/v1/promotions/tiers").json()["total"] == 0
