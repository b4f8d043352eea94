"""Customers go: out of the list, or out of every table."""

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique


@tries("SegmentsApi.delete_segment")
def a_segment_is_deleted(shop: Shop) -> None:
    shop.SegmentsApi.delete_segment(shop.known.segment_id)
    with pytest.raises(exceptions.NotFoundException):
        shop.SegmentsApi.get_segment(shop.known.segment_id)


@tries("ProductsApi.delete_sku", "ProductsApi.delete_product")
def a_product_goes_with_its_variants(shop: Shop) -> None:
    product = shop.ProductsApi.create_product(body={"source_id": unique("gone"), "name": "Gone"})
    sku = shop.ProductsApi.create_sku(product.id, body={"source_id": unique("gone-s"), "sku": "S"})
    shop.ProductsApi.delete_sku(product.id, sku.id, force=True)
    shop.ProductsApi.delete_product(product.id, force=True)
    with pytest.raises(exceptions.NotFoundException):
        shop.ProductsApi.get_product(product.id)


@tries("CustomersApi.delete_customer")
def a_customer_is_deleted(shop: Shop) -> None:
    source_id = unique("gone")
    shop.CustomersApi.create_customer(body={"source_id": source_id})
    shop.CustomersApi.delete_customer(source_id)
    with pytest.raises(exceptions.NotFoundException):
        shop.CustomersApi.get_customer(source_id)


@tries("CustomersApi.customer_permanently_deletion")
def a_customer_is_forgotten_for_good(shop: Shop) -> None:
    told = shop.CustomersApi.customer_permanently_deletion(shop.known.source_id)
    assert (told.status, told.related_object_id) == ("DONE", shop.known.customer_id)
    with pytest.raises(exceptions.NotFoundException):
        shop.CustomersApi.get_customer(shop.known.source_id)
