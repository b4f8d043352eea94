"""``/v1/publications``: codes are given to customers, and who got which."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import order_in, text_in
from access.listing import envelope, read_page, total_of
from access.problems import Problem, not_found, request_id_of
from campaigns import publishing
from campaigns.models import Campaign, Publication, Voucher
from campaigns.querysets import PublicationQuerySet
from campaigns.representation import publication_json
from customers import profiles
from events import tracking
from events.models import Event


class Publications(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = _filtered(request)
        order = order_in(request, ("created_at",), "-created_at")
        shown = found.with_names().order_by(order, "-id")[page.window]
        return Response(envelope("publications", [publication_json(p) for p in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        given = {key: value for key, value in limits.mapping(request.data, "The body").items() if value is not None}
        campaign, code, count = _what(given)
        if "customer" not in given:
            raise _refused("Missing required property customer.")
        asked = _wish(request, given)
        profile = profiles.parse(given["customer"])
        group_id = request_id_of(request)
        identified = tracking.identify(profile, source=Event.Source.API, group_id=group_id)
        publication = publishing.publish(
            campaign, identified.customer, code=code, count=count, group_id=group_id, **asked
        )
        return Response(publication_json(publication, as_created=True))


def _filtered(request: Request) -> PublicationQuerySet:
    found = Publication.objects.whole()
    if campaign := text_in(request, "campaign"):
        found = found.filter(Q(campaign__name=campaign) | Q(campaign__public_id=campaign))
    if customer := text_in(request, "customer"):
        found = found.filter(Q(customer__public_id=customer) | Q(customer__source_id=customer))
    if voucher := text_in(request, "voucher"):
        found = found.filter(Q(voucher__code=voucher) | Q(parts__voucher__code=voucher)).distinct()
    if source_id := text_in(request, "source_id"):
        found = found.filter(source_id=source_id)
    # Only what succeeded is a publication here: asking for the others finds none.
    return found if text_in(request, "result") in (None, "SUCCESS") else found.none()


def _wish(request: Request, given: Mapping[str, Any]) -> dict[str, Any]:
    """Read how the code is to be given, whatever it is."""
    joining = given.get("join_once", request.query_params.get("join_once", "false"))
    return {
        "source_id": limits.identifier(given["source_id"], "source_id") if "source_id" in given else None,
        "channel": limits.text(given.get("channel", "API"), "channel", 40),
        "metadata": limits.metadata(given.get("metadata", {}), "metadata"),
        "join_once": joining is True or str(joining).lower() == "true",
    }


def _what(given: Mapping[str, Any]) -> tuple[Campaign, str | None, int]:
    """Return the campaign, the very code where one is asked for, and how many."""
    voucher, campaign = given.get("voucher"), given.get("campaign")
    if isinstance(voucher, Mapping):
        voucher = voucher.get("code")
    if voucher is not None:
        found = Voucher.objects.filter(code=limits.identifier(voucher, "voucher")).with_names().first()
        if found is None:
            raise not_found("voucher", voucher)
        return found.campaign, found.code, 1
    if isinstance(campaign, str):
        campaign = {"name": campaign}
    if not isinstance(campaign, Mapping):
        raise _refused("Say which campaign, or which voucher, is to be published.")
    return _campaign(campaign), None, _count(campaign.get("count"))


def _campaign(named: Mapping[str, Any]) -> Campaign:
    key, name = ("public_id", named["id"]) if named.get("id") else ("name", named.get("name"))
    name = limits.identifier(name, f"campaign.{'id' if key == 'public_id' else 'name'}")
    chosen = Q(public_id=name) if key == "public_id" else Q(name=name) | Q(public_id=name)
    found = Campaign.objects.filter(chosen).first()
    if found is None:
        raise not_found("campaign", name)
    return found


def _count(value: object) -> int:
    if value is None:
        return 1
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise _refused("campaign.count must be a whole number of at least 1.")
    if value > publishing.MOST_AT_ONCE:
        details = f"At most {publishing.MOST_AT_ONCE} codes can be published at once."
        raise Problem(400, "too_many_vouchers_requested", "Too many codes are asked for", details)
    return value


def _refused(details: str) -> Problem:
    return Problem(400, "invalid_publish_params", "The publication is not valid", details)
