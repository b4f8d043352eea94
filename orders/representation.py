"""Goods and orders as the API and the events tell them. Asks the database nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from access.strict_json import moment
from orders.models import Order, OrderItem, Product, ProductCollection, Sku

# What an item says where nothing was noted of it.
NO_SUMS = ("discount_amount", "discount_quantity", "applied_discount_amount", "applied_discount_quantity",
           "applied_quantity", "applied_quantity_amount")  # fmt: skip


def told(at: datetime | None) -> str | None:
    return moment(at) if at else None


def product_json(product: Product) -> dict[str, Any]:
    return {
        "id": product.public_id,
        "source_id": product.source_id,
        "object": "product",
        "name": product.name,
        "price": product.price,
        "attributes": product.attributes,
        "metadata": product.metadata,
        "image_url": product.image_url,
        "created_at": told(product.created_at),
        "updated_at": told(product.updated_at),
    }


def product_with_skus(product: Product, skus: Sequence[Sku], total: int) -> dict[str, Any]:
    """Tell a product together with its variants, or with the first of very many."""
    listed = {"object": "list", "data_ref": "data", "data": [sku_json(sku) for sku in skus], "total": total}
    return {**product_json(product), "skus": listed}


def sku_json(sku: Sku) -> dict[str, Any]:
    """Tell a variant; its product must be loaded."""
    return {
        "id": sku.public_id,
        "source_id": sku.source_id,
        "product_id": sku.product.public_id,
        "sku": sku.sku,
        "price": sku.price,
        "currency": sku.currency,
        "attributes": sku.attributes,
        "image_url": sku.image_url,
        "metadata": sku.metadata,
        "created_at": told(sku.created_at),
        "updated_at": told(sku.updated_at),
        "object": "sku",
    }


def product_reference(product: Product) -> dict[str, Any]:
    """Return what a line of an order says of its product."""
    named = {"id": product.public_id, "source_id": product.source_id, "name": product.name}
    return {**named, "price": product.price, "metadata": product.metadata}


def sku_reference(sku: Sku) -> dict[str, Any]:
    """Return what a line of an order says of its variant."""
    named = {"id": sku.public_id, "source_id": sku.source_id, "sku": sku.sku}
    return {**named, "price": sku.price, "metadata": sku.metadata}


def collection_json(collection: ProductCollection) -> dict[str, Any]:
    """Tell a collection; where it lists its goods, they must be loaded."""
    return {
        "id": collection.public_id,
        "name": collection.name,
        "type": collection.type,
        "filter": collection.filter,
        "products": [_collected(item) for item in collection.items.all()] if collection.type == "STATIC" else None,
        "created_at": told(collection.created_at),
        "object": "products_collection",
    }


def _collected(item: Any) -> dict[str, Any]:
    if item.sku_id:
        return {"id": item.sku.public_id, "product_id": item.sku.product.public_id, "object": "sku"}
    return {"id": item.product.public_id, "product_id": None, "object": "product"}


def order_json(order: Order, redemptions: dict[str, Any] | None = None) -> dict[str, Any]:
    """Tell an order, loaded ``with_names``; which redemptions it came to is known by others."""
    return {
        "id": order.public_id,
        "source_id": order.source_id,
        "status": order.status,
        **sums(order),
        "items": [item_json(item) for item in order.items.all()],
        "metadata": order.metadata,
        "customer": {"id": order.customer.public_id, "object": "customer"} if order.customer else None,
        "customer_id": order.customer.public_id if order.customer else None,
        "referrer": {"id": order.referrer.public_id, "object": "customer"} if order.referrer else None,
        "referrer_id": order.referrer.public_id if order.referrer else None,
        "redemptions": redemptions or {},
        "created_at": told(order.created_at),
        "updated_at": told(order.updated_at),
        "object": "order",
    }


def sums(order: Order) -> dict[str, int]:
    return {
        "amount": order.amount,
        "initial_amount": order.initial_amount,
        "discount_amount": order.discount_amount,
        "items_discount_amount": order.items_discount_amount,
        "total_discount_amount": order.total_discount_amount,
        "total_amount": order.amount - order.total_discount_amount,
        "applied_discount_amount": order.applied_discount_amount,
        "items_applied_discount_amount": order.items_applied_discount_amount,
        "total_applied_discount_amount": order.total_applied_discount_amount,
    }


def item_json(item: OrderItem) -> dict[str, Any]:
    product, sku = item.told.get("product"), item.told.get("sku")
    return {
        "id": item.public_id,
        "object": "order_item",
        "source_id": item.source_id,
        "related_object": item.related_object,
        "product_id": product.get("id") if product else None,
        "sku_id": sku.get("id") if sku else None,
        "quantity": item.quantity,
        "price": item.price,
        "amount": item.amount,
        **dict.fromkeys(NO_SUMS, 0),
        "initial_quantity": item.quantity,
        "initial_amount": item.amount,
        "subtotal_amount": item.amount,
        **item.sums,
        "product": product,
        "sku": sku,
        "metadata": item.metadata,
    }
