"""The review: what SET LIVE will do, in one paragraph and in numbers, and the button itself."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access import project
from access.problems import Problem
from distributions.models import Distribution
from distributions.planning import forecast, lifecycle
from distributions.planning.designing import LETTERS
from distributions.telling import wording
from distributions.views import previews
from distributions.views.answering import person_of, saved, shown
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
    distribution = get_object_or_404(Distribution.objects.select_related(*Distribution.NAMED), pk=pk)
    if "confirmed" not in request.POST:
        context = {"title": f"Set {distribution} live?", "distribution": distribution, **_outlook(distribution)}
        return render(request, "distributions/wizard/confirm.html", context)
    try:
        lifecycle.set_live(distribution, person=person_of(request))
    except Problem as problem:
        messages.error(request, problem.details or problem.message)
        return redirect(address(distribution, "review"))
    messages.success(request, f"{distribution} is live. From now on its messages go out by themselves.")
    return redirect("admin:distributions_distribution_overview", pk)


def _outlook(distribution: Distribution) -> dict[str, Any]:
    missing = lifecycle.missing(distribution)
    outlook = None if missing else forecast.forecast(distribution)
    return {
        "missing": missing,
        "sentence": wording.in_words(distribution, currency=project.current().currency),
        "forecast": outlook,
        "warnings": list(_warnings(distribution, outlook)) if outlook else [],
        "proofs": [
            proof
            for channel in distribution.channels.all()
            if channel.type in LETTERS
            for proof in previews.proofs_of(distribution, channel)
            if proof.grade
        ],
    }


def _warnings(distribution: Distribution, outlook: forecast.Forecast) -> Iterator[str]:
    """Say what does not hinder going live, but is likely not what was meant."""
    kinds = {channel.type for channel in distribution.channels.all()}
    if "email" in kinds and settings.PROMO_MAIL_SERVER is None:
        yield "No mail server is connected (EMAIL_URL): e-mail arrives in the built-in mailbox, not at the customer’s."
    if outlook.free_codes == 0:
        yield "There is no free code in the campaign. Make some before it goes live."
    elif outlook.free_codes is not None and outlook.free_codes < outlook.now:
        codes = wording.amount(outlook.free_codes, "free code")
        yield f"There are only {codes} for {wording.amount(outlook.now, 'customer')} who get it now."
    if outlook.reachable < outlook.current_members:
        lacking = outlook.current_members - outlook.reachable
        yield f"{wording.amount(lacking, 'customer')} of the segment cannot be reached: no e-mail address is known."
    tier = distribution.promotion_tier
    if tier is not None and tier.begins_at is not None and tier.begins_at > timezone.now():
        yield f"“{tier}” counts only from {tier.begins_at:%d %b %Y}; until then customers read of it too early."
    ends = distribution.campaign.expiration_date if distribution.campaign else None
    if outlook.free_codes is not None and ends is not None and ends < timezone.now():
        yield f"The campaign ended on {ends:%d %b %Y}; its codes cannot be used any more."
