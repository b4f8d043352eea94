"""The wizard's steps: each is a form at its own address; the draft's row is the only memory between them."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from access.problems import Problem
from distributions.forms import AudienceForm, CampaignForm, ChannelForm, NameForm, StepForm, TypeForm
from distributions.models import Distribution
from distributions.planning import drafting
from distributions.views import composing, picking, reviewing
from distributions.views.answering import in_words, saved, shown
from distributions.views.running import ENDED
from distributions.views.steps import address, first_steps

FORMS: dict[str, type[StepForm]] = {
    "type": TypeForm,
    "name": NameForm,
    "channel": ChannelForm,
    "audience": AudienceForm,
    "campaign": CampaignForm,
}


@permission_required("distributions.add_distribution", raise_exception=True)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Ask for the type; the draft is made by the answer, so that looking around leaves nothing behind."""
    form = TypeForm(request.POST or None, initial={"type": Distribution.Type.AUTOMATIC})
    if request.method == "POST" and form.is_valid() and form.cleaned_data["type"]:
        distribution = drafting.save_draft(None, form.as_draft())
        return redirect(address(distribution, "name"))
    context = {"title": "New distribution", "form": form, "steps": first_steps(), "step": "type", "is_draft": True}
    return render(request, "distributions/wizard/type.html", context)


@permission_required("distributions.change_distribution", raise_exception=True)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    distribution = get_object_or_404(_in_full(), pk=pk)
    if distribution.status in ENDED:
        return redirect("admin:distributions_distribution_overview", pk)
    if key == "message":
        return composing.step(request, distribution)
    if key == "review":
        return reviewing.step(request, distribution)
    if key not in FORMS:
        raise Http404
    form = FORMS[key](request.POST or None, initial=FORMS[key].initial_of(distribution))
    if request.method == "POST" and form.is_valid():
        written = _save(distribution, form)
        if written is not None:
            return saved(request, written, key)
    return shown(request, distribution, key, form, **_choices(key, distribution))


def _in_full() -> Any:
    return Distribution.objects.select_related(*Distribution.NAMED).prefetch_related("channels__connection")


def _save(distribution: Distribution, form: StepForm) -> Distribution | None:
    """Save what the step says; a refusal becomes the form's own sentence, and nothing is returned."""
    said = form.as_draft()
    if "channels" in said:
        said["channels"] = composing.with_words(distribution, said["channels"])
    try:
        return drafting.save_draft(distribution, said)
    except Problem as problem:
        form.add_error(None, in_words(problem))
        return None


def _choices(key: str, distribution: Distribution) -> dict[str, Any]:
    """Return what there is to choose from on this step, with the numbers that help choosing."""
    if key == "audience":
        return {
            "segments": picking.segments(),
            "event_names": picking.event_names(),
            "frequencies": picking.FREQUENCIES,
        }
    if key == "campaign":
        return {"campaigns": picking.campaigns(), "tiers": picking.tiers()}
    if key == "channel":
        chosen = {one.connection.public_id for one in distribution.channels.all() if one.connection}
        return {"channels": picking.channels(), "chosen": chosen}
    return {}
