"""Balances of gift and loyalty cards, and what moved on them."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import order_in, text_in
from access.filtering import from_query
from access.listing import read_page
from access.problems import not_found
from campaigns import balances
from campaigns.api import fields
from campaigns.api.finding import the_campaign, the_voucher
from campaigns.facts import Origin
from campaigns.models import Transaction
from campaigns.statements import balance_json, transaction_json


class Balance(APIView):
    required_scope = "campaigns"

    def post(self, request: Request, code: str) -> Response:
        """Add to a card, or take from it; the same source id moves it once."""
        voucher = the_voucher(code)
        amount, reason, source_id = balances.parse(request.data)
        moved = balances.adjust(
            voucher, amount, reason=reason, source_id=source_id, origin=Origin.of(request), by="API"
        )
        return Response({"amount": amount, **balance_json(voucher, moved)})


class VoucherTransactions(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, code: str) -> Response:
        return Response(_listed(request, Transaction.objects.filter(voucher=the_voucher(code))))


class CampaignTransactions(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(_listed(request, Transaction.objects.filter(campaign=the_campaign(name))))


def _listed(request: Request, found: Any) -> dict[str, Any]:
    """Return movements, newest first where nothing else is asked; the next page begins after an id."""
    limit = read_page(request).limit
    order = order_in(request, ("id", "created_at"), "-id")
    is_descending = order.startswith("-")
    found = found.filter(from_query(request, fields.TRANSACTIONS))
    if after := text_in(request, "starting_after_id"):
        last = Transaction.objects.filter(public_id=after).first()
        if last is None:
            raise not_found("transaction", after)
        found = found.filter((f"id__{'lt' if is_descending else 'gt'}", last.pk))
    rows = list(found.with_names().order_by("-id" if is_descending else "id")[: limit + 1])
    shown, has_more = rows[:limit], len(rows) > limit
    return {
        "object": "list",
        "data_ref": "data",
        "data": [transaction_json(row) for row in shown],
        "has_more": has_more,
        "more_starting_after": shown[-1].public_id if has_more else None,
    }
