"""``/v1/publications``: codes are given to customers, and who got which."""

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import flag_in, order_in, text_in
from access.authentication import caller_of
from access.filtering import from_query
from access.keys import INTEGRATION
from access.listing import envelope, read_page, total_of
from access.problems import Problem
from campaigns.api import fields, wishes
from campaigns.facts import Origin
from campaigns.models import Publication
from campaigns.querysets import PublicationQuerySet
from campaigns.representation import publication_json

# Publications are numbered as they are made. What identifies a customer to callers is her number, too.
ORDERS = {
    "created_at": "id",
    "id": "id",
    "voucher_code": "voucher__code",
    "customer_id": "customer__public_id",
    "tracking_id": "customer__source_id",
    "channel": "channel",
}


class Publications(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        order = order_in(request, ORDERS, "-created_at")
        sign = "-" if order.startswith("-") else ""
        found = _filtered(request)
        shown = found.with_names().order_by(f"{sign}{ORDERS[order.removeprefix('-')]}", "-id")[page.window]
        return Response(envelope("publications", [publication_json(p) for p in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        wish = wishes.read(request.data, request.query_params)
        publication = wish.grant(Origin.of(request), key_id=caller_of(request).key_id)
        return Response(publication_json(publication, as_created=True))


class CreateByQuery(APIView):
    """The twin for tools that can only fetch an address: one code, and only for the key of an integration."""

    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        caller = caller_of(request)
        if INTEGRATION not in caller.scopes:
            details = "Only the key of an integration may publish by GET."
            raise Problem(403, "integration_api_key_required", "Integration API key required", details)
        wish = wishes.read(wishes.nested(request.query_params), request.query_params)
        if wish.count > 1:
            raise wishes.refused("One code at a time can be published by GET.")
        publication = wish.grant(Origin.of(request), key_id=caller.key_id)
        return Response(publication_json(publication, as_created=True))


def _filtered(request: Request) -> PublicationQuerySet:
    found = Publication.objects.whole().with_what_filters_ask().filter(from_query(request, fields.PUBLICATIONS))
    if campaign := text_in(request, "campaign"):
        found = found.filter(Q(campaign__name=campaign) | Q(campaign__public_id=campaign))
    if customer := text_in(request, "customer"):
        found = found.filter(Q(customer__public_id=customer) | Q(customer__source_id=customer))
    if voucher := text_in(request, "voucher"):
        found = found.of_code(voucher)
    if source_id := text_in(request, "source_id"):
        found = found.filter(source_id=source_id)
    if voucher_type := text_in(request, "voucher_type"):
        found = found.of_type(fields.voucher_type(voucher_type))
    if flag_in(request, "is_referral_code"):
        found = found.of_referrals()
    # Only what succeeded is a publication here: asking for the others finds none.
    return found if text_in(request, "result") in (None, "SUCCESS") else found.none()
