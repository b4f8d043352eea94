"""The pages of validation rules: the builder, a rule's own page, and putting rules on campaigns and codes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import strict_json
from access.audit import person_of
from access.problems import Problem, request_id_of
from campaigns.models import RuleAssignment, ValidationRule
from campaigns.rule_forms import TORN, RuleForm
from campaigns.rules import RuleError, assignments, definition, needs, parse
from campaigns.rules.origins import By
from campaigns.rules.outline import numbered
from campaigns.rules.subjects import on_named
from campaigns.rules.vocabulary import said, speech, vocabulary
from campaigns.rules.wording import sentences
from events.models import Event

MOST_USES = 100

may_see = permission_required("campaigns.view_validationrule", raise_exception=True)
may_add = permission_required("campaigns.add_validationrule", raise_exception=True)
may_change = permission_required("campaigns.change_validationrule", raise_exception=True)
may_put = permission_required(("campaigns.change_validationrule", "campaigns.change_campaign"), raise_exception=True)
may_delete = permission_required("campaigns.delete_validationrule", raise_exception=True)


@may_add
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Make a rule; where it was asked for from a campaign's or a code's page, it is put there at once."""
    if request.GET.get("on") and not request.user.has_perm("campaigns.change_campaign"):
        raise PermissionDenied
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            rule = definition.create(definition.read(form.cleaned_data["definition"]), by=_by(request))
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            messages.success(request, f"{rule.name} is saved.")
            return _put(request, rule) if request.GET.get("on") else _page_of(rule)
    return _builder(request, form, title="New validation rule")


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    rule = the_rule(key)
    form = RuleForm(request.POST) if request.POST else RuleForm.of(rule)
    if request.method == "POST" and form.is_valid():
        try:
            definition.change(rule, form.cleaned_data["definition"], by=_by(request))
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            messages.success(request, f"{form.cleaned_data['name']} is saved. It counts at once wherever it is used.")
            return _page_of(rule)
    return _builder(request, form, title=f"Edit {rule.name}", rule=rule)


@may_see
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    rule = the_rule(key)
    uses = rule.assignments.with_names().order_by("-id")[: MOST_USES + 1]
    context = {
        "title": rule.name,
        "rule": rule,
        "sentences": said([rule])[rule.pk],
        "uses": uses[:MOST_USES],
        "has_more": len(uses) > MOST_USES,
    }
    return render(request, "rules/page.html", context)


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    rule = the_rule(key)
    try:
        definition.delete(rule, by=_by(request))
    except Problem as problem:
        messages.error(request, problem.sentence)
        return _page_of(rule)
    messages.success(request, f"{rule.name} is deleted.")
    return redirect("admin:campaigns_validationrule_changelist")


@may_put
@require_POST
def put_on(request: HttpRequest) -> HttpResponse:
    """Put a rule that exists on a campaign or a code, from its page."""
    rule = get_object_or_404(ValidationRule.objects.named(request.POST.get("rule", "")))
    return _put(request, rule)


@may_put
@require_POST
def take_off(request: HttpRequest, use: str) -> HttpResponse:
    found = RuleAssignment.objects.named(use).with_names().first()
    if found is None:
        messages.info(request, "The rule was taken off already.")
        return redirect("admin:campaigns_validationrule_changelist")
    assignments.take_off(found, by=_by(request))
    messages.success(request, f"{found.rule.name} is taken off.")
    return _page_of(found.rule) if request.POST.get("back") == "rule" else redirect(_home_of(found))


@may_see
@require_POST
def say(request: HttpRequest) -> JsonResponse:
    """Answer the builder: what the rules on the screen say, or what is wrong with which."""
    try:
        told = strict_json.parse(request.body)
        given = told if isinstance(told, dict) else {}
        rule_set = parse({"rules": numbered(given.get("rules")), "applicable_to": given.get("applicable_to")})
    except strict_json.NotJSON:
        return JsonResponse({"error": {"path": "", "message": TORN}})
    except RuleError as error:
        return JsonResponse({"error": {"path": error.path, "message": error.message}})
    return JsonResponse({"sentences": sentences(rule_set, speech(sorted(needs(rule_set).segments)))})


def the_rule(key: str) -> ValidationRule:
    """Return a rule by its number in the admin or by its public id."""
    key = key.replace("\0", "")
    wanted = Q(public_id=key) | Q(pk=int(key)) if key.isdecimal() and len(key) < 19 else Q(public_id=key)
    return get_object_or_404(ValidationRule, wanted)


def _builder(request: HttpRequest, form: RuleForm, *, title: str, rule: ValidationRule | None = None) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "rule": rule,
        "back": _address(rule) if rule else reverse("admin:campaigns_validationrule_changelist"),
        "sentences": said([rule])[rule.pk] if rule else [],
        "uses": rule.assignments.count() if rule else 0,
        "vocabulary": vocabulary(),
    }
    return render(request, "rules/builder.html", context, status=400 if form.errors else 200)


def _put(request: HttpRequest, rule: ValidationRule) -> HttpResponse:
    given: Any = request.POST if "on" in request.POST else request.GET
    try:
        use = assignments.assign(rule, on_named(given.get("on"), given.get("id")), by=_by(request))
    except Problem as problem:
        messages.error(request, problem.sentence)
        return _page_of(rule)
    messages.success(request, f"{rule.name} counts from now on.")
    return redirect(_home_of(use))


def _home_of(use: RuleAssignment) -> str:
    """Return the page of what a rule is on; what has none is seen from the rule."""
    if use.campaign_id:
        return reverse("admin:campaigns_campaign_change", args=[use.campaign_id])
    if use.voucher_id:
        return reverse("admin:campaigns_voucher_change", args=[use.related_object_id])
    if use.promotion_tier_id:
        return reverse("admin:campaigns_tier_change", args=[use.related_object_id])
    return _address(use.rule)


def _address(rule: ValidationRule) -> str:
    return reverse("admin:campaigns_validationrule_change", args=[rule.pk])


def _page_of(rule: ValidationRule) -> HttpResponse:
    return redirect(_address(rule))


def _by(request: HttpRequest) -> By:
    return By(Event.Source.ADMIN, request_id_of(request), person=person_of(request))
