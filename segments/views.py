"""The pages of segments inside the admin: the builder, a segment's own page, and what they ask for while open."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import strict_json
from access.audit import person_of
from access.problems import Problem
from customers.models import Customer
from events.clock import database_now
from segments import conditions, definition
from segments.conditions import ConditionError
from segments.definition import By
from segments.forms import SegmentForm
from segments.models import Segment
from segments.telling import preview, streams
from segments.telling.checking import check
from segments.telling.representation import sentence
from segments.telling.vocabulary import vocabulary

EXPLANATIONS = {
    Segment.Type.AUTO_UPDATE: "Customers come and go by themselves, and distributions hear of it.",
    Segment.Type.PASSIVE: "Customers come and go by themselves, in silence.",
    Segment.Type.STATIC: "A fixed list of customers.",
}
MODES = [{"value": mode.value, "label": mode.label, "explanation": EXPLANATIONS[mode]} for mode in Segment.Type]

may_see = permission_required("segments.view_segment", raise_exception=True)
may_add = permission_required("segments.add_segment", raise_exception=True)
may_change = permission_required("segments.change_segment", raise_exception=True)
may_delete = permission_required("segments.delete_segment", raise_exception=True)


def _segment(key: str) -> Segment:
    """Return a segment by its number in the admin or by its public id."""
    key = _text(key)
    wanted = Q(public_id=key) | Q(pk=int(key)) if key.isdecimal() and len(key) < 19 else Q(public_id=key)
    return get_object_or_404(Segment, wanted)


def _text(given: object) -> str:
    """Return what somebody typed, without what no name holds and the database cannot look for."""
    return str(given or "").replace("\0", "").strip()


def _sentence(segment: Segment | None) -> str:
    return sentence(conditions.parse(segment.filter)) if segment and segment.filter else ""


@may_add
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = SegmentForm(request.POST or None, initial={"type": Segment.Type.AUTO_UPDATE})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            segment = definition.create(
                told["name"],
                told["type"],
                told["filter"],
                told["customers"],
                told["description"],
                by=By(person=person_of(request)),
            )
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            messages.success(request, f"{segment.name} is saved.")
            return redirect("admin:segments_segment_change", segment.pk)
    return _builder(request, form, title="New segment")


@may_change
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, key: str) -> HttpResponse:
    segment = _segment(key)
    form = (
        SegmentForm(request.POST, segment=segment, initial={"type": segment.type})
        if request.POST
        else SegmentForm.of(segment)
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            definition.change(
                segment,
                name=told["name"],
                filter=told["filter"],
                description=told["description"],
                apply_quietly=told["apply_quietly"],
                by=By(person=person_of(request)),
            )
        except Problem as problem:
            form.add_error(None, problem.sentence)
        else:
            messages.success(request, f"{told['name']} is saved.")
            return redirect("admin:segments_segment_change", segment.pk)
    return _builder(request, form, title=f"Edit {segment.name}", segment=segment)


def _builder(request: HttpRequest, form: SegmentForm, *, title: str, segment: Segment | None = None) -> HttpResponse:
    back = (
        reverse("admin:segments_segment_change", args=[segment.pk])
        if segment
        else reverse("admin:segments_segment_changelist")
    )
    context = {
        "title": title,
        "form": form,
        "segment": segment,
        "back": back,
        "modes": MODES,
        "sentence": _sentence(segment),
        "used_by": ", ".join(streams.live_distributions(segment)) if segment else "",
        "vocabulary": vocabulary(database_now(), without=segment),
    }
    return render(request, "segments/builder.html", context, status=400 if form.errors else 200)


@may_see
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    segment = _segment(key)
    search, number = _text(request.GET.get("q")), request.GET.get("page", "1")
    checked = _text(request.GET.get("check"))
    context = {
        "title": segment.name,
        "segment": segment,
        "sentence": _sentence(segment),
        "search": search,
        "checked": checked,
        "lines": _lines(segment.filter, checked) if checked and segment.filter else [],
        "members": streams.members(segment, search, int(number) if number.isdecimal() and len(number) < 6 else 1),
        "used_by": streams.distributions(segment),
        **streams.now(segment, database_now()),
    }
    return render(request, "segments/page.html", context)


@may_see
@require_GET
def now(request: HttpRequest, key: str) -> HttpResponse:
    """Answer with the part of a segment's page that changes: size, filling, who came and went; or its first members."""
    segment = _segment(key)
    if request.GET.get("part") == "members":
        return render(request, "segments/_members.html", {"members": streams.members(segment, "", 1)})
    return render(request, "segments/_now.html", {"segment": segment, **streams.now(segment, database_now())})


@may_delete
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    segment = _segment(key)
    try:
        definition.delete(segment, by=By(person=person_of(request)))
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect("admin:segments_segment_change", segment.pk)
    messages.success(request, f"{segment.name} is deleted.")
    return redirect("admin:segments_segment_changelist")


@may_see
@require_POST
def preview_now(request: HttpRequest) -> JsonResponse:
    """Answer the builder: who matches these rules now."""
    return _answered(lambda told: _with_links(preview.preview(told["filter"])), request)


@may_see
@require_POST
def check_customer(request: HttpRequest) -> JsonResponse:
    """Answer the builder: does this customer match these rules, and why."""
    return _answered(lambda told: {"lines": _lines(told["filter"], _text(told.get("customer")))}, request)


def _lines(filter: object, named: str) -> list[dict[str, Any]]:
    customer = _customer(named)
    if customer is None:
        return [{"matches": False, "text": "No customer has this id, source id or e-mail."}]
    return [asdict(line) for line in check(filter, customer)]


def _customer(named: str) -> Customer | None:
    found = Customer.objects.known_as(named) | Customer.objects.with_email(named)
    return next((one for one in found[:10] if named in (one.public_id, one.source_id)), found.first())


@may_change
@require_POST
def impact(request: HttpRequest, key: str) -> JsonResponse:
    segment = _segment(key)
    return _answered(lambda told: preview.impact(segment, told["filter"]), request)


def _answered(judge: Callable[[dict[str, Any]], dict[str, Any]], request: HttpRequest) -> JsonResponse:
    """Answer a question of the builder; what is wrong with its rules comes back beside the rule, in words."""
    try:
        told = strict_json.parse(request.body)
    except strict_json.NotJSON:
        told = None
    if not isinstance(told, dict) or "filter" not in told:
        return _wrong("", "The rules did not arrive whole. Reload the page and try again.")
    try:
        return JsonResponse(judge(told))
    except ConditionError as error:
        return _wrong(error.path, error.message)
    except Problem as problem:
        return _wrong("", problem.sentence)


def _wrong(path: str, message: str) -> JsonResponse:
    return JsonResponse({"errors": [{"path": path, "message": message}]})


def _with_links(seen: dict[str, Any]) -> dict[str, Any]:
    sample = [
        {
            "title": one.get("name") or one.get("email") or one.get("source_id") or one["id"],
            "url": reverse("admin:customers_customer_change", args=[one["id"]]),
        }
        for one in seen["sample"]
    ]
    return {**seen, "sample": sample}
