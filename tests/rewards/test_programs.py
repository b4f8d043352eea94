"""Loyalty programs, their members and what is on the members' cards, over REST."""

from collections.abc import Callable
from typing import Any

import pytest

from campaigns.models import Campaign, Transaction, Voucher
from customers.models import Customer
from rewards.models import PendingPoints
from tests.rewards.conftest import told_events

pytestmark = pytest.mark.django_db
CLUB = {"name": "Club", "type": "AUTO_UPDATE", "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 5}}}


def test_a_program_is_made_listed_changed_and_deleted(api: Any, drain: Any) -> None:
    made = api.post("/v1/loyalties", CLUB).json()
    assert (made["campaign_type"], made["join_once"]) == ("LOYALTY_PROGRAM", True)
    api.post("/v1/campaigns", {"name": "Five", "voucher": {"type": "DISCOUNT_VOUCHER",
             "discount": {"type": "AMOUNT", "amount_off": 500}}})  # fmt: skip
    assert [each["id"] for each in api.get("/v1/loyalties").json()["campaigns"]] == [made["id"]]
    assert api.get("/v1/loyalties/Five").status_code == 404
    assert api.put("/v1/loyalties/Club", {"metadata": {"a": 1}}).json()["metadata"] == {"a": 1}
    assert api.delete("/v1/loyalties/Club").status_code == 202
    assert api.get("/v1/loyalties/Club").status_code == 404


def test_another_kind_of_campaign_is_refused(api: Any) -> None:
    assert api.post("/v1/loyalties", {**CLUB, "campaign_type": "GIFT_VOUCHERS"}).json()["key"] == "invalid_campaign"
    assert not Campaign.objects.exists()


def test_a_customer_becomes_a_member_once(api: Any, program: Campaign) -> None:
    members = f"/v1/loyalties/{program.public_id}/members"
    card = api.post(members, {"customer": {"source_id": "carol"}, "metadata": {"desk": 1}}).json()
    assert api.post(members, {"customer": {"source_id": "carol"}}).json()["id"] == card["id"]
    assert (card["type"], card["holder_id"] is not None) == ("LOYALTY_CARD", True)
    listed = api.get(members, customer="carol").json()
    assert ([each["id"] for each in listed["vouchers"]], listed["total"]) == ([card["id"]], 1)
    for address in (f"{members}/{card['code']}", f"/v1/loyalties/members/{card['id']}"):
        assert api.get(address).json()["code"] == card["code"]
    assert api.get("/v1/loyalties/members/NONE").status_code == 404
    assert api.post(members, {}).status_code == 400


def test_points_are_put_on_and_taken_off_by_hand(api: Any, card: Voucher, program: Campaign) -> None:
    balance = f"/v1/loyalties/members/{card.code}/balance"
    told = api.post(balance, {"points": 70, "source_id": "crm-1"}).json()
    assert (told["points"], told["total"], told["balance"], told["type"]) == (70, 70, 70, "loyalty_card")
    api.post(balance, {"points": 70, "source_id": "crm-1"})
    assert (
        api.post(f"/v1/loyalties/{program.name}/members/{card.code}/balance", {"points": -20}).json()["balance"] == 50
    )
    refused = api.post(balance, {"points": -51})
    assert (refused.status_code, refused.json()["key"]) == (400, "loyalty_card_points_exceeded")
    assert api.post(balance, {"points": "70"}).json()["key"] == "invalid_add_balance_params"
    assert len(told_events("voucher.loyalty_card.points_added")) == 2
    told = api.get(f"/v1/loyalties/members/{card.code}/transactions").json()
    assert [each["type"] for each in told["data"]] == ["POINTS_REMOVAL", "POINTS_ADDITION"]


def test_points_with_a_day_of_their_own_lapse_on_it(api: Any, card: Voucher, program: Campaign) -> None:
    said = {"points": 10, "expiration_type": "CUSTOM_DATE", "expiration_date": "2099-05-01"}
    assert api.post(f"/v1/loyalties/members/{card.code}/balance", said).status_code == 200
    told = api.get(f"/v1/loyalties/{program.name}/members/{card.code}/points-expiration").json()
    assert [(each["expires_at"], each["bucket"]["total_points"]) for each in told["data"]] == [("2099-05-01", 10)]
    past = {**said, "expiration_date": "2001-05-01"}
    assert api.post(f"/v1/loyalties/members/{card.code}/balance", past).status_code == 400


def test_points_move_between_cards_of_a_program(
    api: Any, program: Campaign, card: Voucher, bob: Customer, join: Callable[..., Voucher]
) -> None:
    other = join(program, bob)
    api.post(f"/v1/loyalties/members/{card.code}/balance", {"points": 100})
    transfers = f"/v1/loyalties/{program.name}/members/{other.code}/transfers"
    said = [{"code": card.code, "points": 60, "source_id": "move-1"}]
    for _ in range(2):
        assert api.post(transfers, said).json()["loyalty_card"]["balance"] == 60
    refused = api.post(transfers, [{"code": card.code, "points": 30}, {"code": card.code, "points": 11}])
    assert refused.json()["key"] == "loyalty_card_points_exceeded"
    assert list(Voucher.objects.filter(holder__isnull=False).order_by("balance").values_list("balance", flat=True)) == [
        40, 60,
    ]  # fmt: skip
    assert len(told_events("voucher.loyalty_card.points_transferred")) == 2
    assert sorted(Transaction.objects.values_list("type", flat=True)) == [
        "POINTS_ADDITION", "POINTS_TRANSFER_IN", "POINTS_TRANSFER_OUT",
    ]  # fmt: skip
    assert api.post(transfers, [{"code": other.code, "points": 1}]).status_code == 400


def test_points_that_wait_are_listed_changed_activated_and_canceled(
    api: Any, program: Campaign, card: Voucher, alice: Customer, add_rules: Any, pay: Any
) -> None:
    add_rules(program, {"event": "order.paid", "loyalty": {"type": "FIXED", "points": 50},
                        "pending_points": {"period_value": 5}})  # fmt: skip
    pay(alice)
    pay(alice)
    waiting = f"/v1/loyalties/members/{card.code}/pending-points"
    first, second = api.get(waiting).json()["data"]
    assert api.get(f"/v1/loyalties/{program.name}/pending-points", limit=1).json()["has_more"] is True
    assert api.post(f"{waiting}/{first['id']}/balance", {"points": 25}).json()["total"] == 75
    assert api.post(f"{waiting}/{first['id']}/balance", {"points": -76}).status_code == 400
    assert api.post(f"{waiting}/{first['id']}/activate").json()["balance"] == 75
    assert api.post(f"{waiting}/{second['id']}/cancel").status_code == 204
    assert api.post(f"{waiting}/{second['id']}/activate").status_code == 404
    card.refresh_from_db()
    assert (card.balance, card.pending, PendingPoints.objects.filter(state="PENDING").count()) == (75, 0, 0)


def test_what_happened_to_a_card_is_told(api: Any, program: Campaign, card: Voucher) -> None:
    api.post(f"/v1/loyalties/members/{card.code}/balance", {"points": 70})
    told = api.get(f"/v1/loyalties/members/{card.code}/activity").json()
    assert [each["type"] for each in told["data"]] == [
        "customer.voucher.loyalty_card.points_added", "customer.publication.succeeded",
    ]  # fmt: skip
    page = api.get(f"/v1/loyalties/{program.name}/members/{card.code}/activity", limit=1).json()
    more = api.get(f"/v1/loyalties/members/{card.code}/activity", starting_after_id=page["more_starting_after"]).json()
    assert [each["type"] for each in more["data"]] == ["customer.publication.succeeded"]


def test_movements_and_lapsing_points_leave_as_files(api: Any, program: Campaign, card: Voucher, drain: Any) -> None:
    said = {"points": 10, "expiration_type": "CUSTOM_DATE", "expiration_date": "2099-05-01"}
    api.post(f"/v1/loyalties/members/{card.code}/balance", said)
    paths = (f"{program.name}/transactions", f"members/{card.code}/transactions", f"{program.name}/points-expiration")
    orders = [api.post(f"/v1/loyalties/{path}/export", {"parameters": {}}).json() for path in paths]
    drain()
    files = []
    for order in orders:
        url = api.get(f"/v1/exports/{order['id']}").json()["result"]["url"]
        files.append(b"".join(api.client.get(url.partition("8000")[2] or url).streaming_content).decode())
    assert ["POINTS_ADDITION" in file for file in files] == [True, True, False]
    assert "10,ACTIVE,2099-05-01" in files[2]
