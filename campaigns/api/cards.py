"""Balances of gift and loyalty cards, and what moved on them."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from campaigns import balances, listing
from campaigns.api.finding import the_campaign, the_voucher
from campaigns.facts import Origin
from campaigns.models import Transaction
from campaigns.statements import balance_json


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
        return Response(listing.movements(request, Transaction.objects.filter(voucher=the_voucher(code))))


class CampaignTransactions(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, name: str) -> Response:
        return Response(listing.movements(request, Transaction.objects.filter(campaign=the_campaign(name))))
