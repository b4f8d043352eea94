"""A referral code that another customer uses wins her, once, and both are rewarded."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from campaigns import creation, pools, publishing
from campaigns.models import Campaign, Redemption, Voucher
from customers.models import Customer
from events import queueing
from events.pipeline import drain as apply_events
from rewards.models import Referral, ReferralHolder
from tests.rewards.conftest import known, told_events

pytestmark = pytest.mark.django_db
TEN_OFF = {"type": "AMOUNT", "amount_off": 1000}


def reward(campaign: Campaign, kind: str, amount: int | None = None) -> dict[str, Any]:
    told = {"type": kind, "related_object_parent": {"id": campaign.public_id}}
    return told if amount is None else {**told, "amount": str(amount)}


@pytest.fixture
def make_referrals(db: None) -> Callable[..., Campaign]:
    def make(**program: Any) -> Campaign:
        campaign = creation.create(
            name="Bring a friend", campaign_type="REFERRAL_PROGRAM", discount=TEN_OFF, vouchers_count=3,
            redemption_quantity=None, referral_program=program,
        )  # fmt: skip
        while pools.make_some():
            pass
        return campaign

    return make


@pytest.fixture
def code_of(alice: Customer) -> Callable[[Campaign], Voucher]:
    return lambda campaign: Voucher.objects.get(pk=publishing.publish(campaign, alice).voucher_id)


@pytest.fixture
def use(api: Any, drain: Any) -> Callable[..., Any]:
    def redeem(code: Voucher, source_id: str | None) -> Any:
        customer = {"customer": {"source_id": source_id}} if source_id else {}
        wish = {"redeemables": [{"object": "voucher", "id": code.code}], "order": {"amount": 5000}, **customer}
        answer = api.post("/v1/redemptions", wish)
        drain()
        return answer

    return redeem


def test_the_referrer_gets_points_once_for_each_customer_won(
    make_referrals: Any, make_program: Any, join: Any, alice: Customer, code_of: Any, use: Any
) -> None:
    club = make_program()
    card = join(club, alice)
    code = code_of(make_referrals(referrer_reward=reward(club, "LOYALTY_CARD", 25)))
    for _ in range(2):
        assert use(code, "bob").status_code == 200
    use(code, "carol")
    card.refresh_from_db()
    assert (card.balance, Referral.objects.count()) == (50, 2)
    first, second = told_events("customer.referred")
    assert (first.properties["customer"]["source_id"], first.properties["referrer"]["id"]) == ("bob", alice.public_id)
    assert first.properties["redemption"]["result"] == "SUCCESS"
    rewarded = told_events("customer.rewarded")
    assert [(each.customer_id, each.properties["balance"]["points"]) for each in rewarded] == [(alice.pk, 25)] * 2
    added = told_events("voucher.loyalty_card.points_added")
    assert [each.caused_by_id for each in added] == [each.caused_by_id for each in rewarded]
    assert {each.customer_id for each in ReferralHolder.objects.all()} == {first.customer_id, second.customer_id}


def test_a_redemption_that_is_looked_at_twice_rewards_once(
    make_referrals: Any, make_program: Any, join: Any, alice: Customer, code_of: Any, use: Any
) -> None:
    club = make_program()
    card = join(club, alice)
    code = code_of(make_referrals(referrer_reward=reward(club, "LOYALTY_CARD", 25)))
    use(code, "bob")
    queueing.put(told_events("redemption.succeeded"))
    apply_events()
    card.refresh_from_db()
    assert (card.balance, len(told_events("customer.rewarded"))) == (25, 1)


def test_both_can_get_something_and_a_code_is_a_reward_too(
    make_referrals: Any, alice: Customer, code_of: Any, use: Any
) -> None:
    gifts = creation.create(name="Gifts", campaign_type="GIFT_VOUCHERS", type="AUTO_UPDATE", gift={"amount": 1},
                            vouchers_count=1)  # fmt: skip
    five = creation.create(name="Five", discount={"type": "AMOUNT", "amount_off": 500}, vouchers_count=1)
    while pools.make_some():
        pass
    program = {
        "referee_reward": reward(gifts, "GIFT_VOUCHER", 700),
        "referrer_reward": reward(five, "DISCOUNT_VOUCHER"),
    }
    code = code_of(make_referrals(**program))
    use(code, "bob")
    assert Voucher.objects.get(campaign=five).holder_id == alice.pk
    assert Voucher.objects.get(campaign=gifts, holder=known("bob")).balance == 701
    use(code, "carol")
    assert "no code" in Referral.objects.get(referee=known("carol")).unrewarded
    assert Voucher.objects.filter(campaign=gifts, holder__isnull=False).count() == 2


def test_nobody_refers_herself(make_referrals: Any, code_of: Any, use: Any) -> None:
    code = code_of(make_referrals())
    refused = use(code, "alice")
    assert (refused.status_code, refused.json()["key"]) == (400, "referrer_not_permitted_to_redeem")
    assert Redemption.objects.get().failure_code == "referrer_not_permitted_to_redeem"
    assert not Referral.objects.exists()


def test_who_is_not_known_is_won_by_nobody(make_referrals: Any, code_of: Any, use: Any) -> None:
    assert use(code_of(make_referrals()), None).status_code == 200
    assert not Referral.objects.exists()


def test_a_custom_event_can_be_what_counts(
    make_referrals: Any,
    make_program: Any,
    join: Any,
    alice: Customer,
    bob: Customer,
    code_of: Any,
    use: Any,
    report: Any,
) -> None:
    club = make_program()
    card = join(club, alice)
    told = {"conversion_event_type": "custom_event", "custom_event": {"name": "signed_up"}}
    code = code_of(make_referrals(**told, referrer_reward=reward(club, "LOYALTY_CARD", 25)))
    use(code, "carol")
    report(alice, "signed_up", referral={"code": code.code})
    report(bob, "signed_up")
    report(bob, "signed_up", referral={"code": "NONE"})
    assert not Referral.objects.exists()
    report(bob, "signed_up", referral={"code": code.code})
    card.refresh_from_db()
    assert (card.balance, Referral.objects.get().referee_id) == (25, bob.pk)
    assert told_events("customer.referred")[0].properties["custom_event"]["type"] == "signed_up"


def test_an_event_names_the_card_that_is_to_earn(
    program: Campaign, card: Voucher, alice: Customer, make_program: Any, join: Any, add_rules: Any, report: Any
) -> None:
    other = join(make_program("Other"), alice)
    for club in (program, Campaign.objects.get(name="Other")):
        add_rules(club, {"event": "ride", "loyalty": {"type": "FIXED", "points": 3}})
    report(alice, "ride", loyalty={"code": other.code})
    report(alice, "ride")
    assert [Voucher.objects.get(pk=each.pk).balance for each in (card, other)] == [3, 6]


def test_a_code_is_handed_on_and_taken_away(api: Any, make_referrals: Any, code_of: Any, alice: Customer) -> None:
    campaign = make_referrals()
    code = code_of(campaign)
    holders = f"/v1/referrals/{campaign.public_id}/members/{code.code}/holders"
    added = api.post(holders, {"holders": [{"source_id": "bob"}, {"source_id": "carol"}], "metadata": {"a": 1}}).json()
    assert [each["holder_role"] for each in added["holders"]] == ["REFEREE", "REFEREE"]
    api.post(f"/v1/referrals/members/{code.public_id}/holders", {"holders": [{"source_id": "bob"}]})
    told = api.get(holders).json()
    assert (told["total"], told["data"][0]["holder_role"], told["data"][0]["customer_id"]) == (
        3, "REFERRER", alice.public_id,
    )  # fmt: skip
    assert api.get(holders, limit=2).json()["has_more"] is True
    assert api.delete(f"{holders}/{added['holders'][0]['id']}").status_code == 204
    assert api.delete(f"{holders}/rh_none").status_code == 404
    assert api.get(f"/v1/referrals/members/{code.code}/holders").json()["total"] == 2
    assert api.post(holders, {"holders": [{"source_id": "alice"}]}).status_code == 400
    assert api.post(holders, {"holders": []}).status_code == 400


def test_a_reward_from_nowhere_is_refused_when_the_program_is_made(api: Any, program: Campaign) -> None:
    said = {
        "name": "Bring",
        "campaign_type": "REFERRAL_PROGRAM",
        "voucher": {"type": "DISCOUNT_VOUCHER", "discount": TEN_OFF},
    }
    lost = {"type": "LOYALTY_CARD", "amount": "5", "related_object_parent": {"id": "camp_none"}}
    assert api.post("/v1/campaigns", {**said, "referral_program": {"referrer_reward": lost}}).status_code == 404
    wrong = {"type": "GIFT_VOUCHER", "amount": "5", "related_object_parent": {"id": program.public_id}}
    assert api.post("/v1/campaigns", {**said, "referral_program": {"referrer_reward": wrong}}).status_code == 400
    assert Campaign.objects.count() == 1


def test_customers_tell_their_points_and_whom_they_won(
    api: Any, make_referrals: Any, make_program: Any, join: Any, alice: Customer, code_of: Any, use: Any
) -> None:
    club = make_program()
    join(club, alice)
    code = code_of(make_referrals(referrer_reward=reward(club, "LOYALTY_CARD", 25)))
    use(code, "bob")
    told = api.get("/v1/customers/alice").json()
    assert (told["loyalty"]["points"], told["loyalty"]["referred_customers"]) == (25, 1)
    assert told["loyalty"]["campaigns"]["Gold club"]["points"] == 25
    assert told["summary"]["redemptions"]["loyalty_card"]["points_to_go"] == 25
    assert told["summary"]["redemptions"]["gift"]["amount_to_go"] == 0
    assert api.get("/v1/customers/bob").json()["referrals"]["campaigns"][0]["referrer_id"] == alice.public_id


def test_a_change_of_a_program_leaves_the_rewards_that_it_does_not_name(
    api: Any, admin_client: Any, make_referrals: Any, make_program: Any
) -> None:
    both = {name: reward(make_program(), "LOYALTY_CARD", 100) for name in ("referrer_reward",)}
    campaign = make_referrals(**both)
    address = f"/v1/campaigns/{campaign.public_id}"
    unsaid = {"conversion_event_type": None, "referrer_reward": None, "referee_reward": None}
    assert (
        api.put(address, {"referral_program": unsaid}).json()["referral_program"]["referrer_reward"]["amount"] == "100"
    )
    page = reverse("admin:campaigns_campaign_edit", args=[campaign.pk])
    written = {"kind": "AMOUNT", "amount_off": "10", "conversion": "custom_event", "conversion_event": "ride"}
    assert admin_client.post(page, written).status_code == 302
    told = api.get(address).json()["referral_program"]
    assert (told["custom_event"]["name"], told["referrer_reward"]["amount"]) == ("ride", "100")
    assert (
        "referrer_reward"
        not in api.put(address, {"referral_program": {"referrer_reward": {}}}).json()["referral_program"]
    )
