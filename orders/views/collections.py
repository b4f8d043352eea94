"""The pages of collections of goods inside the admin."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import project
from access.problems import Problem
from orders import collecting, forms, rule_forms, showing
from orders.forms import CollectionForm, ListedFormSet
from orders.models import Product, ProductCollection, Sku
from orders.rule_forms import RuleFormSet
from orders.views.finding import (
    may_add_collections,
    may_change_collections,
    may_delete_collections,
    may_see_collections,
    record,
    the_collection,
)

STATIC, FILTERING = ProductCollection.Type.STATIC, ProductCollection.Type.AUTO_UPDATE
SHOWN_MOST = 100
OFFERED_MOST = 200


@may_see_collections
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    collection = the_collection(key)
    currency = _currency()
    products = list(collecting.products_of(collection).order_by("-id")[: SHOWN_MOST + 1])
    context = {
        "title": collection.name,
        "collection": collection,
        "words": "" if collection.type == STATIC else rule_forms.in_words(collection.filter, currency),
        "items": collection.items.all(),
        "products": [(product, showing.price_of(product, currency)) for product in products[:SHOWN_MOST]],
        "has_more": len(products) > SHOWN_MOST,
    }
    return render(request, "orders/collection.html", context)


@may_add_collections
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    type = FILTERING if request.GET.get("type") == FILTERING else STATIC
    return _write(request, None, type)


@may_change_collections
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    collection = the_collection(key)
    return _write(request, collection, collection.type)


def _write(request: HttpRequest, collection: ProductCollection | None, type: str) -> HttpResponse:
    initial = {"name": collection.name, "junction": (collection.filter or {}).get("junction")} if collection else None
    form = CollectionForm(request.POST or None, initial=initial)
    rows = _rows(request, collection, type)
    if request.method == "POST" and form.is_valid() and (rows is None or rows.is_valid()):
        saved = _saved(request, form, rows, collection, type)
        if saved:
            messages.success(request, f"{saved} is saved.")
            return redirect("admin:orders_productcollection_change", saved.pk)
    context = {
        "title": f"Edit {collection}" if collection else "New collection",
        "form": form,
        "rows": rows,
        "collection": collection,
        "is_static": type == STATIC,
        "offered": _offered() if type == STATIC else [],
    }
    return render(request, "orders/collection_form.html", context, status=400 if form.is_bound else 200)


def _rows(request: HttpRequest, collection: ProductCollection | None, type: str) -> Any:
    """Return the rows of what is listed or asked for; none where a program's filter says more than rows can."""
    posted = request.POST or None
    if type == STATIC:
        initial = forms.listed_rows(collection) if collection and not posted else None
        return ListedFormSet(posted, prefix="listed", initial=initial)
    known = rule_forms.rows_of(collection.filter, _currency()) if collection else []
    return None if known is None else RuleFormSet(posted, prefix="rules", initial=None if posted else known)


def _saved(
    request: HttpRequest, form: CollectionForm, rows: Any, collection: ProductCollection | None, type: str
) -> ProductCollection | None:
    """Save the collection, or put the reason why not on the form."""
    said: dict[str, Any] = {"name": form.cleaned_data["name"], "type": str(type)}
    if rows is not None and type == STATIC:
        said["products"] = forms.listed_goods(rows)
    elif rows is not None:
        said["filter"] = rule_forms.filter_of(rows, form.cleaned_data["junction"] or "and", _currency())
    if rows is not None and any(row.errors for row in rows):
        return None
    try:
        saved = collecting.change(collection, said) if collection else collecting.create(said)
    except Problem as problem:
        form.add_error(None, _sentence(problem))
        return None
    record(request, "change" if collection else "create", saved, f"Saved the collection {saved}")
    return saved


def _sentence(problem: Problem) -> str:
    if problem.details.startswith("products must"):
        return f"List at least one product or variant, and at most {collecting.LISTED_MOST}."
    return f"{problem.sentence}."


@may_delete_collections
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    collection = the_collection(key)
    collecting.delete(collection)
    record(request, "delete", collection, f"Deleted the collection {collection}")
    messages.success(request, f"{collection} is deleted. Its products stay.")
    return redirect("admin:orders_productcollection_changelist")


def _offered() -> list[tuple[str, str]]:
    """Return the latest goods with their names, to choose from."""
    products = [(one.source_id or one.public_id, str(one)) for one in Product.objects.order_by("-id")[:OFFERED_MOST]]
    skus = Sku.objects.select_related("product").order_by("-id")[:OFFERED_MOST]
    return products + [(one.source_id or one.public_id, f"{one.product}: {one}") for one in skus]


def _currency() -> str:
    return project.current().currency
