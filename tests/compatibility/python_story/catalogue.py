"""What the shop sells, and what is bought: products, their variants, collections, orders."""

import pytest
from voucherify import exceptions

from tests.compatibility.python_story.story import tries
from tests.compatibility.shop import Shop, unique


@tries("ProductsApi.create_product", "ProductsApi.get_product")
def a_product_is_made_and_found_by_either_id(shop: Shop) -> None:
    shop.known.product_source = unique("tee")
    said = {"source_id": shop.known.product_source, "name": "T-shirt", "price": 3000, "metadata": {"color": "red"}}
    made = shop.ProductsApi.create_product(body=said)
    shop.known.product_id = made.id
    assert shop.ProductsApi.get_product(shop.known.product_source).id == made.id
    assert shop.ProductsApi.create_product(body=said).id == made.id
    with pytest.raises(exceptions.NotFoundException):
        shop.ProductsApi.get_product("nothing")


@tries("ProductsApi.update_product", "ProductsApi.list_products")
def a_product_is_changed_and_listed(shop: Shop) -> None:
    assert shop.ProductsApi.update_product(shop.known.product_id, body={"price": 2500}).price == 2500
    assert shop.known.product_id in [product.id for product in shop.ProductsApi.list_products(limit=100).products]


@tries("ProductsApi.create_sku", "ProductsApi.get_sku", "ProductsApi.update_sku", "ProductsApi.list_skus_in_product")
def a_product_has_variants(shop: Shop) -> None:
    shop.known.sku_source = unique("tee-red-m")
    said = {"source_id": shop.known.sku_source, "sku": "Red, M", "price": 3100}
    sku = shop.ProductsApi.create_sku(shop.known.product_id, body=said)
    assert shop.ProductsApi.get_sku(sku.id).sku == "Red, M"
    assert shop.ProductsApi.update_sku(shop.known.product_id, sku.id, body={"price": 3200}).price == 3200
    assert [one.id for one in shop.ProductsApi.list_skus_in_product(shop.known.product_id).skus] == [sku.id]


@tries("ProductsApi.update_products_in_bulk", "ProductsApi.update_products_metadata_in_bulk")
def many_products_are_changed_at_once(shop: Shop) -> None:
    source = shop.known.product_source
    order = shop.ProductsApi.update_products_in_bulk(body=[{"source_id": source, "name": "Tee", "price": 2600}])
    assert shop.finished(order).status == "DONE"
    said = {"source_ids": [source], "metadata": {"season": "spring"}}
    assert shop.finished(shop.ProductsApi.update_products_metadata_in_bulk(body=said)).status == "DONE"
    product = shop.ProductsApi.get_product(source)
    assert (product.name, product.price, product.metadata["season"]) == ("Tee", 2600, "spring")


@tries("ProductsApi.import_products_using_csv", "ProductsApi.import_skus_using_csv")
def products_and_variants_come_from_files(shop: Shop) -> None:
    source, sku = unique("mug"), unique("mug-blue")
    products = f"name,source_id,price\nMug,{source},12.50\n".encode()
    assert shop.finished(shop.ProductsApi.import_products_using_csv(file=products)).status == "DONE"
    skus = f"product_id,sku,source_id,price\n{source},Blue,{sku},13.00\n".encode()
    assert shop.finished(shop.ProductsApi.import_skus_using_csv(file=skus)).status == "DONE"
    assert shop.ProductsApi.get_product(source).name == "Mug"
    assert shop.ProductsApi.get_sku(sku).sku == "Blue"


@tries(
    "ProductCollectionsApi.create_product_collection",
    "ProductCollectionsApi.get_product_collection",
    "ProductCollectionsApi.list_product_collections",
    "ProductCollectionsApi.list_products_in_collection",
    "ProductCollectionsApi.delete_product_collection",
)
def products_are_collected(shop: Shop) -> None:
    said = {
        "type": "STATIC",
        "name": unique("Shirts"),
        "products": [{"id": shop.known.product_id, "object": "product"}],
    }
    made = shop.ProductCollectionsApi.create_product_collection(body=said)
    assert shop.ProductCollectionsApi.get_product_collection(made.id).name == said["name"]
    assert made.id in [one.id for one in shop.ProductCollectionsApi.list_product_collections(limit=100).data]
    assert shop.ProductCollectionsApi.list_products_in_collection(made.id).total == 1
    shop.ProductCollectionsApi.delete_product_collection(made.id)
    with pytest.raises(exceptions.NotFoundException):
        shop.ProductCollectionsApi.get_product_collection(made.id)


@tries("OrdersApi.create_order", "OrdersApi.get_order")
def an_order_is_placed_once_however_often_it_is_sent(shop: Shop) -> None:
    shop.known.order_source = unique("order")
    item = {"source_id": shop.known.product_source, "related_object": "product", "quantity": 2, "price": 2600}
    said = {"source_id": shop.known.order_source, "customer": {"source_id": shop.known.source_id}, "items": [item]}
    made = shop.OrdersApi.create_order(body=said)
    assert (made.amount, made.status, made.customer.id) == (5200, "CREATED", shop.known.customer_id)
    assert shop.OrdersApi.create_order(body=said).id == made.id
    assert shop.OrdersApi.get_order(shop.known.order_source).total_amount == 5200
    with pytest.raises(exceptions.NotFoundException):
        shop.OrdersApi.get_order("nothing")


@tries("OrdersApi.update_order", "OrdersApi.list_orders")
def an_order_is_paid_and_listed(shop: Shop) -> None:
    assert shop.OrdersApi.update_order(shop.known.order_source, body={"status": "PAID"}).status == "PAID"
    assert shop.known.order_source in [order.source_id for order in shop.OrdersApi.list_orders(limit=100).orders]
    assert shop.CustomersApi.get_customer(shop.known.source_id).summary.orders.total_amount == 5200


@tries("OrdersApi.import_orders")
def orders_of_the_past_are_brought_in(shop: Shop) -> None:
    said = {
        "source_id": unique("past"),
        "status": "PAID",
        "amount": 900,
        "customer": {"source_id": shop.known.source_id},
    }
    assert shop.finished(shop.OrdersApi.import_orders(body=[said])).status == "DONE"
    assert shop.OrdersApi.get_order(said["source_id"]).amount == 900
