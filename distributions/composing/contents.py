"""What a tool's account is told of a customer: fields, tags and an event, filled in once and then frozen."""

from collections.abc import Mapping
from typing import Any

from distributions.channels import kind_of
from distributions.channels.providers import Takes
from distributions.composing import sandbox
from distributions.composing.cases import Case
from distributions.models import DistributionChannel

LONGEST_VALUE = 10_000


def content_of(case: Case, context: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the content of a message, None for channels that have only words; raise TemplateError where broken."""
    kind = kind_of(case.channel.type)
    if kind is None or not kind.takes & {Takes.FIELDS, Takes.TAGS, Takes.EVENT}:
        return None
    return {**filled(case.channel, context), "occurred_at": _occurred_at(case), "customer": _customer(case)}


def filled(channel: DistributionChannel, context: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields, tags and event of a channel with the context filled in; a tag that comes out empty is left out."""
    tags = [_filled(tag, context).strip() for tag in channel.tags]
    return {
        "fields": {name: _filled(template, context) for name, template in channel.fields.items()},
        "tags": list(dict.fromkeys(tag for tag in tags if tag)),
        "event": _filled(channel.event, context).strip(),
    }


def _filled(template: str, context: Mapping[str, Any]) -> str:
    return sandbox.render_text(template, context).replace("\x00", "")[:LONGEST_VALUE]


def _occurred_at(case: Case) -> int:
    return int((case.cause.occurred_at if case.cause else case.delivery.created_at).timestamp())


def _customer(case: Case) -> dict[str, str | None]:
    return {name: getattr(case.customer, name) for name in ("source_id", "email", "phone", "name")}
