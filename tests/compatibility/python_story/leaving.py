"""What leaves the house: files."""

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop
from tests.product import eventually


@tries(
    "ExportsApi.create_export",
    "ExportsApi.get_export",
    "ExportsApi.list_exports",
    "ExportsApi.download_export",
    "ExportsApi.delete_export",
)
def a_file_is_made_fetched_and_deleted(shop: Shop) -> None:
    said = {"exported_object": "customer", "parameters": {"fields": ["name", "source_id"]}}
    made = shop.ExportsApi.create_export(body=said)
    done = eventually(lambda: (found := shop.ExportsApi.get_export(made.id)).status == "DONE" and found)
    token = done.result.url.rpartition("token=")[2]
    assert shop.ExportsApi.download_export(made.id, token=token).startswith("name,source_id")
    with pytest.raises(exceptions.UnauthorizedException):
        shop.ExportsApi.download_export(made.id, token="guessed")
    assert made.id in [export.id for export in shop.ExportsApi.list_exports(limit=100).exports]
    shop.ExportsApi.delete_export(made.id)
    with pytest.raises(exceptions.NotFoundException):
        shop.ExportsApi.get_export(made.id)


@tries("OrdersApi.create_order_export")
def orders_are_taken_out(shop: Shop) -> None:
    made = shop.OrdersApi.create_order_export(body={"parameters": {"fields": ["id", "source_id", "status"]}})
    assert eventually(lambda: shop.ExportsApi.get_export(made.id).status == "DONE")


@tries()
def a_field_of_another_object_is_refused(shop: Shop) -> None:
    said = {"exported_object": "publication", "parameters": {"fields": ["voucher_code", "gift_amount"]}}
    with pytest.raises((ValueError, exceptions.BadRequestException)):
        shop.ExportsApi.create_export(body=said)
