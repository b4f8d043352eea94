"""A code is voided for a reason, and its holder may get another one in the same moment."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from access.problems import Problem
from campaigns import publishing, vouchers, withdrawing
from campaigns.facts import INSIDE
from campaigns.models import Campaign, Publication, Voucher, Withdrawal
from customers.models import Customer
from events.models import Event
from tests.conftest import RestClient

pytestmark = pytest.mark.django_db


@pytest.fixture
def given(make_campaign: Callable[..., Campaign], alice: Customer) -> Voucher:
    return publishing.publish(make_campaign(), alice).voucher


def replace(voucher: Voucher, reason: str = "She says it does not work.") -> Withdrawal:
    return withdrawing.replace(voucher, reason, by="marta", origin=INSIDE)


def void(voucher: Voucher) -> Withdrawal:
    return withdrawing.void(voucher, "Leaked on a forum.", by="marta", origin=INSIDE)


def test_a_voided_code_is_of_no_use_and_stays_so(api: RestClient, given: Voucher) -> None:
    void(given)
    checked = api.post("/v1/validations", {"redeemables": [{"object": "voucher", "id": given.code}]}).json()
    assert checked["valid"] is False
    assert Event.objects.get(name="voucher.disabled").properties["reason"] == "Leaked on a forum."
    with pytest.raises(Problem, match="stays void"):
        vouchers.set_active(given, active=True)
    assert not Voucher.objects.get(pk=given.pk).active


def test_its_holder_gets_another_code_of_the_campaign(given: Voucher, alice: Customer) -> None:
    instead = replace(given).replacement
    assert instead is not None
    assert (instead.holder_id, instead.campaign_id, instead.active) == (alice.pk, given.campaign_id, True)
    assert not Voucher.objects.get(pk=given.pk).active
    told = Publication.objects.get(voucher=instead)
    assert (told.channel, told.metadata["replaces"]) == ("Code desk", given.code)
    assert Event.objects.filter(name="voucher.published", customer=alice).count() == 2


def test_a_code_is_voided_once(given: Voucher) -> None:
    replace(given)
    with pytest.raises(Problem, match="cannot be voided"):
        replace(given)
    assert Voucher.objects.filter(holder=given.holder_id).count() == 2


def test_without_a_free_code_all_stays_as_it_was(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    only = publishing.publish(make_campaign(codes=1), alice).voucher
    with pytest.raises(Problem, match="cannot be voided"):
        replace(only)
    assert Voucher.objects.get(pk=only.pk).active
    assert not Withdrawal.objects.exists()
    assert not Event.objects.filter(name="voucher.disabled").exists()


def test_a_code_that_nobody_holds_can_be_voided_but_not_replaced(make_campaign: Callable[..., Campaign]) -> None:
    make_campaign()
    free = Voucher.objects.first()
    assert free is not None
    with pytest.raises(Problem, match="cannot be voided"):
        replace(free)
    void(free)
    assert not Voucher.objects.get(pk=free.pk).active


def test_who_joins_again_gets_the_code_that_counts(make_campaign: Callable[..., Campaign], alice: Customer) -> None:
    campaign = make_campaign(join_once=True)
    first = publishing.publish(campaign, alice).voucher
    instead = replace(first).replacement
    assert publishing.publish(campaign, alice).voucher == instead
    void(instead)
    assert publishing.publish(campaign, alice).voucher not in (first, instead)


def test_what_was_left_on_a_card_is_on_the_new_one(api: RestClient, drain: Callable[[], int]) -> None:
    voucher = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}
    body = {"name": "Gifts", "campaign_type": "GIFT_VOUCHERS", "voucher": voucher, "vouchers_count": 2}
    made = api.post("/v1/campaigns", body).json()
    drain()
    given = api.post("/v1/publications", {"campaign": {"name": "Gifts"}, "customer": {"source_id": "ida"}}).json()
    code = given["voucher"]["code"]
    api.post(f"/v1/vouchers/{code}/balance", {"amount": -2000})
    instead = replace(Voucher.objects.get(code=code)).replacement
    assert instead is not None
    assert api.get(f"/v1/vouchers/{instead.code}").json()["gift"]["balance"] == 3000
    assert made["type"]


def test_the_page_of_a_code_voids_it_and_says_so(admin_client: Client, given: Voucher) -> None:
    address = reverse("admin:campaigns_voucher_withdraw", args=[given.public_id])
    refused = admin_client.post(address, {"how": "void", "reason": ""})
    assert refused.status_code == 400
    answer = admin_client.post(address, {"how": "replace", "reason": "Typo <b>"}, follow=True)
    page = answer.content.decode()
    instead = Withdrawal.objects.get().replacement
    assert instead is not None
    assert f"has {instead.code} instead of {given.code}" in page
    assert "Typo &lt;b&gt;" in page
    old = admin_client.get(reverse("admin:campaigns_voucher_change", args=[given.public_id])).content.decode()
    assert "Void" in old
    assert instead.code in old
    assert address not in old


def test_nobody_is_sent_to_another_site(admin_client: Client, given: Voucher) -> None:
    address = reverse("admin:campaigns_voucher_withdraw", args=[given.public_id])
    answer = admin_client.post(address, {"how": "void", "reason": "x", "back": "https://evil.example/"})
    assert answer.headers["Location"].startswith("/admin/campaigns/voucher/")
