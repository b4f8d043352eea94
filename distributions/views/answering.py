"""How every step answers: a page, a redirect to where the person wants to go, or a word to the autosave."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string

from access.problems import Problem
from distributions.models import Distribution
from distributions.views.steps import KEYS, LABELS, address, after, before, stepper

# Where in a body of the API something stands, such as channels[0].fields.
_PLACE = re.compile(r"^(?:channels\[\d+\]|settings|policy|trigger|action)\.")


def person_of(request: HttpRequest) -> User | None:
    """Return who did this, for the audit."""
    return request.user if isinstance(request.user, User) else None


def uuid_or_404(text: str) -> UUID:
    """Read the id of an address that a person may have shortened or misspelled."""
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def is_autosave(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "autosave"


def in_words(problem: Problem) -> str:
    """Return why something was refused, without the place that the API names it by."""
    words = _PLACE.sub("", problem.details or problem.message)
    return words[:1].upper() + words[1:]


def saved(request: HttpRequest, distribution: Distribution, key: str) -> HttpResponse:
    """Go where the pressed button pointed: a step, this page again, or the list."""
    if is_autosave(request):
        return JsonResponse({"errors": {}, "steps": _drawn_steps(request, distribution, key)})
    target = request.POST.get("go", "") or after(key)
    if target == "stay":
        return redirect(request.get_full_path())
    if target in KEYS:
        return redirect(address(distribution, target))
    return redirect("admin:distributions_distribution_changelist")


def shown(
    request: HttpRequest, distribution: Distribution, key: str, form: forms.Form | None, /, page: str = "",
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """Show a step, on a page of its own where one is named; a form that was refused comes with its sentences."""
    if is_autosave(request) and form is not None:
        return JsonResponse({"errors": form.errors})
    told = {
        **context,
        "title": str(distribution),
        "distribution": distribution,
        "form": form,
        "steps": stepper(distribution, key),
        "step": key,
        "label": LABELS[key],
        "back": before(key),
        "is_draft": distribution.status == Distribution.Status.DRAFT,
    }
    return render(
        request, f"distributions/wizard/{page or key}.html", told, status=422 if form and form.errors else 200
    )


def _drawn_steps(request: HttpRequest, distribution: Distribution, key: str) -> str:
    return render_to_string("distributions/wizard/_steps.html", {"steps": stepper(distribution, key)}, request)
