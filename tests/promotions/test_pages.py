"""Promotions in the admin: tiers on the campaign's page, written in forms, switched and deleted; stacks beside them."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from access.models import AuditEntry
from campaigns.models import Campaign, PromotionStack, PromotionTier
from customers.models import Customer
from orders.models import Order
from tests.conftest import RestClient
from tests.promotions.conftest import rule

pytestmark = pytest.mark.django_db

WRITTEN = {"name": "A tenth", "banner": "10% off", "kind": "PERCENT", "percent_off": "10", "hierarchy": ""}


def address(name: str, *arguments: object) -> str:
    return reverse(f"admin:campaigns_{name}", args=arguments)


def home_of(tiers: list[str]) -> str:
    return address("campaign_change", PromotionTier.objects.get(public_id=tiers[0]).campaign_id)


def test_a_tier_is_added_and_edited_in_a_form(admin_client: Client) -> None:
    campaign = Campaign.objects.create(name="Summer", campaign_type="PROMOTION")
    assert "No tier yet" in admin_client.get(address("campaign_change", campaign.pk)).content.decode()
    answer = admin_client.post(address("tier_add", campaign.pk), WRITTEN)
    tier = PromotionTier.objects.get()
    assert answer.url == address("tier_change", tier.public_id)
    assert (tier.discount, tier.hierarchy) == ({"type": "PERCENT", "percent_off": 10}, 1)
    page = admin_client.get(address("tier_change", tier.public_id)).content.decode()
    assert "Every cart gets this tier." in page
    changed = {**WRITTEN, "kind": "AMOUNT", "amount_off": "5", "ends": "2031-01-01", "hierarchy": "3"}
    assert admin_client.post(address("tier_change", tier.public_id), changed).status_code == 302
    tier.refresh_from_db()
    assert (tier.discount, tier.hierarchy) == ({"type": "AMOUNT", "amount_off": 500}, 3)
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")] == ["create", "change"]


def test_an_edit_keeps_what_it_does_not_change(admin_client: Client, tiers: list[str]) -> None:
    before = PromotionTier.objects.get(public_id=tiers[0])
    form = admin_client.get(address("tier_change", tiers[0])).context["form"]
    written = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert admin_client.post(address("tier_change", tiers[0]), written).status_code == 302
    after = PromotionTier.objects.get(public_id=tiers[0])
    assert (after.discount, after.hierarchy, after.banner, after.updated_at) == (before.discount, 1, "10% off", None)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"percent_off": ""}, "Say how much.", id="no value"),
        pytest.param({"name": ""}, "This field is required.", id="no name"),
        pytest.param({"starts": "2031-01-02", "ends": "2031-01-01"}, "The end lies before the start.", id="dates"),
    ],
)
def test_the_form_says_what_is_wrong(admin_client: Client, change: dict[str, str], sentence: str) -> None:
    campaign = Campaign.objects.create(name="Summer", campaign_type="PROMOTION")
    answer = admin_client.post(address("tier_add", campaign.pk), {**WRITTEN, **change})
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not PromotionTier.objects.exists()


def test_the_page_shows_what_each_tier_gives_and_gave(api: RestClient, admin_client: Client, tiers: list[str]) -> None:
    for _ in range(2):
        api.post(f"/v1/promotions/tiers/{tiers[0]}/redemption", {"order": {"amount": 10000}})
    put = {"related_object_type": "promotion_tier", "related_object_id": tiers[0]}
    api.post(f"/v1/validation-rules/{rule(api, 'order.amount', '$more_than', 1)}/assignments", put)
    page = admin_client.get(home_of(tiers)).content.decode()
    for said in ("A tenth", "10% off", "$20.00", "order.amount", "everybody", "$5.00 off"):
        assert said in page


def test_a_page_of_many_tiers_asks_as_often_as_one_of_two(
    api: RestClient, admin_client: Client, tiers: list[str], django_assert_max_num_queries: Any
) -> None:
    home = home_of(tiers)
    admin_client.get(home)
    for number in range(20):
        api.post("/v1/promotions/Summer/tiers", {"name": f"T{number}"})
    # The session and its person, the campaign, its pool and codes, tiers with rules and counts, stacks, rules, uses.
    with django_assert_max_num_queries(24):
        admin_client.get(home)


def test_a_tier_is_switched_and_deleted(admin_client: Client, tiers: list[str]) -> None:
    admin_client.post(address("tier_active", tiers[0]), {"active": "0"})
    assert PromotionTier.objects.get(public_id=tiers[0]).active is False
    assert "Disabled" in admin_client.get(home_of(tiers)).content.decode()
    admin_client.post(address("tier_delete", tiers[0]))
    assert [tier.public_id for tier in PromotionTier.objects.all()] == tiers[1:]


def test_a_stack_is_made_of_ticked_tiers_and_deleted(admin_client: Client, tiers: list[str]) -> None:
    campaign = Campaign.objects.get()
    admin_client.post(address("stack_add", campaign.pk), {"name": "Both", "tiers": tiers[::-1]})
    stack = PromotionStack.objects.get()
    assert [place.tier.public_id for place in stack.stacked.all()] == tiers
    assert "A tenth, then Five" in admin_client.get(home_of(tiers)).content.decode()
    admin_client.post(address("stack_add", campaign.pk), {"name": "None"})
    assert PromotionStack.objects.count() == 1
    admin_client.post(address("stack_delete", stack.public_id))
    assert not PromotionStack.objects.exists()


def test_only_who_may_change_campaigns_may_write_tiers(tiers: list[str]) -> None:
    get_user_model().objects.create_user("guest", "guest@shop.example", "secret", is_staff=True)
    guest = Client()
    guest.login(username="guest", password="secret")
    assert guest.post(address("tier_active", tiers[0]), {"active": "0"}).status_code == 403
    assert PromotionTier.objects.get(public_id=tiers[0]).active is True


def test_a_customer_s_timeline_names_the_promotion_she_got(
    api: RestClient, admin_client: Client, tiers: list[str]
) -> None:
    body = {"order": {"amount": 10000, "source_id": "o-1"}, "customer": {"source_id": "ida"}}
    api.post(f"/v1/promotions/tiers/{tiers[0]}/redemption", body)
    page = admin_client.get(reverse("admin:customers_customer_change", args=[Customer.objects.get().pk]))
    assert "Redeemed A tenth" in page.content.decode()
    order = admin_client.get(reverse("admin:orders_order_change", args=[Order.objects.get().pk])).content.decode()
    assert address("tier_change", tiers[0]) in order
