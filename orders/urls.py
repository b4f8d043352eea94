"""The addresses of goods and orders."""

from django.urls import URLPattern, path

from orders.api import collections, orders, products

api_patterns: list[URLPattern] = [
    path("v1/products", products.Products.as_view()),
    path("v1/products/importCSV", products.ImportProducts.as_view()),
    path("v1/products/bulk/async", products.ProductsInBulk.as_view()),
    path("v1/products/metadata/async", products.ProductMetadata.as_view()),
    path("v1/products/<str:named>", products.OneProduct.as_view()),
    path("v1/products/<str:named>/skus", products.ProductSkus.as_view()),
    path("v1/products/<str:named>/skus/<str:sku>", products.OneProductSku.as_view()),
    path("v1/skus/importCSV", products.ImportSkus.as_view()),
    path("v1/skus/<str:named>", products.OneSku.as_view()),
    path("v1/product-collections", collections.Collections.as_view()),
    path("v1/product-collections/<str:named>", collections.OneCollection.as_view()),
    path("v1/product-collections/<str:named>/products", collections.CollectedProducts.as_view()),
    path("v1/orders", orders.Orders.as_view()),
    path("v1/orders/import", orders.ImportOrders.as_view()),
    path("v1/orders/<str:named>", orders.OneOrder.as_view()),
]
