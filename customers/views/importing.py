"""Customers from a sheet, in the admin: the file is taken, and its page tells how far it has come."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from access import audit, uploads
from access.problems import Problem, request_id_of
from backlog import asking, doorbell, reading
from backlog.models import AsyncAction
from backlog.tasks import work_off
from customers import sheets
from customers.forms import ImportForm

KIND = "CUSTOMERS.IMPORT_CSV"
may_add = permission_required("customers.add_customer", raise_exception=True)


@may_add
@require_http_methods(["GET", "POST"])
def importing(request: HttpRequest) -> HttpResponse:
    form = ImportForm(request.POST or None, request.FILES or None)
    action = _ordered(request, form) if request.method == "POST" and form.is_valid() else None
    if action:
        return redirect("admin:customers_customer_imported", action.public_id)
    context = {"title": "Import customers", "form": form, "latest": reading.latest(KIND)}
    return render(request, "customers/import.html", context, status=400 if form.errors else 200)


@may_add
@require_GET
def imported(request: HttpRequest, key: str) -> HttpResponse:
    action = get_object_or_404(AsyncAction, public_id=key.replace("\0", ""), type=KIND)
    context = {"title": "Import of customers", "look": reading.look(action, "customers")}
    is_fragment = "X-Requested-With" in request.headers
    return render(request, "backlog/_look.html" if is_fragment else "customers/imported.html", context)


def _ordered(request: HttpRequest, form: ImportForm) -> AsyncAction | None:
    """Take the file, or put the reason why not on the form."""
    try:
        file = uploads.of_size(form.cleaned_data["file"])
        action = asking.ask(
            KIND, sheets.rows_of(file), scope="customers", source="USER_PORTAL", group_id=request_id_of(request)
        )
    except Problem as problem:
        form.add_error("file", f"{problem.sentence}.")
        return None
    person = audit.person_of(request)
    audit.record("imported", "customers", action.public_id, f"Imported {action.rows_total:,} customers", person=person)
    doorbell.ring_on_commit(work_off)
    return action
