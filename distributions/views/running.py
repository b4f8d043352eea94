"""A distribution after it went live: its state, what became of everybody, its newest messages, its brakes."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from access import project
from access.problems import Problem
from distributions.models import Delivery, Distribution
from distributions.planning import drafting, lifecycle
from distributions.telling import wording
from distributions.telling.reasons import in_words
from distributions.views.answering import person_of
from distributions.views.steps import address

STREAM_LENGTH = 30
ENDED = (Distribution.Status.STOPPED, Distribution.Status.DONE)
State = Delivery.State
# What became of them, as a marketer asks for it.
FATES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "entered": ("Entered", tuple(State.values), ""),
    "waiting": ("On the way", (State.NEW, State.READY, State.SENDING, State.HELD), ""),
    "codes": ("Waiting for codes", (State.WAITING_CODE,), "is-warn"),
    "sent": ("Sent", (State.SENT,), ""),
    "skipped": ("Not sent", (State.SUPPRESSED, State.CANCELLED), ""),
    "unknown": ("Outcome unknown", (State.UNKNOWN, State.UNCERTAIN), "is-warn"),
    "failed": ("Failed", (State.FAILED,), "is-bad"),
}
QUIET_WHEN_ZERO = {"codes", "unknown"}


@dataclass(frozen=True)
class Tile:
    key: str
    label: str
    count: int
    tone: str
    is_current: bool


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    distribution = get_object_or_404(Distribution.objects.select_related("segment", "campaign"), pk=pk)
    if distribution.status == Distribution.Status.DRAFT:
        return redirect(address(distribution, "review"))
    context = {
        "title": str(distribution),
        "has_ended": distribution.status in ENDED,
        "sentence": wording.in_words(distribution, currency=project.current().currency),
        **_stream(request, distribution),
    }
    return render(request, "distributions/overview.html", context)


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def stream(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with the part that moves: status, tiles and the newest messages."""
    distribution = get_object_or_404(Distribution, pk=pk)
    return render(request, "distributions/_stream.html", _stream(request, distribution))


@permission_required("distributions.change_distribution", raise_exception=True)
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Pause, resume or stop it; the sentence says what that means for whoever is waiting."""
    distribution = get_object_or_404(Distribution, pk=pk)
    if verb not in VERBS:
        raise Http404
    change, sentence = VERBS[verb]
    try:
        change(distribution, person=person_of(request))
    except Problem as problem:
        messages.error(request, problem.details or problem.message)
    else:
        messages.success(request, sentence.format(distribution))
    return redirect("admin:distributions_distribution_overview", pk)


VERBS = {
    "pause": (lifecycle.pause, "{} is paused. Customers still enter; their messages wait until you resume it."),
    "resume": (lifecycle.resume, "{} is live again. What waited goes out now."),
    "stop": (lifecycle.stop, "{} is stopped. What was not on its way yet is canceled."),
}


@permission_required("distributions.add_distribution", raise_exception=True)
@require_POST
def duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a draft that says the same under another name."""
    copy = drafting.duplicate(get_object_or_404(Distribution, pk=pk))
    messages.success(request, "This is the copy. It is a draft and sends nothing yet.")
    return redirect(address(copy, "name"))


@permission_required("distributions.delete_distribution", raise_exception=True)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    distribution = get_object_or_404(Distribution, pk=pk)
    name = str(distribution)
    try:
        lifecycle.delete(distribution, person=person_of(request))
    except Problem as problem:
        messages.error(request, problem.details or problem.message)
        return redirect("admin:distributions_distribution_overview", pk)
    messages.success(request, f"{name} is deleted.")
    return redirect("admin:distributions_distribution_changelist")


def _stream(request: HttpRequest, distribution: Distribution) -> dict[str, Any]:
    """Return the tiles over everything, and the newest messages of the chosen fate."""
    fate = request.GET.get("fate", "entered")
    if fate not in FATES:
        fate = "entered"
    real = distribution.deliveries.filter(is_test=False)
    counted = real.order_by().values_list("state", "reason").annotate(Count("id"))
    by_state, by_reason = Counter[str](), Counter[str]()
    for state, reason, count in counted:
        by_state[state] += count
        if state in FATES["skipped"][1]:
            by_reason[in_words(reason)] += count
    newest = real if fate == "entered" else real.filter(state__in=FATES[fate][1])
    return {
        "distribution": distribution,
        "fate": fate,
        "fate_label": FATES[fate][0],
        "tiles": _tiles(by_state, fate),
        "reasons": by_reason.most_common(6),
        "skipped": sum(by_reason.values()),
        "deliveries": newest.select_related("customer", "voucher", "channel")[:STREAM_LENGTH],
    }


def _tiles(by_state: Counter[str], current: str) -> list[Tile]:
    counts = {key: sum(by_state[state] for state in states) for key, (_label, states, _tone) in FATES.items()}
    return [
        Tile(key, label, counts[key], tone if counts[key] else "", key == current)
        for key, (label, _states, tone) in FATES.items()
        if counts[key] or key not in QUIET_WHEN_ZERO
    ]
