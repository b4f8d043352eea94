"""A loyalty program: members, what they earn, what they take for it; and customers who bring others."""

from typing import Any

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique
from tests.product import eventually


@tries(
    "LoyaltiesApi.create_loyalty_program",
    "LoyaltiesApi.get_loyalty_program",
    "LoyaltiesApi.list_loyalty_programs",
    "LoyaltiesApi.update_loyalty_program",
)
def a_program_is_made(shop: Shop) -> None:
    said = {"name": unique("Club"), "type": "AUTO_UPDATE", "vouchers_count": 2,
            "voucher": {"type": "LOYALTY_CARD", "loyalty_card": {"points": 0}}}  # fmt: skip
    shop.known.club = shop.LoyaltiesApi.create_loyalty_program(body=said).id
    assert shop.LoyaltiesApi.get_loyalty_program(shop.known.club).campaign_type == "LOYALTY_PROGRAM"
    assert shop.known.club in [each.id for each in shop.LoyaltiesApi.list_loyalty_programs(limit=100).campaigns]
    changed = shop.LoyaltiesApi.update_loyalty_program(shop.known.club, body={"metadata": {"wave": 2}})
    assert changed.metadata == {"wave": 2}
    with pytest.raises(exceptions.NotFoundException):
        shop.LoyaltiesApi.get_loyalty_program("camp_none")


@tries("LoyaltiesApi.add_member", "LoyaltiesApi.get_member", "LoyaltiesApi.get_member1", "LoyaltiesApi.list_members")
def customers_become_members(shop: Shop) -> None:
    shop.known.member = unique("member")
    said = {"customer": {"source_id": shop.known.member}}
    card = shop.LoyaltiesApi.add_member(shop.known.club, body=said)
    shop.known.card, shop.known.card_id = card.code, card.id
    assert shop.LoyaltiesApi.get_member(card.code).id == card.id
    assert shop.LoyaltiesApi.get_member1(shop.known.club, card.code).holder_id == card.holder_id
    assert [each.code for each in shop.LoyaltiesApi.list_members(shop.known.club).vouchers] == [card.code]


@tries(
    "LoyaltiesApi.create_earning_rule",
    "LoyaltiesApi.get_earning_rule",
    "LoyaltiesApi.list_earning_rules",
    "LoyaltiesApi.update_earning_rule",
    "LoyaltiesApi.disable_earning_rule",
    "LoyaltiesApi.enable_earning_rule",
)
def orders_earn_points(shop: Shop) -> None:
    said = [{"event": "order.paid", "loyalty": {"type": "FIXED", "points": 50}, "source": {"banner": "Orders"}}]
    (rule,) = shop.LoyaltiesApi.create_earning_rule(shop.known.club, body=said)
    shop.known.rule = rule.id
    assert shop.LoyaltiesApi.get_earning_rule(shop.known.club, rule.id).loyalty.points == 50
    assert [each.id for each in shop.LoyaltiesApi.list_earning_rules(shop.known.club).data] == [rule.id]
    more = {"loyalty": {"type": "FIXED", "points": 60}}
    assert shop.LoyaltiesApi.update_earning_rule(shop.known.club, rule.id, body=more).loyalty.points == 60
    assert shop.LoyaltiesApi.disable_earning_rule(shop.known.club, rule.id).active is False
    assert shop.LoyaltiesApi.enable_earning_rule(shop.known.club, rule.id).active is True
    shop.OrdersApi.create_order(body={"customer": {"source_id": shop.known.member}, "amount": 4000, "status": "PAID"})
    assert eventually(lambda: shop.LoyaltiesApi.get_member(shop.known.card).loyalty_card.balance == 60)


@tries(
    "LoyaltiesApi.update_loyalty_card_balance",
    "LoyaltiesApi.update_loyalty_card_balance1",
    "LoyaltiesApi.list_points_expiration",
)
def points_are_moved_by_hand(shop: Shop) -> None:
    told = shop.LoyaltiesApi.update_loyalty_card_balance(shop.known.card, body={"points": 40})
    assert (told.points, told.balance) == (40, 100)
    dated = {"points": 20, "expiration_type": "CUSTOM_DATE", "expiration_date": "2090-01-01"}
    assert shop.LoyaltiesApi.update_loyalty_card_balance1(shop.known.club, shop.known.card, body=dated).balance == 120
    (bucket,) = shop.LoyaltiesApi.list_points_expiration(shop.known.club, shop.known.card).data
    assert bucket.bucket.total_points == 20
    with pytest.raises(exceptions.BadRequestException, match="loyalty_card_points_exceeded"):
        shop.LoyaltiesApi.update_loyalty_card_balance(shop.known.card, body={"points": -121})


@tries(
    "LoyaltiesApi.list_loyalty_card_transactions",
    "LoyaltiesApi.list_loyalty_card_transactions1",
    "LoyaltiesApi.list_loyalty_campaign_transactions",
    "LoyaltiesApi.list_member_activity",
    "LoyaltiesApi.list_member_activity1",
)
def what_moved_is_told(shop: Shop) -> None:
    of_card = shop.LoyaltiesApi.list_loyalty_card_transactions(shop.known.card).data
    assert [str(each.type.value) for each in of_card] == [
        "POINTS_ADDITION", "POINTS_ADDITION", "POINTS_ACCRUAL",
    ]  # fmt: skip
    assert len(shop.LoyaltiesApi.list_loyalty_card_transactions1(shop.known.club, shop.known.card).data) == 3
    assert len(shop.LoyaltiesApi.list_loyalty_campaign_transactions(shop.known.club).data) == 3
    told = shop.LoyaltiesApi.list_member_activity(shop.known.card, limit=100).data
    assert "customer.rewarded" in {each.type for each in told}
    assert shop.LoyaltiesApi.list_member_activity1(shop.known.club, shop.known.card).data


@tries(
    "LoyaltiesApi.export_loyalty_card_transactions",
    "LoyaltiesApi.export_loyalty_card_transactions1",
    "LoyaltiesApi.export_loyalty_campaign_transactions",
    "LoyaltiesApi.create_points_expiration_export",
)
def what_moved_leaves_as_files(shop: Shop) -> None:
    loyalties = shop.LoyaltiesApi
    assert loyalties.export_loyalty_card_transactions(shop.known.card, body={}).id
    assert loyalties.export_loyalty_card_transactions1(shop.known.club, shop.known.card, body={}).id
    assert loyalties.export_loyalty_campaign_transactions(shop.known.club, body={}).id
    told = loyalties.create_points_expiration_export(shop.known.club, body={"parameters": {"order": "expires_at"}})
    assert told.exported_object == "points_expiration"


@tries(
    "LoyaltiesApi.list_campaign_pending_points",
    "LoyaltiesApi.list_member_pending_points",
    "LoyaltiesApi.list_member_pending_points1",
    "LoyaltiesApi.adjust_member_pending_points",
    "LoyaltiesApi.activate_member_pending_points",
    "LoyaltiesApi.cancel_member_pending_points",
)
def points_wait_for_their_day(shop: Shop) -> None:
    shop.LoyaltiesApi.update_earning_rule(
        shop.known.club, shop.known.rule, body={"pending_points": {"period_value": 9}}
    )
    for _ in range(2):
        said = {"customer": {"source_id": shop.known.member}, "amount": 4000, "status": "PAID"}
        shop.OrdersApi.create_order(body=said)
    listed = shop.LoyaltiesApi.list_member_pending_points
    assert eventually(lambda: len(listed(shop.known.card).data) == 2)
    first, second = listed(shop.known.card).data
    assert len(shop.LoyaltiesApi.list_campaign_pending_points(shop.known.club).data) == 2
    assert len(shop.LoyaltiesApi.list_member_pending_points1(shop.known.club, shop.known.card).data) == 2
    assert shop.LoyaltiesApi.adjust_member_pending_points(shop.known.card, first.id, body={"points": -10}).total == 50
    assert shop.LoyaltiesApi.activate_member_pending_points(shop.known.card, first.id).balance == 170
    shop.LoyaltiesApi.cancel_member_pending_points(shop.known.card, second.id)
    assert listed(shop.known.card).data == []


@tries("RewardsApi.create_reward", "RewardsApi.get_reward", "RewardsApi.list_rewards", "RewardsApi.update_reward")
def a_reward_is_kept(shop: Shop) -> None:
    said = {"name": unique("Five off"), "parameters": {"campaign": {"id": shop.known.campaign_id}}, "stock": 3}
    shop.known.reward = shop.RewardsApi.create_reward(body=said).id
    assert shop.RewardsApi.get_reward(shop.known.reward).type == "CAMPAIGN"
    assert shop.known.reward in [each.id for each in shop.RewardsApi.list_rewards(limit=100).data]
    assert shop.RewardsApi.update_reward(shop.known.reward, body={"stock": 4}).stock == 4


@tries(
    "RewardsApi.create_reward_assignment",
    "RewardsApi.get_reward_assignment",
    "RewardsApi.list_reward_assignments",
    "RewardsApi.update_reward_assignment",
    "RewardsApi.delete_reward_assignment",
)
def it_can_be_had_in_the_program(shop: Shop) -> None:
    rewards, price = shop.RewardsApi, {"parameters": {"loyalty": {"points": 40}}}
    made = rewards.create_reward_assignment(shop.known.reward, body={"campaign": shop.known.club, **price})
    assert rewards.get_reward_assignment(shop.known.reward, made.id).related_object_id == shop.known.club
    assert [each.id for each in rewards.list_reward_assignments(shop.known.reward).data] == [made.id]
    more = {"parameters": {"loyalty": {"points": 45}}}
    changed = rewards.update_reward_assignment(shop.known.reward, made.id, body=more)
    assert changed.parameters.loyalty.points == 45
    rewards.delete_reward_assignment(shop.known.reward, made.id)


@tries(
    "LoyaltiesApi.get_reward_assignment1",
    "LoyaltiesApi.get_reward_assignment2",
    "LoyaltiesApi.get_reward_details",
    "LoyaltiesApi.list_reward_assignments1",
    "LoyaltiesApi.list_reward_assignments2",
    "LoyaltiesApi.update_reward_assignment1",
    "LoyaltiesApi.list_member_rewards",
)
def the_program_has_its_rewards(shop: Shop) -> None:
    loyalties, club = shop.LoyaltiesApi, shop.known.club
    said = {"campaign": club, "parameters": {"loyalty": {"points": 40}}}
    made = shop.RewardsApi.create_reward_assignment(shop.known.reward, body=said)
    shop.known.assignment = made.id
    assert loyalties.get_reward_assignment1(club, made.id).reward_id == shop.known.reward
    assert loyalties.get_reward_assignment2(club, made.id).id == made.id
    assert loyalties.get_reward_details(club, made.id).id == shop.known.reward
    for listed in (loyalties.list_reward_assignments1, loyalties.list_reward_assignments2):
        assert [each.id for each in listed(club).data] == [made.id]
    more = {"parameters": {"loyalty": {"points": 30}}}
    assert loyalties.update_reward_assignment1(club, made.id, body=more).parameters.loyalty.points == 30
    (could,) = loyalties.list_member_rewards(shop.known.card, affordable_only=True).data
    assert could.reward.id == shop.known.reward


@tries("LoyaltiesApi.redeem_reward", "LoyaltiesApi.redeem_reward1", "LoyaltiesApi.delete_reward_assignment1")
def points_are_spent(shop: Shop) -> None:
    wish: dict[str, Any] = {"reward": {"id": shop.known.reward}}
    told = shop.LoyaltiesApi.redeem_reward(shop.known.card, body=wish)
    assert (told.result, told.amount, told.reward.id) == ("SUCCESS", 30, shop.known.reward)
    assert shop.LoyaltiesApi.redeem_reward1(shop.known.club, shop.known.card, body=wish).reward.voucher.code
    back = shop.RedemptionsApi.rollback_redemption(told.id, reason="Mistake")
    assert (back.result, back.amount) == ("SUCCESS", -30)
    shop.LoyaltiesApi.delete_reward_assignment1(shop.known.club, shop.known.assignment)
    with pytest.raises(exceptions.NotFoundException):
        shop.LoyaltiesApi.redeem_reward(shop.known.card, body=wish)


@tries("LoyaltiesApi.delete_earning_rule", "LoyaltiesApi.delete_loyalty_program", "RewardsApi.delete_reward")
def the_program_ends(shop: Shop) -> None:
    shop.LoyaltiesApi.delete_earning_rule(shop.known.club, shop.known.rule)
    shop.RewardsApi.delete_reward(shop.known.reward)
    assert shop.LoyaltiesApi.delete_loyalty_program(shop.known.club).async_action_id
    with pytest.raises(exceptions.NotFoundException):
        shop.LoyaltiesApi.get_loyalty_program(shop.known.club)


@tries(
    "ReferralsApi.referrals_add_holders",
    "ReferralsApi.referrals_add_holders1",
    "ReferralsApi.referrals_code_holders",
    "ReferralsApi.referrals_code_holders1",
    "ReferralsApi.referrals_remove_holder",
    "ReferralsApi.referrals_remove_holder1",
)
def a_code_is_handed_on_to_friends(shop: Shop) -> None:
    discount = {"type": "AMOUNT", "amount_off": 500}
    said = {"name": unique("Friends"), "campaign_type": "REFERRAL_PROGRAM", "type": "AUTO_UPDATE", "vouchers_count": 1,
            "voucher": {"type": "DISCOUNT_VOUCHER", "discount": discount}}  # fmt: skip
    campaign = shop.CampaignsApi.create_campaign(body=said).id
    wish = {"campaign": {"name": campaign}, "customer": {"source_id": shop.known.member}}
    code = eventually(lambda: _code_of(shop, wish))
    referrals = shop.ReferralsApi
    first = referrals.referrals_add_holders(code, body={"holders": [{"source_id": unique("friend")}]}).holders[0]
    friends = {"holders": [{"source_id": unique("friend")}]}
    second = referrals.referrals_add_holders1(campaign, code, body=friends).holders[0]
    roles = [each.holder_role for each in referrals.referrals_code_holders(campaign, code).data]
    assert roles == ["REFERRER", "REFEREE", "REFEREE"]
    referrals.referrals_remove_holder(code, first.id)
    referrals.referrals_remove_holder1(campaign, code, second.id)
    assert [each.holder_role for each in referrals.referrals_code_holders1(code).data] == ["REFERRER"]


def _code_of(shop: Shop, wish: dict[str, Any]) -> str | None:
    try:
        told = shop.PublicationsApi.create_publication(body=wish)
    except exceptions.BadRequestException:
        return None
    return str((getattr(told, "actual_instance", None) or told).voucher.code)
