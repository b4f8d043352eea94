"""How the project is set up: event schemas, metadata schemas, who else is told of events."""

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique


@tries("ManagementApi.list_projects")
def the_one_project_is_listed(shop: Shop) -> None:
    [project] = shop.ManagementApi.list_projects().data
    shop.known.project_id = project.id


@tries(
    "ManagementApi.create_custom_event_schema",
    "ManagementApi.get_custom_event_schema",
    "ManagementApi.update_custom_event_schema",
    "ManagementApi.list_custom_event_schemas",
    "ManagementApi.delete_custom_event_schema",
)
def an_event_is_declared_and_held_to_it(shop: Shop) -> None:
    api, project, name = shop.ManagementApi, shop.known.project_id, unique("page_viewed")
    number = {"type": "number", "optional": True, "deleted": False}
    made = api.create_custom_event_schema(project, body={"name": name, "schema": {"properties": {"seconds": number}}})
    assert api.get_custom_event_schema(project, made.id).name == name
    said = {"event": name, "customer": {"source_id": shop.known.source_id}, "metadata": {"seconds": "many"}}
    with pytest.raises(exceptions.BadRequestException, match="metadata_validation_failed"):
        shop.EventsApi.track_custom_event(body=said)
    api.update_custom_event_schema(project, made.id, body={"schema": {"properties": {"page": {"type": "string"}}}})
    assert made.id in [schema.id for schema in api.list_custom_event_schemas(project).data]
    api.delete_custom_event_schema(project, made.id)


@tries(
    "ManagementApi.create_metadata_schema",
    "ManagementApi.get_metadata_schema1",
    "ManagementApi.update_metadata_schema",
    "ManagementApi.list_metadata_schemas1",
    "ManagementApi.delete_metadata_schema",
    "MetadataSchemasApi.get_metadata_schema",
    "MetadataSchemasApi.list_metadata_schemas",
)
def metadata_is_declared_and_held_to_it(shop: Shop) -> None:
    api, project = shop.ManagementApi, shop.known.project_id
    text = {"type": "string", "array": False, "optional": True, "objectType": None, "deleted": False}
    said = {"related_object": "product", "properties": {"material": text}, "allow_defined_only": False}
    made = api.create_metadata_schema(project, body=said)
    assert api.get_metadata_schema1(project, made.id).related_object == "product"
    with pytest.raises(exceptions.BadRequestException, match="metadata_validation_failed"):
        shop.ProductsApi.create_product(body={"source_id": unique("odd"), "metadata": {"material": 7}})
    assert shop.MetadataSchemasApi.get_metadata_schema("product").related_object == "product"
    assert "product" in [schema.related_object for schema in shop.MetadataSchemasApi.list_metadata_schemas().schemas]
    assert made.id in [schema.id for schema in api.list_metadata_schemas1(project).data]
    api.update_metadata_schema(project, made.id, body={"properties": {"size": text}, "allow_defined_only": False})
    api.delete_metadata_schema(project, made.id)


@tries(
    "ManagementApi.create_webhook",
    "ManagementApi.get_webhook",
    "ManagementApi.list_webhooks",
    "ManagementApi.update_webhook",
    "ManagementApi.delete_webhook",
)
def another_system_is_told(shop: Shop) -> None:
    api, project = shop.ManagementApi, shop.known.project_id
    address = "https://hooks.shop.example/in"
    asked = ["redemption.succeeded", "voucher.gift.balance_aded"]
    made = api.create_webhook(project, body={"target_url": address, "events": asked})
    assert (made.target_url, made.events, made.active) == (address, asked, True)
    api.update_webhook(project, made.id, body={"events": ["customer.created"], "active": False})
    kept = api.get_webhook(project, made.id)
    assert (kept.target_url, kept.events, kept.active) == (address, ["customer.created"], False)
    with pytest.raises(exceptions.BadRequestException, match="invalid_payload"):
        api.create_webhook(project, body={"target_url": "ftp://shop.example", "events": asked})
    assert made.id in [webhook.id for webhook in api.list_webhooks(project).data]
    api.delete_webhook(project, made.id)
    with pytest.raises(exceptions.NotFoundException):
        api.get_webhook(project, made.id)
