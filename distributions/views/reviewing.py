"""The review: what SET LIVE will do, in one paragraph and in numbers, and the button itself."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from access import project
from access.problems import Problem
from distributions import forecast, lifecycle, wording
from distributions.models import Distribution
from distributions.views.answering import saved, shown
from distributions.views.steps import address


def step(request: HttpRequest, distribution: Distribution) -> HttpResponse:
    """Show the review; a POST only asks for another step, for there is nothing to save here."""
    if request.method == "POST":
        return saved(request, distribution, "review")
    return shown(request, distribution, "review", None, **_outlook(distribution))


@permission_required("distributions.change_distribution", raise_exception=True)
@require_POST
def set_live(request: HttpRequest, pk: int) -> HttpResponse:
    """Set it live once the numbers were confirmed; without a confirmation, show them once more."""
    distribution = get_object_or_404(Distribution.objects.select_related("segment", "campaign"), pk=pk)
    if "confirmed" not in request.POST:
        context = {"title": f"Set {distribution} live?", "distribution": distribution, **_outlook(distribution)}
        return render(request, "distributions/wizard/confirm.html", context)
    try:
        lifecycle.set_live(distribution, person=request.user)
    except Problem as problem:
        messages.error(request, problem.details or problem.message)
        return redirect(address(distribution, "review"))
    messages.success(request, f"{distribution} is live. From now on its messages go out by themselves.")
    return redirect("admin:distributions_distribution_overview", pk)


def _outlook(distribution: Distribution) -> dict[str, object]:
    missing = lifecycle.missing(distribution)
    return {
        "missing": missing,
        "missing_steps": {one.step: address(distribution, one.step) for one in missing},
        "sentence": wording.in_words(distribution, currency=project.current().currency),
        "forecast": None if missing else forecast.forecast(distribution),
    }
