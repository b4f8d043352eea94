"""GET /v1/customers/{id}/redeemables: a customer's wallet."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import filtering
from access.asking import cursor_in, order_in
from access.filtering import Column, Kind
from access.identifiers import uuid_of
from access.listing import envelope, read_page, shown_on, total_of
from campaigns import wallet
from customers.finding import found

COLUMNS = {
    "id": Column("id", read=uuid_of),
    "created_at": Column("published_at", Kind.MOMENT),
    "redeemable_id": Column("id", read=uuid_of),
    "campaign_id": Column("campaign__public_id"),
    "campaign_type": Column("campaign__campaign_type"),
}


class Redeemables(APIView):
    required_scope = "customers"

    def get(self, request: Request, named: str) -> Response:
        customer = found(named)
        is_ascending = order_in(request, {"created_at", "id"}, "-created_at").startswith(("created_at", "id"))
        narrowed = filtering.from_query(request, COLUMNS)
        held = wallet.held_by(customer, is_ascending=is_ascending, after=cursor_in(request)).filter(narrowed)
        shown, has_more = shown_on(held, read_page(request))
        items = [wallet.as_json(voucher, customer) for voucher in shown]
        all_held = wallet.held_by(customer, is_ascending=is_ascending, after=None).filter(narrowed)
        more = items[-1]["id"] if has_more else None
        return Response(envelope("data", items, total_of(all_held), has_more=has_more, more_starting_after=more))
