"""The message step of a text message: its words, how many messages they take, and how one customer would read them."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from access.problems import Problem
from customers import telephones
from customers.replies import Wish, wish_of
from distributions.channels import segmenting
from distributions.composing import occasions, rendering
from distributions.models import Distribution, DistributionChannel
from distributions.sending import previewing
from distributions.tool_forms import FORMS, TextForm
from distributions.views import previews
from distributions.views.steps import address

LONGEST = 1600


def is_text(channel: DistributionChannel) -> bool:
    """Tell whether this channel's message is composed here."""
    return FORMS.get(channel.type) is TextForm


def surroundings(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    """Return what the step shows beside the form."""
    return {
        "own_address": f"{address(distribution, 'message')}?channel={channel.type}",
        "merge_fields": occasions.fields_for(distribution),
        **_seen(request, distribution, channel),
    }


@permission_required("distributions.view_distribution", raise_exception=True)
@require_GET
def words(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Answer with the message as a customer would read it, after every save and change of customer."""
    distribution = get_object_or_404(Distribution.objects.select_related(*Distribution.NAMED), pk=pk)
    channel = get_object_or_404(distribution.channels.select_related("connection"), type=kind)
    return render(request, "distributions/wizard/_text.html", _seen(request, distribution, channel))


def _seen(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    customer = previews.as_whom(request)
    text, refusal = _filled(distribution, channel, customer or previews.made_up())
    return {
        "distribution": distribution,
        "channel": channel,
        "channel_name": channel.get_type_display(),
        "customer": customer,
        "phone": telephones.in_e164(customer.phone or "") if customer else None,
        "neighbors": previews.neighbors(customer),
        "asked": request.GET.get("as", ""),
        "text": text,
        "length": segmenting.measure(text),
        "refusal": refusal,
        "checks": _checks(channel.text, text),
    }


def _filled(distribution: Distribution, channel: DistributionChannel, customer: Any) -> tuple[str, str]:
    """Return the message, or the sentence that says why it cannot be written."""
    try:
        return previewing.text_of(distribution, channel, customer).strip(), ""
    except Problem as problem:
        return "", problem.details or problem.message
    except rendering.TemplateError as error:
        return "", str(error)


def _checks(template: str, text: str) -> list[tuple[str, str]]:
    """Judge a text message: each entry is a grade ("", "is-warn", "is-bad") and a sentence."""
    found = [("is-bad", problem) for problem in rendering.check(template)]
    if not template.strip():
        return [*found, ("is-bad", "The text is empty.")]
    length, odd = segmenting.measure(text), segmenting.needing_ucs2(text)
    if len(text) > LONGEST:
        found.append(("is-bad", f"It has {len(text):,} characters; {LONGEST:,} is the most."))
    if odd:
        signs = " ".join(odd[:5])
        found.append(("is-warn", f"{signs} cannot be written in GSM-7: a message holds 70 characters instead of 160."))
    if length.segments > 1:
        found.append(("is-warn", f"It is sent, and paid for, as {length.segments} messages."))
    if length.segments == 1:
        found.append(("", "It fits into one message."))
    found.append(_way_out(template))
    return found


def _way_out(template: str) -> tuple[str, str]:
    if any(wish_of(word) is Wish.STOP for word in template.split()):
        return "", "It says how to stop it."
    return "is-warn", "Advertising must say how to stop it: end with “Reply STOP to end”."
