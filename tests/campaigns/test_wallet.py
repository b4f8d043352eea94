from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import Campaign
from customers.models import Customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(api: Any, alice: Customer, make_campaign: Callable[..., Campaign]) -> list[str]:
    """Codes of two campaigns that Alice holds."""
    names = ("Cart rescue", "Come back", "Thank you")
    for name in names:
        campaign = make_campaign(name)
        api.post("/v1/publications", {"campaign": {"name": campaign.name}, "customer": {"source_id": "alice"}})
    return list(names)


def wallet(api: Any, **query: Any) -> Any:
    return api.get("/v1/customers/alice/redeemables", **query).json()


def campaigns_in(told: Any) -> list[str]:
    return sorted(item["redeemable"]["voucher"]["campaign"] for item in told["data"])


def test_a_wallet_holds_the_codes_that_were_given(api: Any, alice: Customer, held: list[str]) -> None:
    told = wallet(api)
    assert (told["object"], told["data_ref"], told["total"], told["has_more"]) == ("list", "data", 3, False)
    item = told["data"][0]
    voucher = item["redeemable"]["voucher"]
    assert item["id"].startswith("rh_")
    assert (item["redeemable_id"], item["redeemable_object"]) == (voucher["id"], "voucher")
    assert (item["holder_role"], item["customer_id"]) == ("OWNER", alice.public_id)
    assert (item["campaign_type"], item["voucher_type"]) == ("DISCOUNT_COUPONS", "DISCOUNT_VOUCHER")
    assert campaigns_in(told) == sorted(held)


def test_it_is_walked_by_its_cursor_in_both_orders(api: Any, held: list[str]) -> None:
    for order in ("created_at", "-created_at"):
        first = wallet(api, limit=2, order=order)
        assert first["has_more"]
        rest = wallet(api, limit=2, order=order, starting_after_id=first["more_starting_after"])
        assert (len(rest["data"]), rest["has_more"], rest["more_starting_after"]) == (1, False, None)
        assert campaigns_in({"data": first["data"] + rest["data"]}) == sorted(held)


def test_it_is_narrowed(api: Any, held: list[str]) -> None:
    campaign = Campaign.objects.get(name="Come back")
    told = wallet(api, **{"filters[campaign_id][conditions][$is][0]": campaign.public_id})
    assert campaigns_in(told) == ["Come back"]
    assert wallet(api, **{"filters[campaign_type][conditions][$is]": "GIFT_VOUCHERS"})["total"] == 0


def test_what_cannot_be_meant_is_refused(api: Any, held: list[str]) -> None:
    for query in ({"starting_after_id": "x"}, {"filters[id][conditions][$is]": "rh_x"}, {"order": "name"}):
        assert wallet(api, **query)["key"] == "invalid_query_params"
    assert api.get("/v1/customers/nobody/redeemables").status_code == 404


def test_the_timeline_is_narrowed_to_a_campaign(api: Any, held: list[str]) -> None:
    campaign = Campaign.objects.get(name="Come back")
    told = api.get("/v1/customers/alice/activity", campaign_id=campaign.public_id).json()["data"]
    assert [line["type"] for line in told] == ["customer.publication.succeeded"]
    of_kind = api.get("/v1/customers/alice/activity", campaign_type="DISCOUNT_COUPONS").json()["data"]
    assert len(of_kind) == 3
    assert api.get("/v1/customers/alice/activity", campaign_type="GIFT_VOUCHERS").json()["data"] == []
