"""The pages of products and their variants inside the admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import project
from access.problems import Problem
from customers.forms import FactFormSet, facts_of, metadata_of
from customers.wording import in_words
from orders import goods, showing
from orders.forms import ProductForm, SkuForm
from orders.models import Product, Sku
from orders.views.finding import by, may_add, may_change, may_delete, may_see, record, the_product, the_sku


@may_see
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    product = the_product(key)
    currency = project.current().currency
    context = {
        "title": str(product),
        "product": product,
        "price": showing.price_of(product, currency),
        "skus": showing.skus_of(product, currency),
        "collections": showing.collections_listing(product),
        "metadata": [(name, in_words(value)) for name, value in sorted(product.metadata.items())],
    }
    return render(request, "orders/product.html", context)


@may_add
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _write(request, None)


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    return _write(request, the_product(key))


def _write(request: HttpRequest, product: Product | None) -> HttpResponse:
    form, rows = ProductForm(request.POST or None, product), _rows(request, product)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        saved = _saved(form, lambda: _save_product(request, form.said(metadata_of(rows, product)), product))
        if saved:
            messages.success(request, f"{saved} is saved.")
            return redirect("admin:orders_product_change", saved.pk)
    back = reverse("admin:orders_product_change", args=[product.pk]) if product else _products()
    context = {"title": f"Edit {product}" if product else "New product", "form": form, "rows": rows, "back": back}
    return render(request, "orders/product_form.html", context, status=400 if form.is_bound else 200)


def _save_product(request: HttpRequest, said: dict[str, Any], known: Product | None) -> Product:
    if known is None and said["source_id"] and Product.objects.named(said["source_id"]).exists():
        raise Problem(400, "duplicate_found", "Duplicate resource found", "Another product has this source id")
    saved = goods.save_product(goods.parse_product(said, is_whole=True), by(request), known)
    record(request, "change" if known else "create", saved, f"Saved the product {saved}")
    return saved


@may_change
@require_http_methods(["GET", "POST"])
def sku(request: HttpRequest, key: str, sku: str = "") -> HttpResponse:
    """Show the form of a new variant, or of one that is known."""
    product = the_product(key)
    known = the_sku(product, sku) if sku else None
    form, rows = SkuForm(product, request.POST or None, known), _rows(request, known)
    if request.method == "POST" and form.is_valid() and rows.is_valid():
        saved = _saved(form, lambda: _save_sku(request, product, form.said(metadata_of(rows, known)), known))
        if saved:
            messages.success(request, f"{saved} is saved.")
            return redirect("admin:orders_product_change", product.pk)
    title = f"Edit {known}" if known else f"New variant of {product}"
    context = {"title": title, "form": form, "rows": rows, "product": product, "sku": known}
    return render(request, "orders/sku_form.html", context, status=400 if form.is_bound else 200)


def _save_sku(request: HttpRequest, product: Product, said: dict[str, Any], known: Sku | None) -> Sku:
    if known is None and said["source_id"] and Sku.objects.named(said["source_id"]).exists():
        raise Problem(400, "duplicate_found", "Duplicate resource found", "Another variant has this source id")
    saved = goods.save_sku(product, goods.parse_sku(said, is_whole=True), by(request), known)
    record(request, "change" if known else "create", saved, f"Saved the variant {saved} of {product}")
    return saved


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    product = the_product(key)
    goods.delete_product(product, by(request))
    record(request, "delete", product, f"Deleted the product {product}")
    messages.success(request, f"{product} is deleted. Orders keep what they told of it.")
    return redirect("admin:orders_product_changelist")


@may_delete
@require_POST
def delete_sku(request: HttpRequest, key: str, sku: str) -> HttpResponse:
    product = the_product(key)
    gone = the_sku(product, sku)
    goods.delete_sku(gone, by(request))
    record(request, "delete", gone, f"Deleted the variant {gone} of {product}")
    messages.success(request, f"{gone} is deleted.")
    return redirect("admin:orders_product_change", product.pk)


def _rows(request: HttpRequest, known: Product | Sku | None) -> Any:
    # Posted rows are never compared with what is stored now, which may have changed since the page was opened.
    initial = facts_of(known) if known and not request.POST else None
    return FactFormSet(request.POST or None, prefix="facts", initial=initial)


def _saved(form: Any, save: Any) -> Any:
    """Save the goods, or put the reason why not on the form."""
    try:
        return save()
    except Problem as problem:
        form.add_error("source_id" if problem.key == "duplicate_found" else None, f"{problem.sentence}.")
        return None


def _products() -> str:
    return reverse("admin:orders_product_changelist")
