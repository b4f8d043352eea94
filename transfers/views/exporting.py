"""The page on which a campaign's codes are sent to Mailchimp, and where it is seen how far they are."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from access import audit
from access.problems import Problem
from backlog import doorbell
from campaigns.facts import Origin
from campaigns.models import Campaign
from distributions.composing import rendering
from transfers import ordering, reading
from transfers.forms import TransferForm
from transfers.tasks import carry_codes


@permission_required("campaigns.change_campaign", raise_exception=True)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    form = TransferForm.for_campaign(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_ordered(request, campaign, form):
        return redirect("admin:transfers_transfer_export", campaign.pk)
    page = {
        "title": f"Export the codes of {campaign.name} to Mailchimp",
        "campaign": campaign,
        "form": form,
        "transfers": reading.of(campaign),
        "merge_fields": rendering.MERGE_FIELDS,
    }
    return render(request, "transfers/export.html", page, status=422 if form.errors else 200)


def _is_ordered(request: HttpRequest, campaign: Campaign, form: TransferForm) -> bool:
    """Take the order; a refusal becomes the form's own sentence."""
    try:
        made = ordering.order(campaign, form.as_order(), origin=Origin.by_a_person(request))
    except Problem as problem:
        form.add_error(None, problem.details or problem.message)
        return False
    doorbell.ring_on_commit(carry_codes)
    person = request.user if request.user.is_authenticated else None
    audit.record("export", "campaign", campaign.public_id, f"Began the export {made} to Mailchimp", person=person)
    messages.success(request, "The export has begun. It goes on in the background.")
    return True


@permission_required("campaigns.view_campaign", raise_exception=True)
@require_GET
def progress(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Answer with how far the campaign's exports are, while its page is open."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    return render(request, "transfers/_progress.html", {"campaign": campaign, "transfers": reading.of(campaign)})
