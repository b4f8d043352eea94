"""A customer is deleted or erased from her page: it says in words what goes and what stays, and asks once more."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from access import audit
from access.problems import request_id_of
from customers import leaving
from customers.forms import EraseForm
from customers.models import Customer

may_delete = permission_required("customers.delete_customer", raise_exception=True)
BY_A_PERSON = "USER_PORTAL"


@may_delete
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    erases = request.POST.get("how") == "erase"
    form = EraseForm(request.POST if erases else None)
    if request.method == "POST" and (form.is_valid() if erases else True):
        return _gone(request, customer, erases=erases)
    context = {"title": f"Delete {customer}", "customer": customer, "form": form}
    return render(request, "customers/leave.html", context, status=400 if form.errors else 200)


def _gone(request: HttpRequest, customer: Customer, *, erases: bool) -> HttpResponse:
    end = leaving.erase if erases else leaving.delete
    end(customer, source=BY_A_PERSON, group_id=request_id_of(request))
    verb = "erased" if erases else "deleted"
    # Her name would outlive her in the audit list.
    audit.record(verb, "customer", customer.public_id, f"A customer was {verb}", person=audit.person_of(request))
    said = "She is erased: nothing that names her is left." if erases else f"{customer} is deleted."
    messages.success(request, said)
    return redirect("admin:customers_customer_changelist")
