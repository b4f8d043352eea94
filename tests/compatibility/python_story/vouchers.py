"""Codes one by one: made, changed, switched, and gift cards whose balance moves."""

from typing import Any

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique

FIVE_OFF: dict[str, Any] = {"type": "DISCOUNT_VOUCHER", "discount": {"type": "AMOUNT", "amount_off": 500}}


@tries("VouchersApi.generate_random_code", "VouchersApi.create_voucher", "VouchersApi.get_voucher")
def codes_of_their_own_are_made(shop: Shop) -> None:
    shop.known.own_code = unique("FIVE")
    made = shop.VouchersApi.create_voucher(shop.known.own_code, body={**FIVE_OFF, "redemption": {"quantity": 2}})
    assert (made.code, made.discount.amount_off, made.redemption.quantity) == (shop.known.own_code, 500, 2)
    assert shop.VouchersApi.get_voucher(made.id).code == shop.known.own_code
    assert shop.VouchersApi.generate_random_code(body=FIVE_OFF).code
    with pytest.raises(exceptions.ApiException, match="duplicate_"):
        shop.VouchersApi.create_voucher(shop.known.own_code, body=FIVE_OFF)
    with pytest.raises(exceptions.NotFoundException):
        shop.VouchersApi.get_voucher("NO-SUCH-CODE")


@tries("VouchersApi.update_voucher", "VouchersApi.list_vouchers")
def a_code_is_changed_and_listed(shop: Shop) -> None:
    changed = shop.VouchersApi.update_voucher(shop.known.own_code, body={"metadata": {"wave": 2}})
    assert changed.metadata["wave"] == 2
    assert [voucher.code for voucher in shop.VouchersApi.list_vouchers(code=shop.known.own_code).vouchers] == [
        shop.known.own_code
    ]
    assert shop.VouchersApi.list_vouchers(campaign_id=shop.known.campaign_id, limit=100).total >= 8


@tries("VouchersApi.disable_voucher", "VouchersApi.enable_voucher")
def a_code_rests_and_goes_on(shop: Shop) -> None:
    assert shop.VouchersApi.disable_voucher(shop.known.own_code).active is False
    assert shop.VouchersApi.enable_voucher(shop.known.own_code).active is True


@tries("VouchersApi.update_voucher_balance", "VouchersApi.list_voucher_transactions")
def a_gift_card_is_charged(shop: Shop) -> None:
    shop.known.gift_code = unique("GIFT")
    said = {"type": "GIFT_VOUCHER", "gift": {"amount": 5000}}
    assert shop.VouchersApi.create_voucher(shop.known.gift_code, body=said).gift.balance == 5000
    charged = shop.VouchersApi.update_voucher_balance(shop.known.gift_code, body={"amount": 2500, "reason": "Sorry"})
    assert (charged.amount, charged.balance) == (2500, 7500)
    told = shop.VouchersApi.list_voucher_transactions(shop.known.gift_code).data
    assert [transaction.type for transaction in told] == ["CREDITS_ADDITION"]
    with pytest.raises(exceptions.BadRequestException):
        shop.VouchersApi.update_voucher_balance(shop.known.gift_code, body={"amount": -100000})


@tries("VouchersApi.export_voucher_transactions", "CampaignsApi.list_campaign_transactions")
def what_moved_is_listed_and_taken_out(shop: Shop) -> None:
    assert shop.VouchersApi.export_voucher_transactions(shop.known.gift_code).id
    gift = {"name": unique("Gift cards"), "campaign_type": "GIFT_VOUCHERS", "type": "AUTO_UPDATE", "vouchers_count": 1,
            "voucher": {"type": "GIFT_VOUCHER", "gift": {"amount": 1000}}}  # fmt: skip
    shop.known.gift_campaign_id = shop.CampaignsApi.create_campaign(body=gift).id
    assert shop.CampaignsApi.list_campaign_transactions(shop.known.gift_campaign_id).data == []


@tries("CampaignsApi.export_campaign_transactions")
def what_moved_in_a_campaign_is_taken_out(shop: Shop) -> None:
    assert shop.CampaignsApi.export_campaign_transactions(shop.known.gift_campaign_id).id


@tries("VouchersApi.import_vouchers", "VouchersApi.import_vouchers_using_csv")
def codes_of_their_own_are_brought_in(shop: Shop) -> None:
    first, second = unique("LIST"), unique("FILE")
    order = shop.VouchersApi.import_vouchers([{"code": first, **FIVE_OFF}])
    assert shop.finished(order).status == "DONE"
    content = f"Code,Voucher Type,Value,Discount Type\n{second},DISCOUNT_VOUCHER,5.00,AMOUNT\n".encode()
    assert shop.finished(shop.VouchersApi.import_vouchers_using_csv(file=content)).status == "DONE"
    for code in (first, second):
        assert shop.VouchersApi.get_voucher(code).discount.amount_off == 500


@tries("VouchersApi.update_vouchers_in_bulk", "VouchersApi.update_vouchers_metadata_in_bulk")
def many_codes_are_changed_at_once(shop: Shop) -> None:
    code = shop.known.own_code
    assert (
        shop.finished(shop.VouchersApi.update_vouchers_in_bulk([{"code": code, "metadata": {"a": "1"}}])).status
        == "DONE"
    )
    said = {"codes": [code], "metadata": {"b": "2"}}
    assert shop.finished(shop.VouchersApi.update_vouchers_metadata_in_bulk(said)).status == "DONE"
    assert {"a": "1", "b": "2"}.items() <= shop.VouchersApi.get_voucher(code).metadata.items()


@tries("VouchersApi.delete_voucher")
def a_code_is_deleted(shop: Shop) -> None:
    made = shop.VouchersApi.generate_random_code(body=FIVE_OFF)
    shop.VouchersApi.delete_voucher(made.code, force=True)
    with pytest.raises(exceptions.NotFoundException):
        shop.VouchersApi.get_voucher(made.code)


@tries("CampaignsApi.delete_campaign")
def a_campaign_is_deleted(shop: Shop) -> None:
    shop.CampaignsApi.delete_campaign(shop.known.gift_campaign_id, force=True)
    with pytest.raises(exceptions.NotFoundException):
        shop.CampaignsApi.get_campaign(shop.known.gift_campaign_id)
