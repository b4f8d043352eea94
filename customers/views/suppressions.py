"""Addresses that are not written to: looked up, added by hand, and lifted by somebody who says why."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from access import audit
from customers import stopping
from customers.forms import LiftForm, StopForm
from customers.models import Suppression


@permission_required("customers.add_suppression", raise_exception=True)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        _stopped, is_new = stopping.stop(told["channel"], told["address"], told["why"], person=audit.person_of(request))
        sentence = "is stopped: nothing more is sent to it." if is_new else "was stopped already."
        messages.success(request, f"{told['address']} {sentence}")
        return redirect("admin:customers_suppression_changelist")
    context = {"title": "Stop an address", "form": form}
    return render(request, "customers/stop.html", context, status=400 if form.errors else 200)


@permission_required("customers.view_suppression", raise_exception=True)
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one, and lift it: whoever does so says why, and the audit keeps it."""
    found = get_object_or_404(Suppression.objects.select_related("customer"), pk=pk)
    may_lift = request.user.has_perm("customers.delete_suppression")
    form = LiftForm(request.POST if request.method == "POST" and may_lift else None)
    if form.is_valid():
        stopping.lift(found, form.cleaned_data["why"], person=audit.person_of(request))
        messages.success(request, "Lifted. The address can be written to again.")
        return redirect("admin:customers_suppression_changelist")
    context = {"title": "Stopped address", "suppression": found, "form": form, "may_lift": may_lift}
    return render(request, "customers/suppression.html", context, status=400 if form.errors else 200)
