"""What is sold and what was bought."""

from orders.models.goods import CollectedItem, Product, ProductCollection, Sku
from orders.models.order import Order, OrderItem, OrderSummary

__all__ = ["CollectedItem", "Order", "OrderItem", "OrderSummary", "Product", "ProductCollection", "Sku"]
