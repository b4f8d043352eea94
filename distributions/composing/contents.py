"""What a tool's account is told of a customer, and what it writes to her: filled in once and then frozen."""

from collections.abc import Mapping, Sequence
from typing import Any

from distributions.channels import kind_of
from distributions.channels.providers import Takes
from distributions.composing import rendering, sandbox
from distributions.composing.cases import Case
from distributions.models import Distribution, DistributionChannel

LONGEST_VALUE = 10_000
# Of a tool's own message, what is not its words.
_HOW = ("type", "from", "template")


def content_of(case: Case, context: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the content of a message, None for channels that have only words; raise TemplateError where broken."""
    kind = kind_of(case.channel.type)
    if kind is None or not kind.takes & {Takes.FIELDS, Takes.TAGS, Takes.EVENT}:
        return None
    return {**filled(case.channel, context), "occurred_at": _occurred_at(case), "customer": _customer(case)}


def first_fields(channel: DistributionChannel) -> dict[str, str]:
    """Return what a tool is told of unless somebody says otherwise: the code, or the promotion."""
    kind, is_promotion = kind_of(channel.type), channel.distribution.action == Distribution.Action.PROMOTION
    if kind is None:
        return {}
    return dict(kind.promotion_fields if is_promotion else kind.default_fields)


def words_of(channel: DistributionChannel, context: Mapping[str, Any]) -> rendering.Rendered:
    """Return what the customer will read: a text message, or what a tool writes to her; raise TemplateError."""
    if not channel.message:
        return rendering.Rendered(text=rendering.render_plain(channel.text, context))
    is_mail = channel.message["type"] == "email"
    subject = rendering.render_subject(channel.message.get("subject", ""), context) if is_mail else ""
    body = rendering.render_body(channel.message["body"], context, has_footer=is_mail and channel.is_marketing)
    return rendering.Rendered(subject, body)


def filled(channel: DistributionChannel, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields, tags and event of a channel with the context filled in."""
    told = filled_in(channel.type, channel.fields, channel.tags, channel.event, context)
    if channel.message:
        told["message"] = {name: channel.message[name] for name in _HOW if name in channel.message}
    return told


def filled_in(
    channel_type: str, fields: Mapping[str, str], tags: Sequence[str], event: str, context: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what a tool of this channel is told; a tag that comes out empty is left out."""
    named = [_filled(tag, context).strip() for tag in tags]
    told = {
        "fields": {name: _filled(template, context) for name, template in fields.items()},
        "tags": list(dict.fromkeys(tag for tag in named if tag)),
        "event": _filled(event, context).strip(),
    }
    kind, voucher = kind_of(channel_type), context.get("voucher")
    if voucher and kind is not None and Takes.PICTURES in kind.takes:
        told["voucher"] = {name: voucher[name] for name in ("code", "qr_url", "barcode_url")}
    return told


def _filled(template: str, context: Mapping[str, Any]) -> str:
    return sandbox.render_text(template, context).replace("\x00", "")[:LONGEST_VALUE]


def _occurred_at(case: Case) -> int:
    return int((case.cause.occurred_at if case.cause else case.delivery.created_at).timestamp())


def _customer(case: Case) -> dict[str, str | None]:
    return {name: getattr(case.customer, name) for name in ("source_id", "email", "phone", "name")}
