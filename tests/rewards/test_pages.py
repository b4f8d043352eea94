"""A loyalty program's page: its earning rules and rewards are shown, added, changed and taken away."""

from typing import Any

import pytest
from django.test import Client

from access.models import AuditEntry
from campaigns.models import Campaign
from orders.models import Product
from rewards.models import EarningRule, Reward, RewardAssignment

pytestmark = pytest.mark.django_db
ADMIN = "/admin/rewards/earningrule"


def page_of(client: Client, program: Campaign) -> str:
    return client.get(f"/admin/campaigns/campaign/{program.pk}/change/").content.decode()


def test_an_empty_program_says_what_to_do_next(admin_client: Client, program: Campaign) -> None:
    page = page_of(admin_client, program)
    assert "Nothing earns points yet." in page
    assert "Points buy nothing yet." in page


def test_a_rule_is_added_shown_changed_switched_and_deleted(admin_client: Client, program: Campaign) -> None:
    said = {
        "banner": "Shopping",
        "when": "order.paid",
        "gives": "ORDER_AMOUNT",
        "points": 2,
        "every": "10.00",
        "waits": 14,
    }
    answer = admin_client.post(f"{ADMIN}/of/{program.pk}/add/", said)
    assert answer.status_code == 302, answer.content.decode()
    rule = EarningRule.objects.get()
    assert rule.loyalty["order"]["amount"] == {"every": 1000, "points": 2}
    page = page_of(admin_client, program)
    assert "2 points for every 10.00 spent, after 14 days" in page
    changed = {"banner": "Every order", "gives": "FIXED", "points": 50, "waits": ""}
    assert admin_client.post(f"{ADMIN}/{rule.public_id}/change/", changed).status_code == 302
    admin_client.post(f"{ADMIN}/{rule.public_id}/active/", {"active": "0"})
    rule.refresh_from_db()
    assert (rule.loyalty, rule.pending_days, rule.active) == ({"type": "FIXED", "points": 50}, None, False)
    admin_client.post(f"{ADMIN}/{rule.public_id}/remove/")
    assert not EarningRule.objects.exists()
    assert AuditEntry.objects.filter(object_type="earning_rule").count() == 4


@pytest.mark.parametrize(
    "said",
    [
        {"when": "customer.segment.entered", "gives": "FIXED"},
        {"when": "custom", "gives": "FIXED"},
        {"when": "custom", "event": "ride", "gives": "ORDER_AMOUNT", "every": "1"},
        {"when": "order.paid", "gives": "ORDER_AMOUNT"},
        {"when": "custom", "event": "customer.created", "gives": "FIXED"},
    ],
    ids=["no segment", "no event", "amount of no order", "no amount", "internal event"],
)
def test_a_rule_that_cannot_be_meant_is_explained(said: Any, admin_client: Client, program: Campaign) -> None:
    answer = admin_client.post(f"{ADMIN}/of/{program.pk}/add/", {"banner": "x", "points": 5, **said})
    assert answer.status_code == 400
    assert not EarningRule.objects.exists()


def test_a_reward_is_added_shown_changed_and_taken_out(admin_client: Client, program: Campaign) -> None:
    mug = Product.objects.create(name="Mug")
    said = {"name": "A mug", "kind": "product", "product": mug.pk, "points": 40, "stock": 5}
    assert admin_client.post(f"{ADMIN}/rewards/of/{program.pk}/add/", said).status_code == 302
    assignment = RewardAssignment.objects.get()
    page = page_of(admin_client, program)
    assert ("40 points" in page, "5 of 5" in page) == (True, True)
    address = f"{ADMIN}/rewards/{assignment.public_id}/"
    assert admin_client.get(address).status_code == 200
    assert admin_client.post(address, {"name": "A blue mug", "points": 45, "stock": ""}).status_code == 302
    reward = Reward.objects.get()
    assignment.refresh_from_db()
    assert (reward.name, reward.stock, assignment.points) == ("A blue mug", None, 45)
    admin_client.post(f"{address}remove/")
    assert (RewardAssignment.objects.exists(), Reward.objects.count()) == (False, 1)


def test_money_off_an_order_is_told_with_its_exchange(admin_client: Client, program: Campaign) -> None:
    said = {"name": "Pay with points", "kind": "coin", "worth": "0.50", "points": 10}
    assert admin_client.post(f"{ADMIN}/rewards/of/{program.pk}/add/", said).status_code == 302
    assert "10 points = $0.50" in page_of(admin_client, program)
    assert admin_client.post(f"{ADMIN}/rewards/of/{program.pk}/add/", {**said, "worth": ""}).status_code == 400


def test_strangers_change_nothing(client: Client, program: Campaign) -> None:
    assert client.post(f"{ADMIN}/of/{program.pk}/add/", {"banner": "x"}).status_code in (302, 403)
    assert not EarningRule.objects.exists()
