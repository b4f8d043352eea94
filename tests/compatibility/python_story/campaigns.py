"""Campaigns of discounts and gift cards, their codes, and who gets them."""

from typing import Any

import pytest
import voucherify
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique
from tests.product import eventually


def filled(shop: Shop, campaign_id: str) -> Any:
    get = shop.CampaignsApi.get_campaign
    return eventually(lambda: (found := get(campaign_id)).vouchers_generation_status == "DONE" and found)


def discount_campaign(**more: Any) -> dict[str, Any]:
    discount = {"type": "PERCENT", "percent_off": 5, "effect": "APPLY_TO_ORDER"}
    voucher = {"type": "DISCOUNT_VOUCHER", "discount": discount, "redemption": {"quantity": 1}}
    base = {"name": unique("Come back"), "campaign_type": "DISCOUNT_COUPONS", "type": "AUTO_UPDATE"}
    return {**base, "vouchers_count": 5, "voucher": {**voucher, "code_config": {"pattern": "BACK-####-####"}}, **more}


@tries("CampaignsApi.create_campaign", "CampaignsApi.get_campaign")
def a_campaign_is_made_and_its_codes_come(shop: Shop) -> None:
    said = discount_campaign()
    made = shop.CampaignsApi.create_campaign(body=said)
    shop.known.campaign_id, shop.known.campaign_name = made.id, made.name
    assert filled(shop, made.id).vouchers_count == 5
    assert shop.CampaignsApi.get_campaign(said["name"]).id == made.id
    with pytest.raises(exceptions.ApiException, match="duplicate_found"):
        shop.CampaignsApi.create_campaign(body=said)


@tries("CampaignsApi.update_campaign", "CampaignsApi.list_campaigns")
def a_campaign_is_changed_and_listed(shop: Shop) -> None:
    changed = shop.CampaignsApi.update_campaign(shop.known.campaign_id, body={"description": "For who left"})
    assert changed.description == "For who left"
    listed = shop.CampaignsApi.list_campaigns(limit=100, campaign_type="DISCOUNT_COUPONS").campaigns
    assert shop.known.campaign_id in [campaign.id for campaign in listed]


@tries("CampaignsApi.disable_campaign", "CampaignsApi.enable_campaign")
def a_campaign_rests_and_goes_on(shop: Shop) -> None:
    shop.CampaignsApi.disable_campaign(shop.known.campaign_id)
    assert shop.CampaignsApi.get_campaign(shop.known.campaign_id).active is False
    shop.CampaignsApi.enable_campaign(shop.known.campaign_id)
    assert shop.CampaignsApi.get_campaign(shop.known.campaign_id).active is True


@tries("CampaignsApi.add_vouchers_to_campaign", "CampaignsApi.add_voucher_with_specific_code_to_campaign")
def codes_are_added(shop: Shop) -> None:
    shop.CampaignsApi.add_vouchers_to_campaign(shop.known.campaign_id, vouchers_count=3)
    assert filled(shop, shop.known.campaign_id).vouchers_count == 8
    shop.known.code = unique("OWN")
    added = shop.CampaignsApi.add_voucher_with_specific_code_to_campaign(shop.known.campaign_id, shop.known.code)
    assert (added.code, added.campaign_id) == (shop.known.code, shop.known.campaign_id)


@tries("CampaignsApi.import_vouchers_to_campaign", "CampaignsApi.import_vouchers_to_campaign_using_csv")
def codes_are_brought_in(shop: Shop) -> None:
    first, second = unique("LIST"), unique("FILE")
    order = shop.CampaignsApi.import_vouchers_to_campaign(shop.known.campaign_id, body=[{"code": first}])
    assert shop.finished(order).status == "DONE"
    content = f"Code\n{second}\n".encode()
    order = shop.CampaignsApi.import_vouchers_to_campaign_using_csv(shop.known.campaign_id, file=content)
    assert shop.finished(order).status == "DONE"
    for code in (first, second):
        assert shop.VouchersApi.get_voucher(code).campaign_id == shop.known.campaign_id


@tries("PublicationsApi.create_publication", "PublicationsApi.list_publications")
def a_customer_gets_a_code_and_the_same_one_again(shop: Shop) -> None:
    said = {"campaign": {"name": shop.known.campaign_name}, "customer": {"source_id": shop.known.source_id},
            "source_id": unique("mail")}  # fmt: skip
    first = shop.PublicationsApi.create_publication(body=said)
    again = shop.PublicationsApi.create_publication(body=said)
    assert (first.voucher.code, first.id) == (again.voucher.code, again.id)
    shop.known.published_code = first.voucher.code
    joined = shop.PublicationsApi.create_publication(join_once=True, body={**said, "source_id": None})
    assert joined.voucher.code == first.voucher.code
    listed = shop.PublicationsApi.list_publications(customer=shop.known.customer_id, limit=100).publications
    assert first.id in [publication.id for publication in listed]


@tries("PublicationsApi.create_publication1")
def only_an_integration_may_publish_by_an_address(shop: Shop) -> None:
    customer = voucherify.Customer(source_id=shop.known.source_id)
    with pytest.raises(exceptions.ForbiddenException, match="integration_api_key_required"):
        shop.PublicationsApi.create_publication1(customer, source_id=unique("get"))


@tries("CampaignsApi.get_campaign_summary")
def a_campaign_sums_itself_up(shop: Shop) -> None:
    assert shop.CampaignsApi.get_campaign_summary(shop.known.campaign_id) is not None


@tries("CustomersApi.list_customer_redeemables")
def her_wallet_holds_the_code(shop: Shop) -> None:
    wallet = shop.CustomersApi.list_customer_redeemables(shop.known.source_id).data
    assert [holding.redeemable_object for holding in wallet] == ["voucher"]


@tries(
    "CategoriesApi.create_category",
    "CategoriesApi.get_category",
    "CategoriesApi.update_category",
    "CategoriesApi.list_categories",
    "CategoriesApi.delete_category",
)
def incentives_are_sorted_into_categories(shop: Shop) -> None:
    made = shop.CategoriesApi.create_category(body={"name": unique("First"), "hierarchy": 7})
    assert shop.CategoriesApi.get_category(made.id).hierarchy == 7
    changed = shop.CategoriesApi.update_category(made.id, body={"name": made.name, "hierarchy": 8})
    assert changed.hierarchy == 8
    assert made.id in [category.id for category in shop.CategoriesApi.list_categories().data]
    shop.CategoriesApi.delete_category(made.id)


@tries()
def a_campaign_without_a_discount_is_refused(shop: Shop) -> None:
    said = {"name": unique("Nothing"), "campaign_type": "DISCOUNT_COUPONS", "voucher": {"type": "DISCOUNT_VOUCHER"}}
    with pytest.raises(exceptions.BadRequestException, match="invalid_campaign"):
        shop.CampaignsApi.create_campaign(body=said)
