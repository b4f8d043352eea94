"""``/v1/loyalties``: loyalty programs. They are campaigns, told and changed as those are."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import flag_in, order_in
from access.listing import envelope, read_page, total_of
from access.problems import Problem
from backlog import doorbell
from campaigns import creation, listing, removal, terms
from campaigns.facts import Origin
from campaigns.models import Campaign, Transaction
from campaigns.representation import campaign_json
from campaigns.tasks import make_codes
from rewards import pending
from rewards.finding import the_program
from rewards.models import PendingPoints
from rewards.representation import pending_json

LOYALTY = Campaign.Kind.LOYALTY_PROGRAM


class Programs(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = Campaign.objects.filter(campaign_type=LOYALTY)
        order = order_in(request, ("created_at", "updated_at"), "-created_at")
        shown = found.select_related("category").with_rules().order_by(order, "-id")[page.window]
        return Response(envelope("campaigns", [campaign_json(each) for each in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        said = _of_the_kind(limits.mapping(request.data, "The body"))
        program = creation.create(terms.parse({**said, "campaign_type": LOYALTY.value}), origin=Origin.of(request))
        doorbell.ring_on_commit(make_codes)
        return Response(campaign_json(program))


def _of_the_kind(said: dict[str, Any]) -> dict[str, Any]:
    if said.get("campaign_type") not in (None, LOYALTY.value):
        details = f"campaign_type must be {LOYALTY.value}."
        raise Problem(400, "invalid_campaign", "The campaign is not valid", details)
    return said


class OneProgram(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(campaign_json(the_program(name)))

    def put(self, request: Request, name: str) -> Response:
        program, changes = the_program(name), terms.parse_change(request.data)
        return Response(campaign_json(creation.change(program, changes, origin=Origin.of(request))))

    def delete(self, request: Request, name: str) -> Response:
        flag_in(request, "force")
        action = removal.delete(the_program(name), also_held=True, origin=Origin.of(request))
        return Response({"async_action_id": action.public_id}, status=202)


class ProgramTransactions(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(listing.movements(request, Transaction.objects.filter(campaign=the_program(name))))


class ProgramPendingPoints(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        waiting = PendingPoints.objects.filter(voucher__campaign=the_program(name), state=pending.State.PENDING)
        return Response(told_pending(request, waiting))


def told_pending(request: Request, waiting: Any) -> dict[str, Any]:
    """Tell a page of points that wait."""
    keys, more = listing.page_after(request, waiting, "pending_points")
    rows = PendingPoints.objects.select_related("voucher__campaign", "voucher__holder").in_bulk(keys)
    return listing.as_list([pending_json(rows[key]) for key in keys], more)
