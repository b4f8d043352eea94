"""The message step: the words of one channel at a time, the letter as a real customer will see it, checks, a test."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import sealing
from access.problems import Problem
from designs import gallery
from designs.models import OwnTemplate
from distributions.composing import occasions
from distributions.composing.payloads import PAYLOADS
from distributions.composing.starters import STARTERS, starter
from distributions.message_forms import MessageForm
from distributions.models import Distribution, DistributionChannel
from distributions.planning import drafting
from distributions.tool_forms import FORMS, form_of
from distributions.views import mapping, previews, texts
from distributions.views.answering import in_words, saved, shown
from distributions.views.steps import address


def step(request: HttpRequest, distribution: Distribution) -> HttpResponse:
    channel = chosen_channel(request, distribution)
    if channel is None:
        return shown(request, distribution, "message", None, channel=None)
    form_class = form_of(channel)
    form = form_class(request.POST or None, initial=form_class.initial_of(channel))
    if request.method == "POST":
        begun = starter(request.POST.get("starter", ""))
        if begun is not None:
            words = {"subject": begun.subject, "preheader": begun.preheader, "html": begun.html}
            return saved(request, _save(distribution, channel, words), "message")
        written = _accepted(distribution, channel, form) if form.is_valid() else None
        if written is not None:
            return saved(request, written, "message")
    if mapping.is_tool(channel):
        around = {"tabs": tabs(distribution, channel), **mapping.surroundings(request, distribution, channel)}
        return shown(request, distribution, "message", form, page="mapping", **around)
    if texts.is_text(channel):
        around = {"tabs": tabs(distribution, channel), **texts.surroundings(request, distribution, channel)}
        return shown(request, distribution, "message", form, page="text", **around)
    return shown(request, distribution, "message", form, **_surroundings(request, distribution, channel))


def with_secret(
    request: HttpRequest, distribution: Distribution, channel: DistributionChannel, secret: str
) -> HttpResponse:
    """Show the step of this channel once more, with its signing secret on the page."""
    form_class = form_of(channel)
    form = form_class(initial=form_class.initial_of(channel))
    return shown(request, distribution, "message", form, secret=secret, **_surroundings(request, distribution, channel))


def chosen_channel(request: HttpRequest, distribution: Distribution) -> DistributionChannel | None:
    """Return the channel whose words are on the table: the one asked for, else the first."""
    channels = [channel for channel in distribution.channels.all() if channel.type in FORMS]
    asked = request.GET.get("channel", "")
    return next((channel for channel in channels if channel.type == asked), channels[0] if channels else None)


def with_words(distribution: Distribution, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the wanted channels, each with the words it already has."""
    written = {channel.type: as_draft(channel) for channel in distribution.channels.all()}
    return [written.get(channel["type"], {}) | channel for channel in wanted]


def as_draft(channel: DistributionChannel) -> dict[str, Any]:
    """Return a channel as the API would be given it."""
    parts = (
        *("type", "purpose", "subject", "preheader", "html", "text", "url", "payload"),
        *("fields", "tags", "event", "message"),
    )
    account = channel.connection.public_id if channel.connection else None
    shown = dict.fromkeys(channel.headers, sealing.SHOWN)
    return {part: getattr(channel, part) for part in parts} | {"headers": shown, "connection_id": account}


def tabs(distribution: Distribution, current: DistributionChannel) -> list[tuple[str, str, bool]]:
    """Return the channels to switch between: type, name, and which one is on the table."""
    shown = [one for one in distribution.channels.all() if one.type in FORMS]
    return [(one.type, one.get_type_display(), one.pk == current.pk) for one in shown]


def _accepted(distribution: Distribution, channel: DistributionChannel, form: MessageForm) -> Distribution | None:
    """Save the words; a refusal becomes the form's own sentence, and nothing is returned."""
    try:
        return _save(distribution, channel, form.as_channel())
    except Problem as problem:
        form.add_error(None, in_words(problem))
        return None


def _save(distribution: Distribution, channel: DistributionChannel, words: dict[str, Any]) -> Distribution:
    channels = with_words(distribution, [{"type": one.type} for one in distribution.channels.all()])
    said = [one | words if one["type"] == channel.type else one for one in channels]
    return drafting.save_draft(distribution, {"channels": said})


def _surroundings(request: HttpRequest, distribution: Distribution, channel: DistributionChannel) -> dict[str, Any]:
    return {
        "channel": channel,
        "own_address": f"{address(distribution, 'message')}?channel={channel.type}",
        "channel_name": channel.get_type_display(),
        "tabs": tabs(distribution, channel),
        "starters": STARTERS,
        "gallery": gallery.GALLERY,
        "own_templates": OwnTemplate.objects.defer("mjml", "html"),
        "is_letter": channel.type != "webhook",
        "is_blank": not (channel.html or channel.subject or channel.text),
        "merge_fields": occasions.fields_for(distribution),
        "payloads": PAYLOADS,
        **previews.seen(request, distribution, channel),
    }
