"""What a webhook carries: Voucherify's envelope, or the payload that was designed for it."""

from typing import Any

import orjson

from access.models import Project
from access.strict_json import moment
from campaigns.models import Publication
from campaigns.promotions.representation import tier_particulars
from campaigns.representation import publication_reference, voucher_reference
from customers import profiles
from distributions.composing import rendering
from distributions.composing.cases import Case


def body_of(case: Case, publication: Publication | None, project: Project) -> str:
    """Return the body of a webhook as it will be signed and sent."""
    if case.channel.payload is None:
        return orjson.dumps(_envelope(case, publication, project)).decode()
    context = case.context(project, publication)
    return orjson.dumps(rendering.render_payload(case.channel.payload, context)).decode()


def _envelope(case: Case, publication: Publication | None, project: Project) -> dict[str, Any]:
    distribution = case.distribution
    return {
        "id": case.delivery.public_id,
        "project_id": project.public_id,
        "created_at": moment(case.delivery.created_at),
        "type": case.cause.name if case.cause else distribution.trigger_event,
        "data": _data(case, publication),
        "source": {"id": distribution.public_id, "object": "distribution", "target_url": case.channel.url},
        "event": _event(case),
    }


def _data(case: Case, publication: Publication | None) -> dict[str, Any]:
    segment, campaign, tier = (getattr(case.distribution, name) for name in ("segment", "campaign", "promotion_tier"))
    data: dict[str, Any] = {"customer": profiles.full_with(case.customer, case.facts)}
    if segment is not None:
        data["segment"] = {"id": segment.public_id, "name": segment.name, "object": "segment"}
    if campaign is not None and (publication is not None or tier is not None):
        data["campaign"] = {"id": campaign.public_id, "name": campaign.name, "object": "campaign"}
    if tier is not None:
        data["promotion_tier"] = tier_particulars(tier)
    if publication is not None:
        data["voucher"] = voucher_reference(publication.voucher)
        data["publication"] = publication_reference(publication)
    return data


def _event(case: Case) -> dict[str, Any] | None:
    event = case.cause
    if event is None:
        return None
    return {
        "id": event.public_id,
        "type": event.name,
        "created_at": moment(event.received_at),
        "entity_id": case.customer.public_id,
        "group_id": event.group_id or None,
        "event_source": {"channel": event.source},
    }
