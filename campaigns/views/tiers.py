"""The tiers and stacks of a promotion in the admin: listed on its page, written in forms of their own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from access.problems import Problem, request_id_of
from campaigns.forms.tiers import StackForm, TierForm
from campaigns.models import Campaign, PromotionStack, PromotionTier
from campaigns.promotions import stacks, terms, tiers
from campaigns.promotions.showing import status_of
from campaigns.rules.origins import By
from campaigns.rules.panel import rules_panel
from campaigns.views.finding import may_change, origin_of, record, the_campaign
from events.clock import database_now
from events.models import Event

FIELD_OF = {"invalid_expiration_date": "ends", "invalid_start_date": "starts"}


def the_tier(key: str) -> PromotionTier:
    return get_object_or_404(PromotionTier.objects.with_names().named(key))


@may_change
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, key: str) -> HttpResponse:
    campaign = the_campaign(key)
    form = TierForm(request.POST or None, initial={"kind": "PERCENT", "percent_off": 10})
    if request.method == "POST" and form.is_valid():
        try:
            tier = tiers.create(campaign, terms.tier(form.body()), origin=origin_of(request))
        except Problem as problem:
            _explain(form, problem)
        else:
            record(request, "create", tier, f"Added the tier {tier.name} to {campaign.name}")
            messages.success(request, f"{tier.name} counts from now on. A rule narrows for whom.")
            return redirect("admin:campaigns_tier_change", tier.public_id)
    return _written(request, campaign, form, title="New tier")


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, tier_key: str) -> HttpResponse:
    tier = the_tier(tier_key)
    form = TierForm.of(tier, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tiers.change(tier, terms.tier_change(form.body()), by=_by(request))
        except Problem as problem:
            _explain(form, problem)
        else:
            record(request, "change", tier, f"Changed the tier {form.cleaned_data['name']}")
            messages.success(request, f"{form.cleaned_data['name']} is saved. It counts at once.")
            return _home_of(tier.campaign)
    more = {"tier": tier, "status": status_of(tier, database_now()), "rules_panel": rules_panel(tier)}
    return _written(request, tier.campaign, form, title=tier.name, **more)


@may_change
@require_POST
def set_active(request: HttpRequest, tier_key: str) -> HttpResponse:
    tier = tiers.set_active(the_tier(tier_key), active=request.POST.get("active") == "1", origin=origin_of(request))
    record(request, "change", tier, f"{'Enabled' if tier.active else 'Disabled'} the tier {tier.name}")
    return _home_of(tier.campaign)


@may_change
@require_POST
def delete(request: HttpRequest, tier_key: str) -> HttpResponse:
    tier = the_tier(tier_key)
    try:
        tiers.delete(tier, by=_by(request))
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("admin:campaigns_tier_change", tier_key)
    record(request, "delete", tier, f"Deleted the tier {tier.name}")
    messages.success(request, f"{tier.name} is deleted.")
    return _home_of(tier.campaign)


@may_change
@require_POST
def add_stack(request: HttpRequest, key: str) -> HttpResponse:
    campaign = the_campaign(key)
    form = StackForm(campaign, request.POST)
    if form.is_valid():
        made = stacks.create(campaign, terms.stack(form.body()), origin=origin_of(request))
        record(request, "create", made, f"Made the stack {made.name} of {campaign.name}")
        messages.success(request, f"{made.name} is there: a shop asks for it by {made.public_id}.")
    else:
        messages.error(request, "Give the stack a name, and tick at least one tier.")
    return _home_of(campaign)


@may_change
@require_POST
def delete_stack(request: HttpRequest, stack_key: str) -> HttpResponse:
    stack = get_object_or_404(PromotionStack.objects.with_names().named(stack_key))
    stacks.delete(stack, origin=origin_of(request))
    record(request, "delete", stack, f"Deleted the stack {stack.name}")
    messages.success(request, f"{stack.name} is deleted. Its tiers go on by themselves.")
    return _home_of(stack.campaign)


def _written(request: HttpRequest, campaign: Campaign, form: TierForm, **more: Any) -> HttpResponse:
    context = {"campaign_of_tier": campaign, "form": form, **more}
    return render(request, "campaigns/tier_form.html", context, status=400 if form.errors else 200)


def _explain(form: TierForm, problem: Problem) -> None:
    form.add_error(FIELD_OF.get(problem.key), problem.details or problem.message)


def _home_of(campaign: Campaign) -> HttpResponse:
    return redirect("admin:campaigns_campaign_change", campaign.pk)


def _by(request: HttpRequest) -> By:
    person = request.user if request.user.is_authenticated else None
    return By(Event.Source.ADMIN, request_id_of(request), person=person)
