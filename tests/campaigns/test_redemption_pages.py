"""The list of what happened at the till."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.conftest import RestClient

pytestmark = pytest.mark.django_db
LIST = "admin:campaigns_redemption_changelist"


@pytest.fixture
def till(api: RestClient) -> RestClient:
    """Return a shop where a code was redeemed, refused and given back."""
    discount = {"type": "PERCENT", "percent_off": 5}
    body = {"type": "DISCOUNT_VOUCHER", "discount": discount, "redemption": {"quantity": 1}}
    api.post("/v1/vouchers/BACK-1", body)
    wish = {"redeemables": [{"object": "voucher", "id": "BACK-1"}], "customer": {"source_id": "ida", "name": "<i>Ida"}}
    done = api.post("/v1/redemptions", {**wish, "order": {"amount": 12_000, "source_id": "o-1"}}).json()
    assert api.post("/v1/redemptions", wish).status_code == 400
    assert api.post(f"/v1/redemptions/{done['redemptions'][0]['id']}/rollback").status_code == 200
    return api


def test_the_list_tells_what_happened_at_the_till(admin_client: Client, till: RestClient) -> None:
    page = admin_client.get(reverse(LIST)).content.decode()
    assert [page.count(word) for word in (">o-1<", "$6.00", "&lt;i&gt;Ida")] == [2, 2, 3]
    assert page.index("Taken back") < page.index("Refused") < page.index("Redeemed")


@pytest.mark.parametrize(("asked", "found"), [("BACK", 3), ("ida", 3), ("OTHER", 0)])
def test_it_is_searched_by_code_or_customer(admin_client: Client, till: RestClient, asked: str, found: int) -> None:
    page = admin_client.get(reverse(LIST), {"q": asked}).content.decode()
    assert page.count("/admin/campaigns/voucher/v_") == found


def test_nobody_changes_what_happened(admin_client: Client, till: RestClient) -> None:
    assert admin_client.get(reverse("admin:campaigns_redemption_add")).status_code == 403
