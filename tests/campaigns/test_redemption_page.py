"""The page of one redemption: what it did, and how a person takes it back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.clock import database_now
from campaigns.models import Redemption, Voucher
from events.models import Event
from orders.models import Order
from tests.conftest import RestClient
from tests.pages.shop import visitor

pytestmark = pytest.mark.django_db


def a_code(api: RestClient, code: str, **more: Any) -> None:
    body = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "PERCENT", "percent_off": 5}, **more}
    assert api.post(f"/v1/vouchers/{code}", body).status_code == 200


def redeemed(api: RestClient, *codes: str) -> list[str]:
    wish = {"redeemables": [{"object": "voucher", "id": code} for code in codes]}
    said = {"customer": {"source_id": "ida", "name": "<i>Ida"}, "order": {"amount": 12_000, "source_id": "o-1"}}
    answer = api.post("/v1/redemptions", {**wish, **said, "metadata": {"till": "north <b>"}})
    return [part["id"] for part in answer.json()["redemptions"]]


@pytest.fixture
def used(api: RestClient) -> str:
    a_code(api, "BACK-1", redemption={"quantity": 1})
    return redeemed(api, "BACK-1")[0]


def page(client: Client, key: str) -> str:
    return client.get(reverse("admin:campaigns_redemption_change", args=[key])).content.decode()


def take_back(client: Client, key: str, reason: str = "She sent it back.") -> Any:
    return client.post(reverse("admin:campaigns_redemption_take_back", args=[key]), {"reason": reason}, follow=True)


def test_it_tells_what_was_redeemed_by_whom_and_for_what(admin_client: Client, used: str) -> None:
    shown = page(admin_client, used)
    for told in ("BACK-1", "&lt;i&gt;Ida", ">o-1<", "$120.00", "$6.00 off", "north &lt;b&gt;", "Take it back"):
        assert told in shown


def test_a_person_takes_it_back_and_says_why(admin_client: Client, used: str) -> None:
    shown = take_back(admin_client, used).content.decode()
    assert "Taken back: BACK-1." in shown
    assert "“She sent it back.”" in shown
    assert "Redeemed, taken back" in shown
    assert reverse("admin:campaigns_redemption_take_back", args=[used]) not in shown
    assert Voucher.objects.get(code="BACK-1").redeemed_quantity == 0
    assert Order.objects.get().status == "CANCELED"
    told = Event.objects.get(name="redemption.rollback.succeeded")
    assert (told.source, told.properties["redemption_rollback"]["reason"]) == (Event.Source.ADMIN, "She sent it back.")
    back = Redemption.objects.get(is_rollback=True)
    assert (back.channel_type, back.channel_id) == ("USER", "marta")
    assert "what was redeemed on" in page(admin_client, back.public_id)


def test_without_a_reason_nothing_is_taken_back(admin_client: Client, used: str) -> None:
    answer = take_back(admin_client, used, " ")
    assert (answer.status_code, "This field is required" in answer.content.decode()) == (400, True)
    assert Redemption.objects.get().status == "SUCCEEDED"


def test_who_comes_second_reads_why_not(admin_client: Client, used: str) -> None:
    take_back(admin_client, used)
    answer = take_back(admin_client, used)
    assert answer.status_code == 400
    assert "The redemption was taken back already." in answer.content.decode()
    assert Voucher.objects.get(code="BACK-1").redeemed_quantity == 0


def test_what_was_redeemed_together_is_taken_back_together(admin_client: Client, api: RestClient) -> None:
    for code in ("ONE", "TWO"):
        a_code(api, code)
    first, second = redeemed(api, "ONE", "TWO")
    shown = page(admin_client, first)
    assert "Redeemed together with it" in shown
    assert reverse("admin:campaigns_redemption_change", args=[second]) in shown
    assert "Taken back: ONE, TWO." in take_back(admin_client, first).content.decode()
    assert set(Voucher.objects.values_list("redeemed_quantity", flat=True)) == {0}
    whole = Redemption.objects.get(related_object_type="redemption", is_rollback=False)
    shown = page(admin_client, whole.public_id)
    assert "Several at once" in shown
    assert "$0.00" not in shown


def test_a_refusal_has_a_page_and_nothing_to_take_back(admin_client: Client, api: RestClient, used: str) -> None:
    refused = api.post("/v1/redemptions", {"redeemables": [{"object": "voucher", "id": "BACK-1"}]}).json()
    shown = page(admin_client, refused["resource_id"])
    assert "quantity_exceeded" in shown
    assert "Take it back" not in shown


def test_only_who_may_change_campaigns_takes_back(used: str) -> None:
    looking = visitor("view_redemption")
    assert "BACK-1" in page(looking, used)
    assert "Take it back" not in page(looking, used)
    assert take_back(looking, used).status_code == 403
    assert Redemption.objects.get().status == "SUCCEEDED"


def test_who_may_not_see_redemptions_sees_none(used: str) -> None:
    assert "BACK-1" not in page(visitor("view_campaign"), used)


def test_what_takes_back_is_not_taken_back_itself(admin_client: Client, used: str) -> None:
    take_back(admin_client, used)
    answer = take_back(admin_client, Redemption.objects.get(is_rollback=True).public_id)
    assert (answer.status_code, "Resource not found" in answer.content.decode()) == (400, True)
    assert Redemption.objects.count() == 2


def test_a_redemption_that_is_too_old_says_why_it_stays(admin_client: Client, used: str) -> None:
    Redemption.objects.update(created_at=database_now() - timedelta(days=100))
    shown = page(admin_client, used)
    assert "The redemption is too old to be taken back." in shown
    assert "Take it back" not in shown


def test_what_was_deleted_since_is_named_without_a_link(admin_client: Client, used: str, api: RestClient) -> None:
    key = Voucher.objects.get().public_id
    assert api.delete("/v1/vouchers/BACK-1").status_code == 204
    shown = page(admin_client, used)
    assert "BACK-1" in shown
    assert key not in shown


@pytest.mark.parametrize("key", ["r_0", "nonsense", "r_" + "0" * 32])
def test_what_is_not_there_is_not_found(admin_client: Client, key: str) -> None:
    assert admin_client.get(reverse("admin:campaigns_redemption_change", args=[key])).status_code == 404
