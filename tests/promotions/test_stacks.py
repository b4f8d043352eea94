"""Stacks over REST: tiers of one promotion that are applied together, in an order of their own."""

from typing import Any

import pytest

from campaigns.models import PromotionStack
from events.models import Event
from tests.conftest import RestClient
from tests.promotions.conftest import promotion

pytestmark = pytest.mark.django_db


def test_a_stack_is_made_changed_and_deleted_and_each_is_told(api: RestClient, tiers: list[str], stack: str) -> None:
    address = f"/v1/promotions/Summer/stacks/{stack}"
    made = api.get(address).json()
    assert (made["tiers"], made["object"]) == ({"ids": tiers[::-1], "hierarchy_mode": "MANUAL"}, "promotion_stack")
    assert api.put(address, {"name": "Both"}).json()["updated_at"] is None
    changed = api.put(address, {"name": "In order", "tiers": {"ids": tiers}}).json()
    assert (changed["name"], changed["tiers"]["ids"]) == ("In order", tiers)
    assert api.get("/v1/promotions/Summer/stacks").json()["data"] == api.get("/v1/promotions/stacks").json()["data"]
    assert api.delete(address).status_code == 204
    assert api.get(address).json()["resource_type"] == "promotion_stack"
    told = Event.objects.filter(name__startswith="campaign.promotion_stack").order_by("id")
    verbs = ("created", "updated", "deleted")
    assert [event.name for event in told] == [f"campaign.promotion_stack.{verb}" for verb in verbs]


def test_a_tier_on_a_stack_cannot_be_deleted(api: RestClient, tiers: list[str], stack: str) -> None:
    assert api.delete(f"/v1/promotions/tiers/{tiers[0]}").json()["key"] == "resource_in_use"
    assert api.delete(f"/v1/promotions/Summer/stacks/{stack}").status_code == 204
    assert api.delete(f"/v1/promotions/tiers/{tiers[0]}").status_code == 204


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param({"tiers": {"ids": ["promo_1"]}}, 400, id="no name"),
        pytest.param({"name": "S"}, 400, id="no tiers"),
        pytest.param({"name": "S", "tiers": {"ids": []}}, 400, id="no tier"),
        pytest.param({"name": "S", "tiers": {"ids": ["promo_1", "promo_1"]}}, 400, id="a tier twice"),
        pytest.param({"name": "S", "tiers": {"ids": ["promo_none"]}}, 404, id="unknown tier"),
        pytest.param({"name": "S", "tiers": {"ids": ["promo_1"], "hierarchy_mode": "AUTO"}}, 400, id="unknown mode"),
    ],
)
def test_a_stack_that_makes_no_sense_is_refused(api: RestClient, tiers: list[str], body: Any, status: int) -> None:
    assert api.post("/v1/promotions/Summer/stacks", body).status_code == status
    assert not PromotionStack.objects.exists()


def test_a_stack_takes_tiers_of_its_own_promotion_alone(api: RestClient, tiers: list[str]) -> None:
    promotion(api, name="Winter")
    answer = api.post("/v1/promotions/Winter/stacks", {"name": "S", "tiers": {"ids": tiers}})
    assert (answer.status_code, answer.json()["resource_id"]) == (404, tiers[0])
