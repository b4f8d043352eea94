"""Products and variants from a sheet, in the admin: the file is taken, and its page tells how far it has come."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from access import audit, uploads
from access.problems import Problem, request_id_of
from backlog import asking, doorbell, reading, sheets
from backlog.models import AsyncAction
from backlog.rows import Row
from backlog.tasks import work_off
from orders.forms import SheetForm
from orders.views.finding import BY_A_PERSON, may_add

KINDS = {"products": "PRODUCTS.IMPORT_CSV", "skus": "SKUS.IMPORT_CSV"}
WORDS = {"PRODUCTS.IMPORT_CSV": "products", "SKUS.IMPORT_CSV": "variants"}


@may_add
@require_http_methods(["GET", "POST"])
def importing(request: HttpRequest) -> HttpResponse:
    form = SheetForm(request.POST or None, request.FILES or None)
    action = _ordered(request, form) if request.method == "POST" and form.is_valid() else None
    if action:
        return redirect("admin:orders_product_imported", action.public_id)
    latest = sorted((one for kind in WORDS for one in reading.latest(kind)), key=lambda one: -one.pk)
    context = {"title": "Import products", "form": form, "latest": latest[:10]}
    return render(request, "orders/import.html", context, status=400 if form.errors else 200)


@may_add
@require_GET
def imported(request: HttpRequest, key: str) -> HttpResponse:
    action = get_object_or_404(AsyncAction, public_id=key.replace("\0", ""), type__in=list(WORDS))
    context = {"title": f"Import of {WORDS[action.type]}", "look": reading.look(action, WORDS[action.type])}
    is_fragment = "X-Requested-With" in request.headers
    return render(request, "backlog/_look.html" if is_fragment else "orders/imported.html", context)


def _ordered(request: HttpRequest, form: SheetForm) -> AsyncAction | None:
    """Take the file, or put the reason why not on the form."""
    kind = KINDS[form.cleaned_data["what"]]
    try:
        lines = sheets.read(uploads.of_size(form.cleaned_data["file"]))
        rows = (Row(line.number, line.cells) for line in lines)
        action = asking.ask(kind, rows, scope="products", source=BY_A_PERSON, group_id=request_id_of(request))
    except Problem as problem:
        form.add_error("file", f"{problem.sentence}.")
        return None
    said, person = f"Imported {action.rows_total:,} {WORDS[kind]}", audit.person_of(request)
    audit.record("imported", "products", action.public_id, said, person=person)
    doorbell.ring_on_commit(work_off)
    return action
