"""Orders, products and collections in the admin: their lists; their pages are in ``views``."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from access import money, project
from orders import showing
from orders.models import Order, Product, ProductCollection
from orders.views import collections, importing, orders, products

MOMENT = "%Y-%m-%d %H:%M UTC"
TONES = {"Created": "default", "Paid": "success", "Canceled": "warning", "Fulfilled": "info"}


class PricedChangeList(ChangeList):
    """Says the amounts on the page in the project's currency, which is read once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        currency = project.current().currency
        for row in self.result_list:
            amount = row.total_amount if isinstance(row, Order) else row.price
            row.shown_amount = "–" if amount is None else money.in_words(amount, currency)


class ProductChangeList(PricedChangeList):
    """Counts the variants of the products on the page, in one query."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        counts = showing.variants_of(self.result_list)
        for product in self.result_list:
            product.shown_variants = counts.get(product.pk, 0)


class Listed(ModelAdmin):
    """A list of very many rows, each with a page of its own."""

    list_per_page = 50
    paginator = InfinitePaginator
    show_full_result_count = False
    ordering = ["-id"]
    actions = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PricedChangeList


@admin.register(Order)
class OrderAdmin(Listed):
    list_display = ["name", "customer_link", "total", "state", "placed"]
    list_select_related = ["customer"]
    list_filter = ["status"]
    # Orders of the past come in late.
    ordering = ["-created_at", "-id"]
    search_fields = ["source_id"]
    search_help_text = "The beginning of the shop's order id, or a customer's source id or e-mail"

    @display(description="Order")
    def name(self, order: Order) -> str:
        return format_html('<span class="f-break">{}</span>', order)

    @display(description="Customer")
    def customer_link(self, order: Order) -> str:
        if order.customer is None:
            return "–"
        address = reverse("admin:customers_customer_change", args=[order.customer_id])
        return format_html('<a class="f-link" href="{}">{}</a>', address, order.customer)

    @display(description="Total")
    def total(self, order: Any) -> str:
        return order.shown_amount

    @display(description="Status", label=TONES)
    def state(self, order: Order) -> str:
        return order.get_status_display()

    @display(description="Placed")
    def placed(self, order: Order) -> str:
        return f"{order.created_at:{MOMENT}}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        text = search_term.strip()
        return (showing.search_orders(queryset, text) if text else queryset), False

    def get_urls(self) -> list[URLPattern]:
        status = self.admin_site.admin_view(orders.set_status)
        return [path("<str:key>/status/", status, name="orders_order_status"), *super().get_urls()]

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Orders are placed by the shop."""
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Order | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return orders.page(request, object_id)


@admin.register(Product)
class ProductAdmin(Listed):
    list_display = ["title", "source_id", "price_in_words", "variants", "added"]
    search_fields = ["name"]
    search_help_text = "The beginning of a name or source id, or an id of the product or of a variant"
    actions_list = ["bring"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ProductChangeList

    @display(description="Product")
    def title(self, product: Product) -> str:
        return str(product)

    @display(description="Price")
    def price_in_words(self, product: Any) -> str:
        return product.shown_amount

    @display(description="Added")
    def added(self, product: Product) -> str:
        return f"{product.created_at:{MOMENT}}"

    @display(description="Variants")
    def variants(self, product: Any) -> str:
        return f"{product.shown_variants:,}" if product.shown_variants else "–"

    @action(description="Import", url_path="bring", permissions=["add"])
    def bring(self, _request: HttpRequest) -> HttpResponse:
        return redirect("admin:orders_product_import")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        text = search_term.strip()
        return (showing.search_goods(queryset, text) if text else queryset), False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("import/", page(importing.importing), name="orders_product_import"),
            path("import/<str:key>/", page(importing.imported), name="orders_product_imported"),
            path("<str:key>/edit/", page(products.edit), name="orders_product_edit"),
            path("<str:key>/delete/", page(products.delete), name="orders_product_delete"),
            path("<str:key>/sku/", page(products.sku), name="orders_product_sku"),
            path("<str:key>/sku/<str:sku>/", page(products.sku), name="orders_product_sku_edit"),
            path("<str:key>/sku/<str:sku>/delete/", page(products.delete_sku), name="orders_product_sku_delete"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return products.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return products.page(request, object_id)


@admin.register(ProductCollection)
class ProductCollectionAdmin(ModelAdmin):
    list_display = ["name", "kind", "added"]
    search_fields = ["name", "public_id"]
    search_help_text = "Name or id"
    show_full_result_count = False
    actions = None

    @display(description="Added")
    def added(self, collection: ProductCollection) -> str:
        return f"{collection.created_at:{MOMENT}}"

    @display(description="Kind")
    def kind(self, collection: ProductCollection) -> str:
        return collection.get_type_display()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("<str:key>/edit/", page(collections.edit), name="orders_productcollection_edit"),
            path("<str:key>/delete/", page(collections.delete), name="orders_productcollection_delete"),
        ]
        return [*own, *super().get_urls()]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return collections.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return collections.page(request, object_id)
