"""The message step of a tool: what is written into which of its fields, as the tool would get it for a customer."""

import re
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from access.problems import Problem
from distributions.channels import kind_of
from distributions.channels.providers import Takes
from distributions.composing import contents, occasions, rendering
from distributions.models import Distribution, DistributionChannel
from distributions.sending import previewing
from distributions.tool_forms import FORMS, ToolForm
from distributions.views import picking, previews
from distributions.views.steps import address


def is_tool(channel: DistributionChannel) -> bool:
    """Tell whether this channel's message is composed here."""
    return FORMS.get(channel.type) is ToolForm


def surroundings(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    """Return what the step shows beside the form."""
    return {
        "own_address": f"{address(distribution, 'message')}?channel={channel.type}",
        "merge_fields": occasions.fields_for(distribution),
        "event_names": _event_names(channel),
        **_seen(request, distribution, channel),
    }


def _event_names(channel: DistributionChannel) -> list[str]:
    """Return names that the event may go by: the shop's own and the built-in ones, spelled as the tool takes them."""
    kind = kind_of(channel.type)
    if kind is None or Takes.EVENT not in kind.takes:
        return []
    refused = re.compile(kind.event_refuses) if kind.event_refuses else None
    return list(dict.fromkeys(refused.sub("-", name) if refused else name for name in picking.event_names()))


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def told(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Answer with what the tool would be told of a customer, after every save and change of customer."""
    distribution = get_object_or_404(Distribution.objects.select_related(*Distribution.NAMED), pk=pk)
    channel = get_object_or_404(distribution.channels.select_related("connection"), type=kind)
    return render(request, "distributions/wizard/_told.html", _seen(request, distribution, channel))


def _seen(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    customer, provider = previews.as_whom(request), kind_of(channel.type)
    is_blank = not channel.is_told
    if is_blank and provider is not None:
        # As the form offers it; nothing is saved by looking.
        channel.fields = contents.first_fields(channel)
    filled, refusal = _filled(distribution, channel, customer or previews.made_up())
    return {
        "distribution": distribution,
        "channel": channel,
        "channel_name": channel.get_type_display(),
        "provider": provider,
        "customer": customer,
        "neighbors": previews.neighbors(customer),
        "asked": request.GET.get("as", ""),
        "told": filled,
        "is_blank": is_blank,
        "refusal": refusal,
        "checks": _checks(channel),
    }


def _filled(distribution: Distribution, channel: DistributionChannel, customer: Any) -> tuple[dict[str, Any], str]:
    """Return what is told, or the sentence that says why it cannot be filled in."""
    try:
        return previewing.told(distribution, channel, customer), ""
    except Problem as problem:
        return {}, problem.details or problem.message
    except rendering.TemplateError as error:
        return {}, str(error)


def _checks(channel: DistributionChannel) -> list[str]:
    """Return what is wrong with the templates, each as a sentence with the field it stands in."""
    templates = {**channel.fields, **{f"tag {tag}": tag for tag in channel.tags}, "event": channel.event}
    templates |= {name: text for name, text in (channel.message or {}).items() if name in {"subject", "body"}}
    return [f"{name}: {problem}" for name, text in templates.items() for problem in rendering.check(text)]
