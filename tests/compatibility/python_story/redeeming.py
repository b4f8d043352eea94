"""At the till: codes are checked, redeemed, taken back, and refused where they must be."""

from typing import Any

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import ORIGIN, Shop, unique


def cart(shop: Shop, code: str, **more: Any) -> dict[str, Any]:
    order = {"amount": 12000, "source_id": unique("till")}
    return {"redeemables": [{"object": "voucher", "id": code}], "customer": {"source_id": shop.known.source_id},
            "order": order, **more}  # fmt: skip


@tries("ValidationsApi.validate_stacked_discounts")
def a_code_is_checked_and_its_discount_told(shop: Shop) -> None:
    told = shop.ValidationsApi.validate_stacked_discounts(body=cart(shop, shop.known.published_code))
    assert (told.valid, told.order.total_discount_amount, told.order.total_amount) == (True, 600, 11400)
    unknown = shop.ValidationsApi.validate_stacked_discounts(body=cart(shop, "NO-SUCH-CODE"))
    assert (unknown.valid, unknown.inapplicable_redeemables[0].result.error.key) == (False, "not_found")


@tries("RedemptionsApi.redeem_stacked_discounts", "RedemptionsApi.get_redemption")
def a_code_is_redeemed_once(shop: Shop) -> None:
    told = shop.RedemptionsApi.redeem_stacked_discounts(body=cart(shop, shop.known.published_code))
    shop.known.redemption_id = told.redemptions[0].id
    assert (told.redemptions[0].result, told.order.status, told.order.total_discount_amount) == ("SUCCESS", "PAID", 600)
    assert shop.RedemptionsApi.get_redemption(shop.known.redemption_id).voucher.code == shop.known.published_code
    with pytest.raises(exceptions.BadRequestException, match="quantity_exceeded"):
        shop.RedemptionsApi.redeem_stacked_discounts(body=cart(shop, shop.known.published_code))


@tries("RedemptionsApi.list_redemptions", "RedemptionsApi.get_voucher_redemptions")
def redemptions_are_listed_failed_ones_too(shop: Shop) -> None:
    listed = shop.RedemptionsApi.list_redemptions(limit=100, customer=shop.known.customer_id).redemptions
    assert shop.known.redemption_id in [
        one.actual_instance.id if hasattr(one, "actual_instance") else one.id for one in listed
    ]
    failed = shop.RedemptionsApi.list_redemptions(limit=100, result="FAILURE-REDEMPTION")
    assert failed.total >= 1
    told = shop.RedemptionsApi.get_voucher_redemptions(shop.known.published_code)
    assert (told.quantity, told.redeemed_quantity) == (1, 1)


@tries("RedemptionsApi.rollback_redemption")
def a_redemption_is_taken_back_once(shop: Shop) -> None:
    told = shop.RedemptionsApi.rollback_redemption(shop.known.redemption_id, reason="Returned")
    assert (told.result, told.reason) == ("SUCCESS", "Returned")
    assert shop.VouchersApi.get_voucher(shop.known.published_code).redemption.redeemed_quantity == 0
    with pytest.raises(exceptions.BadRequestException, match="already_rolled_back"):
        shop.RedemptionsApi.rollback_redemption(shop.known.redemption_id, reason="Returned")


@tries("RedemptionsApi.rollback_stacked_redemptions")
def a_stack_is_redeemed_and_taken_back_as_one(shop: Shop) -> None:
    codes = [{"object": "voucher", "id": shop.known.own_code},
             {"object": "voucher", "id": shop.known.gift_code, "gift": {"credits": 1500}}]  # fmt: skip
    told = shop.RedemptionsApi.redeem_stacked_discounts(body=cart(shop, "", redeemables=codes))
    assert told.order.total_discount_amount == 2000
    assert shop.VouchersApi.get_voucher(shop.known.gift_code).gift.balance == 6000
    back = shop.RedemptionsApi.rollback_stacked_redemptions(told.parent_redemption.id, reason="Returned")
    assert len(back.rollbacks) == 2
    assert shop.VouchersApi.get_voucher(shop.known.gift_code).gift.balance == 7500


@tries("VouchersApi.release_validation_session")
def a_code_is_kept_for_a_till_and_let_go(shop: Shop) -> None:
    key = unique("till")
    session = {"type": "LOCK", "key": key, "ttl": 10, "ttl_unit": "MINUTES"}
    code = shop.known.published_code
    assert shop.ValidationsApi.validate_stacked_discounts(body=cart(shop, code, session=session)).session.key == key
    other = {**session, "key": unique("till")}
    refused = shop.ValidationsApi.validate_stacked_discounts(body=cart(shop, code, session=other))
    assert refused.inapplicable_redeemables[0].result.error.key == "quantity_exceeded"
    shop.VouchersApi.release_validation_session(code, key)
    assert shop.ValidationsApi.validate_stacked_discounts(body=cart(shop, code, session=other)).valid
    shop.VouchersApi.release_validation_session(code, other["key"])


@tries("QualificationsApi.check_eligibility")
def what_she_could_use_is_told(shop: Shop) -> None:
    said = {"customer": {"source_id": shop.known.source_id}, "order": {"amount": 12000}, "scenario": "CUSTOMER_WALLET"}
    told = shop.QualificationsApi.check_eligibility(body=said)
    assert shop.VouchersApi.get_voucher(shop.known.published_code).id in [one.id for one in told.redeemables.data] or (
        shop.known.published_code in [one.id for one in told.redeemables.data]
    )


@tries(
    "ClientSideApi.validate_stacked_discounts_client_side",
    "ClientSideApi.redeem_stacked_discounts_client_side",
    "ClientSideApi.check_eligibility_client_side",
)
def a_page_of_the_shop_checks_and_redeems(shop: Shop) -> None:
    page, said = shop.browser(), cart(shop, shop.known.own_code)
    assert page.validate_stacked_discounts_client_side(ORIGIN, body=said).valid
    assert page.redeem_stacked_discounts_client_side(ORIGIN, body=said).redemptions[0].result == "SUCCESS"
    asked = {"customer": {"source_id": shop.known.source_id}, "order": {"amount": 12000}, "scenario": "CUSTOMER_WALLET"}
    assert shop.browser(says_origin=True).check_eligibility_client_side(body=asked).redeemables is not None
    with pytest.raises(exceptions.UnauthorizedException):
        page.redeem_stacked_discounts_client_side("http://elsewhere.example", body=said)


@tries()
def a_code_named_twice_is_refused(shop: Shop) -> None:
    twice = [{"object": "voucher", "id": shop.known.own_code}] * 2
    with pytest.raises(exceptions.BadRequestException, match="duplicated_redeemables"):
        shop.ValidationsApi.validate_stacked_discounts(body=cart(shop, "", redeemables=twice))
