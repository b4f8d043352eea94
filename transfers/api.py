"""``/v1/campaigns/{id}/mailchimp-exports``: a campaign's codes written to the contacts of a Mailchimp audience."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import audit, limits
from access.authentication import caller_of
from access.listing import envelope, read_page, total_of
from access.problems import invalid_payload, not_found
from backlog import doorbell
from campaigns.facts import Origin
from campaigns.models import Campaign
from distributions import connecting
from distributions.models import Connection
from segments.models import Segment
from transfers import ordering
from transfers.models import Transfer
from transfers.ordering import Order
from transfers.tasks import carry_codes


def the_campaign(asked: str) -> Campaign:
    """Return the campaign of this id or name; raise Problem where there is none."""
    found = Campaign.objects.filter(public_id=asked).first() or Campaign.objects.filter(name=asked).first()
    if found is None:
        raise not_found("campaign", asked)
    return found


class MailchimpExports(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, campaign: str) -> Response:
        page = read_page(request)
        found = _whole().filter(campaign=the_campaign(campaign)).order_by("-id")
        told = [ordering.as_json(one) for one in found[page.window]]
        return Response(envelope("exports", told, total_of(found)))

    def post(self, request: Request, campaign: str) -> Response:
        about, asked = the_campaign(campaign), _order(limits.mapping(request.data, "The body"))
        made = ordering.order(about, asked, origin=Origin.of(request))
        key_id = caller_of(request).key_id
        audit.record("export", "campaign", about.public_id, f"Began the export {made} to Mailchimp", key_id=key_id)
        doorbell.ring_on_commit(carry_codes)
        return Response(ordering.as_json(made), status=202)


class OneMailchimpExport(APIView):
    required_scope = "campaigns"

    def get(self, _request: Request, campaign: str, public_id: str) -> Response:
        found = _whole().filter(campaign=the_campaign(campaign), public_id=public_id).first()
        if found is None:
            raise not_found("mailchimp_export", public_id)
        return Response(ordering.as_json(found))


def _whole() -> Any:
    return Transfer.objects.select_related("campaign", "connection", "segment")


def _order(given: Any) -> Order:
    """Read ``connection_id`` (optional where there is one account), ``segment_id``, ``fields`` and ``tags``."""
    fields = limits.mapping(given.get("fields") or {}, "fields")
    tags = given.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) and 0 < len(tag) <= 100 for tag in tags):
        raise invalid_payload("tags must be a list of strings")
    if not all(isinstance(value, str) and len(value) <= 10_000 for value in fields.values()):
        raise invalid_payload("fields must be an object of strings")
    return Order(_connection(given.get("connection_id")), dict(fields), tags, _segment(given.get("segment_id")))


def _connection(asked: object) -> Connection:
    found = _named(Connection, asked, "connection") if asked is not None else connecting.only_one("mailchimp")
    if found is None:
        raise invalid_payload("connection_id: say which account is meant")
    return found


def _segment(asked: object) -> Segment | None:
    return None if asked is None else _named(Segment, asked, "segment")


def _named(model: Any, asked: object, kind: str) -> Any:
    if not isinstance(asked, str) or "\x00" in asked:
        raise invalid_payload(f"{kind}_id must be a string")
    found = model.objects.filter(public_id=asked).first()
    if found is None:
        raise not_found(kind, asked)
    return found
