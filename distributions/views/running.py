"""A distribution after it went live: its state, what became of everybody, its newest messages, its brakes."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from access import money, project
from access.problems import Problem
from distributions.models import Distribution
from distributions.planning import drafting, lifecycle
from distributions.telling import figures, wording
from distributions.views.answering import person_of
from distributions.views.steps import address

STREAM_LENGTH = 30
ENDED = (Distribution.Status.STOPPED, Distribution.Status.DONE)
REASONS_SHOWN = 8
OF_SENT = {"delivered", "opened", "clicked", "redeemed"}


@dataclass(frozen=True)
class Tile:
    """A number that opens its list; ``value`` is what it reads as, ``share`` its part of what was sent."""

    key: str
    label: str
    value: str
    tone: str
    is_current: bool
    share: str = ""


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    distribution = get_object_or_404(Distribution.objects.select_related(*Distribution.NAMED), pk=pk)
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
    fate = figures.FATES.get(request.GET.get("fate", ""), figures.FATES["entered"])
    told = figures.of(distribution)
    newest = distribution.deliveries.filter(fate.asks, is_test=False)
    return {
        "distribution": distribution,
        "fate": fate,
        "tiles": _tiles(told, fate.key),
        "reasons": told.reasons[:REASONS_SHOWN],
        "skipped": told.counts["skipped"],
        "is_large": told.counts["entered"] > figures.LARGE,
        "deliveries": newest.select_related("customer", "voucher", "channel", "reception")[:STREAM_LENGTH],
    }


def _tiles(told: figures.Figures, current: str) -> list[Tile]:
    tiles = [
        Tile(
            fate.key, fate.label, f"{told.counts[fate.key]:,}", fate.tone if told.counts[fate.key] else "",
            fate.key == current, _share(told, fate.key),
        )
        for fate in figures.FATES.values()
        if told.counts[fate.key] or not fate.is_quiet
    ]  # fmt: skip
    place = next(number for number, tile in enumerate(tiles) if tile.key == "redeemed") + 1
    gain = Tile("redeemed", "Revenue less discount", money.in_words(told.gain, project.current().currency), "", False)
    return [*tiles[:place], gain, *tiles[place:]]


def _share(told: figures.Figures, key: str) -> str:
    """Return which part of what was sent this is, in words; nothing where that says nothing."""
    sent = told.counts["sent"]
    return f"{told.counts[key] / sent:.0%} of sent" if key in OF_SENT and sent else ""
