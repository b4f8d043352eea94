"""Customers in the admin: the list, one customer's page, and the form that writes her through ``identify``."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_http_methods
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

from access.problems import Problem, request_id_of
from customers import consenting, preferring, stopping
from customers.forms import CustomerForm, FactFormSet, facts_of, metadata_of
from customers.models import Customer, Suppression
from customers.panels import panels_of
from customers.searching import search
from customers.suppressing import suppressed
from customers.views import importing, leaving, suppressions
from customers.wording import in_words
from events import tracking

may_see = permission_required("customers.view_customer", raise_exception=True)
may_add = permission_required("customers.add_customer", raise_exception=True)
may_change = permission_required("customers.change_customer", raise_exception=True)
WRITTEN_BY = "USER_PORTAL"


def _customer(key: str) -> Customer:
    """Return a customer by her number in the admin, or by either of her ids."""
    if key.isdecimal() and len(key) < 19:
        return get_object_or_404(Customer, pk=int(key))
    customer = Customer.objects.named(key.replace("\0", ""))
    if customer is None:
        raise Http404
    return cast(Customer, customer)


@may_see
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    customer = _customer(key)
    address = [part for part in (customer.address or {}).values() if part]
    context = {
        "title": str(customer),
        "customer": customer,
        "address": address,
        "metadata": [(name, in_words(value)) for name, value in sorted(customer.metadata.items())],
        "panels": panels_of(customer),
        "consents": [(consenting.in_words(name), given) for name, given in consenting.current(customer).items()],
        "preferences_url": preferring.address_of(customer.pk) if customer.email or customer.phone else "",
        "refuses_mail": "email" in customer.refuses or bool(customer.email and suppressed("email", [customer.email])),
    }
    return render(request, "customers/page.html", context)


@may_add
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    return _write(request, _customer(key))


def _write(request: HttpRequest, customer: Customer | None) -> HttpResponse:
    form = CustomerForm(request.POST or None, customer)
    # Posted rows are never compared with what is stored now, which may have changed since the page was opened.
    initial = facts_of(customer) if customer and not request.POST else None
    rows = FactFormSet(request.POST or None, prefix="facts", initial=initial)
    is_complete = request.method == "POST" and form.is_valid() and rows.is_valid()
    written = _identified(request, form, rows, customer) if is_complete else None
    if written:
        messages.success(request, f"{written} is saved.")
        return redirect("admin:customers_customer_change", written.pk)
    changelist = reverse("admin:customers_customer_changelist")
    context = {
        "title": f"Edit {customer}" if customer else "New customer",
        "form": form,
        "rows": rows,
        "back": reverse("admin:customers_customer_change", args=[customer.pk]) if customer else changelist,
    }
    return render(request, "customers/form.html", context, status=400 if form.is_bound else 200)


def _identified(request: HttpRequest, form: CustomerForm, rows: Any, customer: Customer | None) -> Customer | None:
    """Write the customer, or put the reason why not on the form."""
    try:
        profile = form.profile(metadata_of(rows, customer))
        return tracking.identify(profile, source=WRITTEN_BY, group_id=request_id_of(request)).customer
    except Problem as problem:
        form.add_error(None, problem.sentence.replace("customer.", "The customer's "))
        return None


@admin.register(Customer)
class CustomerAdmin(ModelAdmin):
    list_display = ["who", "email", "source_id", "joined"]
    list_per_page = 50
    search_fields = ["name"]
    search_help_text = "Part of a name, or the beginning of an e-mail or source id"
    paginator = InfinitePaginator
    show_full_result_count = False
    actions = None
    actions_list = ["bring"]

    @display(description="Customer")
    def who(self, customer: Customer) -> str:
        return str(customer)

    @display(description="Joined")
    def joined(self, customer: Customer) -> Any:
        return customer.created_at

    @action(description="Import", url_path="bring", permissions=["add"])
    def bring(self, _request: HttpRequest) -> HttpResponse:
        return redirect("admin:customers_customer_import")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        return search(queryset, search_term), False

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view
        own = [
            path("import/", page(importing.importing), name="customers_customer_import"),
            path("import/<str:key>/", page(importing.imported), name="customers_customer_imported"),
            path("<int:pk>/leave/", page(leaving.leave), name="customers_customer_leave"),
            path("<str:key>/edit/", page(edit), name="customers_customer_edit"),
        ]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, _request: HttpRequest, _obj: Customer | None = None) -> bool:
        """Erasing a person is an operation of its own, with its own record; not a button of a list."""
        return False

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return page(request, object_id)


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    """Addresses that are not written to. Only hashes of them are kept, so a search takes a whole address."""

    list_display = ["who", "channel", "shown_reason", "source", "created_at"]
    list_filter = ["channel", "reason"]
    list_select_related = ["customer"]
    search_fields = ["address_hash"]
    search_help_text = "A whole address or number"
    paginator = InfinitePaginator
    show_full_result_count = False
    list_per_page = 50
    actions = None

    @display(description="Whose")
    def who(self, row: Suppression) -> str:
        return str(row.customer) if row.customer else "no customer we know"

    @display(description="Why", ordering="reason", label={"Bounced": "warning", "Complained": "danger"})
    def shown_reason(self, row: Suppression) -> str:
        return row.get_reason_display()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        return (stopping.of_address(queryset, search_term) if search_term.strip() else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Stopped addresses", **(extra_context or {})})

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        return suppressions.add(request)

    def change_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        return suppressions.page(request, int(object_id))

    def delete_view(self, request: HttpRequest, object_id: str, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Lifting asks why: it is on the page of the address."""
        return redirect("admin:customers_suppression_change", object_id)
