"""Earning rules and rewards of a loyalty program in the admin: shown on its page, written in forms of their own."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from access import audit
from access.problems import Problem
from campaigns.facts import Origin
from campaigns.models import Campaign
from rewards import stocking
from rewards.earning import defining, reading
from rewards.forms import PriceForm, RewardForm, RuleForm
from rewards.models import EarningRule, RewardAssignment

may_change = permission_required("campaigns.change_campaign", raise_exception=True)


def _program(key: str) -> Campaign:
    found = Campaign.objects.filter(campaign_type=Campaign.Kind.LOYALTY_PROGRAM)
    return get_object_or_404(found, pk=int(key) if key.isdecimal() and len(key) < 19 else 0)


def _rule(key: str) -> EarningRule:
    return get_object_or_404(EarningRule.objects.select_related("campaign", "segment"), public_id=key)


def _assignment(key: str) -> RewardAssignment:
    return get_object_or_404(RewardAssignment.objects.select_related("campaign", "reward__campaign"), public_id=key)


def _origin(request: HttpRequest) -> Origin:
    return Origin.by_a_person(request)


def _note(request: HttpRequest, verb: str, kind: str, name: str, summary: str) -> None:
    audit.record(verb, kind, name, summary, person=audit.person_of(request))
    messages.success(request, f"{summary}.")


@may_change
@require_http_methods(["GET", "POST"])
def add_rule(request: HttpRequest, key: str) -> HttpResponse:
    program, form = _program(key), RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            (rule,) = defining.create_many(program, [reading.read(form.body())], origin=_origin(request))
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            _note(request, "create", "earning_rule", rule.public_id, f"Added the earning rule {rule} to {program.name}")
            return _home(program)
    return _written(request, "rewards/rule_form.html", program, form, title="New earning rule")


@may_change
@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, rule_key: str) -> HttpResponse:
    rule = _rule(rule_key)
    form = RuleForm.of(rule, request.POST or None)
    if request.method == "POST" and form.is_valid() and form.can_be_edited:
        try:
            defining.change(rule, reading.read_change(form.body(), rule.event), origin=_origin(request))
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            _note(request, "change", "earning_rule", rule.public_id, f"Changed the earning rule {rule}")
            return _home(rule.campaign)
    return _written(request, "rewards/rule_form.html", rule.campaign, form, title=str(rule), rule=rule)


@may_change
@require_POST
def switch_rule(request: HttpRequest, rule_key: str) -> HttpResponse:
    rule = defining.set_active(_rule(rule_key), active=request.POST.get("active") == "1", origin=_origin(request))
    verb = "Enabled" if rule.active else "Disabled"
    _note(request, "change", "earning_rule", rule.public_id, f"{verb} the earning rule {rule}")
    return _home(rule.campaign)


@may_change
@require_POST
def delete_rule(request: HttpRequest, rule_key: str) -> HttpResponse:
    rule = _rule(rule_key)
    defining.delete(rule, origin=_origin(request))
    _note(request, "delete", "earning_rule", rule_key, f"Deleted the earning rule {rule}")
    return _home(rule.campaign)


@may_change
@require_http_methods(["GET", "POST"])
def add_reward(request: HttpRequest, key: str) -> HttpResponse:
    program, form = _program(key), RewardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                reward = stocking.create(form.reward())
                stocking.put_into(program, reward, form.price(), origin=_origin(request))
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            _note(request, "create", "reward", reward.public_id, f"Put the reward {reward} into {program.name}")
            return _home(program)
    return _written(request, "rewards/reward_form.html", program, form, title="New reward")


@may_change
@require_http_methods(["GET", "POST"])
def edit_reward(request: HttpRequest, assignment_key: str) -> HttpResponse:
    assignment = _assignment(assignment_key)
    form, reward = PriceForm.of(assignment, request.POST or None), assignment.reward
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                stocking.change(reward, form.reward())
                stocking.reprice(assignment, form.price(), origin=_origin(request))
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            _note(request, "change", "reward", reward.public_id, f"Changed the reward {given['name']}")
            return _home(assignment.campaign)
    context = {"title": reward.name, "assignment": assignment}
    return _written(request, "rewards/reward_form.html", assignment.campaign, form, **context)


@may_change
@require_POST
def remove_reward(request: HttpRequest, assignment_key: str) -> HttpResponse:
    assignment = _assignment(assignment_key)
    stocking.remove(assignment, origin=_origin(request))
    reward, program = assignment.reward, assignment.campaign
    _note(request, "delete", "reward", reward.public_id, f"Took the reward {reward} out of {program.name}")
    return _home(program)


def _written(request: HttpRequest, template: str, program: Campaign, form: Any, **more: Any) -> HttpResponse:
    context = {"program": program, "form": form, **more}
    return render(request, template, context, status=400 if form.errors else 200)


def _home(program: Campaign) -> HttpResponse:
    return redirect("admin:campaigns_campaign_change", program.pk)
