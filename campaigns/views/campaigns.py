"""The pages of campaigns inside the admin: the form, a campaign's own page, and what they ask for while open."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.problems import Problem
from backlog import doorbell
from campaigns import creation, performance, reading, removal, terms, validity
from campaigns.forms.campaigns import TYPES, AddCodesForm, CampaignForm, ImportForm, OfferForm, lasts_in_words
from campaigns.forms.tiers import StackForm
from campaigns.models import Campaign
from campaigns.panels import panels_of
from campaigns.promotions import showing as promotions
from campaigns.rules.panel import rules_panel
from campaigns.tasks import make_codes
from campaigns.views.finding import may_add, may_change, may_delete, may_see, origin_of, record, the_campaign, whole
from events.clock import database_now

# On which field of the form a refusal belongs.
FIELD_OF = {
    "duplicate_found": "name",
    "invalid_gift": "gift_amount",
    "invalid_code_config": "pattern",
    "invalid_expiration_date": "ends",
    "invalid_start_date": "starts",
}


@may_add
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = CampaignForm(request.POST or None, initial={"kind": "PERCENT", "percent_off": 5})
    types = [(kind, title, words, kind == form.campaign_type()) for kind, title, words in TYPES]
    if request.method == "POST" and form.is_valid():
        try:
            campaign = creation.create(terms.parse(form.body()), origin=origin_of(request))
        except Problem as problem:
            _explain(form, problem)
        else:
            doorbell.ring_on_commit(make_codes)
            record(request, "create", campaign, f"Created {campaign.name}")
            return redirect("admin:campaigns_campaign_change", campaign.pk)
    context = {"title": "New campaign", "form": form, "look": _look_of(form), "types": types}
    return render(request, "campaigns/form.html", context, status=400 if form.errors else 200)


def _explain(form: Any, problem: Problem) -> None:
    field = "code" if problem.resource_type == "voucher" else FIELD_OF.get(problem.key)
    form.add_error(field if field in form.fields else None, problem.details or problem.message)


def _look_of(form: CampaignForm) -> reading.Look:
    count = str(form["vouchers_count"].value() or "")
    return reading.look(form["pattern"].value() or "", form["symbols"].value() or "", whole(count))


@may_add
@require_GET
def look(request: HttpRequest) -> HttpResponse:
    """Answer with example codes of the pattern in the form, while it is being written."""
    asked = request.GET
    found = reading.look(asked.get("pattern", "")[:200], asked.get("symbols", "")[:200], whole(asked.get("count", "")))
    return render(request, "campaigns/_look.html", {"look": found})


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    campaign = the_campaign(key)
    form = OfferForm.of(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            creation.change(campaign, terms.parse_change(form.changes()), origin=origin_of(request))
        except Problem as problem:
            _explain(form, problem)
        else:
            record(request, "change", campaign, f"Changed {campaign.name}")
            messages.success(request, f"{campaign.name} is saved. Codes that customers hold keep their dates.")
            return redirect("admin:campaigns_campaign_change", campaign.pk)
    promise = reading.promise_in_words(campaign)
    context = {"title": f"Edit {campaign.name}", "form": form, "campaign": campaign, "promise": promise}
    return render(request, "campaigns/form.html", context, status=400 if form.errors else 200)


@may_see
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    return show(request, the_campaign(key))


def show(request: HttpRequest, campaign: Campaign, **more: Any) -> HttpResponse:
    search = request.GET.get("q", "").replace("\0", "").strip()[:255]
    number = whole(request.GET.get("page", "1"), 1)
    pool = reading.pool(campaign)
    shown = "all" if search else request.GET.get("show", "given" if pool.level.published else "all")
    given, now = shown == "given", database_now()
    context = {
        "title": campaign.name,
        "campaign": campaign,
        "discount": reading.promise_in_words(campaign),
        "lasts": lasts_in_words(campaign),
        "hours": validity.in_words(campaign.validity),
        "status": reading.status(campaign, now),
        "pool": pool,
        "search": search,
        "shown": "given" if given else "all",
        "codes": reading.given_codes_of(campaign, number) if given else reading.codes_of(campaign, search, number),
        "tiers": promotions.tiers_on(campaign, now),
        "stacks": promotions.stacks_on(campaign),
        "stack_form": StackForm(campaign) if campaign.is_promotion else None,
        "used_by": reading.distributions_of(campaign),
        "rules_panel": rules_panel(campaign),
        "panels": panels_of(campaign) if campaign.voucher_kind else [],
        "performance": performance.of(campaign, database_now()),
        "add_form": AddCodesForm(),
        "import_form": ImportForm(),
        **more,
    }
    return render(request, "campaigns/page.html", context, status=400 if more else 200)


@may_see
@require_GET
def pool(request: HttpRequest, key: str) -> HttpResponse:
    """Answer with the part of a campaign's page that changes while codes are made and given."""
    campaign = the_campaign(key)
    return render(request, "campaigns/_pool.html", {"campaign": campaign, "pool": reading.pool(campaign)})


@may_change
@require_POST
def set_active(request: HttpRequest, key: str) -> HttpResponse:
    campaign = creation.set_active(
        the_campaign(key), active=request.POST.get("active") == "1", origin=origin_of(request)
    )
    record(request, "change", campaign, f"{'Enabled' if campaign.active else 'Disabled'} {campaign.name}")
    return redirect("admin:campaigns_campaign_change", campaign.pk)


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    campaign = the_campaign(key)
    try:
        removal.delete(campaign, origin=origin_of(request))
    except Problem as problem:
        messages.error(request, problem.details)
        return redirect("admin:campaigns_campaign_change", key)
    record(request, "delete", campaign, f"Deleted {campaign.name}")
    messages.success(request, f"{campaign.name} is deleted.")
    return redirect("admin:campaigns_campaign_changelist")
