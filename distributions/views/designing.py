"""The visual editor of a letter: its page, and what its buttons do."""

import json
from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import User
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from access.audit import person_of
from access.problems import Problem, as_response, invalid_payload
from designs import blocks, editing, pieces, shelving
from designs.models import Design, DesignVersion
from distributions.models import Distribution, DistributionChannel
from distributions.planning import designing
from distributions.sending import previewing
from distributions.views import previews
from distributions.views.running import ENDED
from distributions.views.steps import address

MAY_CHANGE = permission_required("distributions.change_distribution", raise_exception=True)
# The canvas is an empty document of this page's own and keeps its policy; beside it nothing is allowed that the frame
# does not allow. What was typed into a design must not run here, and cannot: no inline script is let through.
CANVAS: Any = csp_update({"worker-src": ["'none'"], "connect-src": ["'self'"], "img-src": ["blob:"]})


@MAY_CHANGE
@require_GET
@CANVAS
def editor(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Show the editor, or, before there is a design, the step in which one is chosen."""
    distribution, channel = _channel(pk, kind)
    if distribution.status in ENDED:
        return redirect("admin:distributions_distribution_overview", pk)
    if channel.design is None:
        return redirect(f"{address(distribution, 'message')}?channel={kind}")
    return render(request, "distributions/editor/page.html", _page(request, distribution, channel))


@MAY_CHANGE
@require_POST
def begin(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Begin from a template and go on in the editor."""
    distribution, channel = _channel(pk, kind)
    try:
        designing.begin(channel, request.POST.get("template", ""), person_of(request))
    except Problem as problem:
        messages.error(request, problem.sentence)
        return redirect(f"{address(distribution, 'message')}?channel={kind}")
    return redirect("admin:distributions_distribution_design", pk, kind)


@MAY_CHANGE
@require_POST
def leave(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Go on by hand, in the HTML that the design was compiled to."""
    distribution, channel = _channel(pk, kind)
    designing.leave(channel)
    return redirect(f"{address(distribution, 'message')}?channel={kind}")


@MAY_CHANGE
@require_POST
def act(request: HttpRequest, pk: int, kind: str, verb: str) -> HttpResponse:
    """Do what a button of the editor asks, and answer with the design as it then stands."""
    distribution, channel = _channel(pk, kind)
    if verb not in VERBS:
        raise Http404
    try:
        design = VERBS[verb](channel, _said(request), person_of(request))
    except editing.DesignChanged as conflict:
        return _conflict(conflict.design)
    except Problem as problem:
        return as_response(problem, request)
    channel.refresh_from_db()
    channel.design = design
    return JsonResponse(_told(request, distribution, channel, design))


@MAY_CHANGE
@require_GET
def fields(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Tell the merge fields with the values of the customer who is looked at."""
    distribution, channel = _channel(pk, kind)
    return JsonResponse({"fields": _fields(request, distribution, channel)})


def _save(channel: DistributionChannel, said: dict[str, Any], person: User | None) -> Design:
    return designing.save(channel, _text(said, "mjml"), _number(said, "revision"), person)


def _restore(channel: DistributionChannel, said: dict[str, Any], person: User | None) -> Design:
    return designing.restore(channel, _number(said, "version"), person)


def _keep(channel: DistributionChannel, said: dict[str, Any], person: User | None) -> Design:
    design = _design(channel)
    editing.keep(design.pk, _text(said, "label"), person)
    return design


def _shelve(channel: DistributionChannel, said: dict[str, Any], person: User | None) -> Design:
    design = _design(channel)
    shelving.shelve(_text(said, "name"), design.mjml, person)
    return design


def _publish(channel: DistributionChannel, _said: dict[str, Any], person: User | None) -> Design:
    return designing.publish(channel, person)


VERBS: dict[str, Callable[[DistributionChannel, dict[str, Any], User | None], Design]] = {
    "save": _save,
    "restore": _restore,
    "keep": _keep,
    "shelve": _shelve,
    "publish": _publish,
}


def _page(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    where = [distribution.pk, channel.type]
    here = "admin:distributions_distribution_design"
    design = _design(channel)
    return {
        "title": f"Design of {distribution}",
        "distribution": distribution,
        "channel": channel,
        "design": design,
        "back": f"{address(distribution, 'message')}?channel={channel.type}",
        "is_draft": distribution.status == Distribution.Status.DRAFT,
        "setup": {
            "mjml": design.mjml,
            "revision": design.revision,
            "is_draft": distribution.status == Distribution.Status.DRAFT,
            "is_published": channel.design_revision == design.revision,
            "blocks": blocks.blocks(),
            "fields": _fields(request, distribution, channel),
            "fonts": [pieces.SANS, pieces.SERIF, pieces.MONO],
            "act": reverse(f"{here}_act", args=[*where, "verb"]),
            "fields_at": reverse(f"{here}_fields", args=where),
            "statics": staticfiles_storage.url(""),
            "images": reverse("image-uploads"),
            "preview": reverse("admin:distributions_distribution_preview", args=where),
        },
        **_panels(request, distribution, channel),
    }


def _told(
    request: HttpRequest, distribution: Distribution, channel: DistributionChannel, design: Design
) -> dict[str, Any]:
    panels = _panels(request, distribution, channel)
    return {
        "mjml": design.mjml,
        "revision": design.revision,
        "is_published": channel.design_revision == design.revision,
        "checks": render_to_string("distributions/editor/_checks.html", panels, request),
        "versions": render_to_string("distributions/editor/_versions.html", panels, request),
    }


def _panels(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    versions = DesignVersion.objects.select_related("person").defer("mjml")
    return {
        "checks": previews.seen(request, distribution, designing.as_it_stands(channel))["checks"],
        "versions": versions.filter(design=channel.design_id)[:50],
        "may_change": request.user.has_perm("distributions.change_distribution"),
    }


def _fields(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> list[dict[str, object]]:
    return previewing.values(distribution, channel, previews.as_whom(request) or previews.made_up())


def _conflict(design: Design) -> HttpResponse:
    who = design.saved_by.get_username() if design.saved_by else "somebody"
    told = {"key": "design_changed", "revision": design.revision, "mjml": design.mjml, "who": who}
    return JsonResponse(told | {"at": design.updated_at.isoformat()}, status=409)


def _channel(pk: int, kind: str) -> tuple[Distribution, DistributionChannel]:
    letters = DistributionChannel.objects.filter(type__in=designing.LETTERS).select_related("design__saved_by")
    wanted = Distribution.objects.select_related(*Distribution.NAMED).prefetch_related(Prefetch("channels", letters))
    distribution = get_object_or_404(wanted, pk=pk)
    channel = next((one for one in distribution.channels.all() if one.type == kind), None)
    if channel is None:
        raise Http404
    return distribution, channel


def _design(channel: DistributionChannel) -> Design:
    if channel.design is None:
        raise invalid_payload("This message is not drawn in the visual editor any more. Load the page again.")
    return channel.design


def _said(request: HttpRequest) -> dict[str, Any]:
    try:
        said = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise invalid_payload("The body is not JSON.") from error
    if not isinstance(said, dict):
        raise invalid_payload("The body is not an object.")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or "\x00" in value:
        raise invalid_payload(f"{name} must be a text")
    return value


def _number(said: dict[str, Any], name: str) -> int:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise invalid_payload(f"{name} must be a whole number")
    return value
