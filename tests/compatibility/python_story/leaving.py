"""What leaves the house: files, and webhooks that tell other systems."""

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


@tries(
    "ManagementApi.list_projects",
    "ManagementApi.create_webhook",
    "ManagementApi.get_webhook",
    "ManagementApi.update_webhook",
    "ManagementApi.list_webhooks",
    "ManagementApi.delete_webhook",
)
def another_system_is_told_of_redemptions(shop: Shop) -> None:
    project = shop.ManagementApi.list_projects().data[0].id
    shop.known.project_id = project
    said = {"target_url": "http://127.0.0.1:9/hook", "events": ["redemption.succeeded"], "active": True}
    made = shop.ManagementApi.create_webhook(project, body=said)
    assert shop.ManagementApi.get_webhook(project, made.id).target_url == said["target_url"]
    changed = shop.ManagementApi.update_webhook(project, made.id, body={"active": False})
    assert changed.active is False
    assert made.id in [webhook.id for webhook in shop.ManagementApi.list_webhooks(project).data]
    shop.ManagementApi.delete_webhook(project, made.id)
    with pytest.raises(exceptions.NotFoundException):
        shop.ManagementApi.get_webhook(project, made.id)
