"""What happened at the till, in a list."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

from campaigns import uses
from campaigns.models import Redemption
from campaigns.views import redemptions


class PricedChangeList(ChangeList):
    """Says the amounts on the page in the project's currency, asked once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        uses.price(self.result_list)


@admin.register(Redemption)
class RedemptionAdmin(ModelAdmin):
    """All that happened at the till, refusals and what was taken back included, latest first."""

    list_display = ["what", "thing", "customer_link", "order_link", "discount", "at"]
    list_filter = ["result", "is_rollback"]
    list_select_related = ["customer", *uses.SHOWN]
    list_per_page = 50
    search_fields = ["voucher__code"]
    search_help_text = "The beginning of a code, or a customer's source id or e-mail"
    ordering = ["-id"]
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = None
    list_display_links = None

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(redemptions.take_back)
        return [path("<str:key>/take-back/", page, name="campaigns_redemption_take_back"), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return redemptions.page(request, object_id)

    @display(description="What")
    def what(self, redemption: Redemption) -> str:
        address = reverse("admin:campaigns_redemption_change", args=[redemption.public_id])
        said, tone = uses.outcome(redemption)
        return format_html('<a class="f-pill is-{}" href="{}">{}</a>', tone, address, said)

    @display(description="Code or promotion")
    def thing(self, redemption: Redemption) -> str:
        if redemption.voucher is None or redemption.voucher.deleted_at is not None:
            return uses.named(redemption)
        address = reverse("admin:campaigns_voucher_change", args=[redemption.voucher.public_id])
        return format_html('<a class="f-link" href="{}">{}</a>', address, redemption.voucher)

    @display(description="Customer")
    def customer_link(self, redemption: Redemption) -> str:
        if redemption.customer is None:
            return "nobody who is known"
        address = reverse("admin:customers_customer_change", args=[redemption.customer_id])
        return format_html('<a class="f-link" href="{}">{}</a>', address, redemption.customer)

    @display(description="Order")
    def order_link(self, redemption: Any) -> str:
        if not redemption.order_public_id:
            return ""
        address = reverse("admin:orders_order_change", args=[redemption.order_public_id])
        return format_html('<a class="f-link" href="{}">{}</a>', address, redemption.shown_order)

    @display(description="Discount, or why not")
    def discount(self, redemption: Any) -> str:
        if redemption.result == Redemption.Result.FAILURE:
            return redemption.failure_message or redemption.failure_code
        return redemption.shown_discount

    @display(description="When", ordering="id")
    def at(self, redemption: Redemption) -> str:
        return f"{redemption.created_at:%Y-%m-%d %H:%M} UTC"

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Redemption], bool]:
        return (uses.search(queryset, search_term) if search_term else queryset), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PricedChangeList

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Codes are redeemed by the shop."""
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Redemption | None = None) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Redemption | None = None) -> bool:
        return False
