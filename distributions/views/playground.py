"""The playground: be a customer for a moment, and watch what the product does about it, to the millisecond."""

import json
from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from access.problems import Problem, request_id_of
from customers import profiles
from customers.models import Customer
from distributions.models import Distribution
from distributions.telling import playing, tracing
from distributions.views.answering import uuid_or_404
from distributions.views.picking import event_names
from events.models import Event

RECENT = 8


class PlayForm(forms.Form):
    source_id = forms.CharField(max_length=255, label="Customer’s id", initial="alice")
    name = forms.CharField(max_length=255, required=False, initial="Alice")
    email = forms.EmailField(required=False, initial="alice@example.com", label="E-mail")
    event = forms.CharField(max_length=300, initial="cart_abandoned", label="Event")
    properties = forms.CharField(
        required=False,
        initial='{"cart_value": 5900, "items": 2}',
        widget=forms.Textarea(attrs={"rows": 3, "class": "d-source", "spellcheck": "false"}),
        help_text="What the event tells, as JSON.",
    )

    def clean_properties(self) -> dict[str, Any]:
        try:
            said = json.loads(self.cleaned_data["properties"] or "{}")
        except ValueError as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from error
        if not isinstance(said, dict):
            raise forms.ValidationError("Properties are written in braces, such as {“cart_value”: 5900}.")
        return said

    def profile(self) -> profiles.Profile:
        """Return what was said of the customer; empty boxes say nothing, so they erase nothing."""
        said = {key: self.cleaned_data[key] for key in ("source_id", "name", "email") if self.cleaned_data[key]}
        return profiles.parse(said)


@permission_required("distributions.change_distribution", raise_exception=True)
@require_http_methods(["GET", "POST"])
def playground(request: HttpRequest) -> HttpResponse:
    traced = _traced(request)
    form = PlayForm(request.POST or None, initial=_as_before(traced.get("event")))
    if request.method == "POST" and form.is_valid():
        event = _act(form, request_id_of(request))
        if event is not None:
            return redirect(f"{reverse('admin:distributions_distribution_playground')}?event={event.pk}")
    context = {
        "title": "Playground",
        "form": form,
        "customers": Customer.objects.order_by("-pk")[:RECENT],
        "event_names": event_names(),
        "live": Distribution.objects.filter(status=Distribution.Status.LIVE).count(),
        **traced,
    }
    return render(request, "distributions/playground.html", context, status=422 if form.errors else 200)


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def trace(request: HttpRequest) -> HttpResponse:
    """Answer with what followed from an event so far."""
    return render(request, "distributions/_trace.html", _traced(request))


def _as_before(event: Event | None) -> dict[str, Any]:
    """Return the boxes as they were filled for this event, so that a second press does it again."""
    if event is None or event.customer is None:
        return {}
    who = event.customer
    said = {"source_id": who.source_id or "", "name": who.name or "", "email": who.email or ""}
    return {**said, "event": event.name, "properties": json.dumps(event.properties)}


def _act(form: PlayForm, group_id: str) -> Event | None:
    said = form.cleaned_data
    try:
        return playing.act(form.profile(), said["event"], said["properties"], group_id=group_id)
    except Problem as problem:
        form.add_error(None, problem.details or problem.message)
        return None


def _traced(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("event", "")
    if not asked:
        return {}
    event = get_object_or_404(Event.objects.select_related("customer"), pk=uuid_or_404(asked))
    told = tracing.follow(event)
    return {"event": event, "trace": told.steps, "is_settled": told.is_settled}
