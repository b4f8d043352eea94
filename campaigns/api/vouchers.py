"""``/v1/vouchers``: single codes."""

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import moment_in, order_in, text_in
from access.listing import envelope, read_page, total_of
from access.problems import not_found
from campaigns import removal, vouchers
from campaigns.facts import Origin
from campaigns.models import Voucher
from campaigns.querysets import VoucherQuerySet
from campaigns.representation import voucher_json

# Codes are numbered as they are made, so their numbers are the order of their creation.
ORDERS = {"created_at": "id", "-created_at": "-id", "code": "code", "-code": "-code"}


def the_voucher(code_or_id: str) -> Voucher:
    found = sorted(Voucher.objects.named(code_or_id).with_names(), key=lambda voucher: voucher.code != code_or_id)
    if not found:
        raise not_found("voucher", code_or_id)
    return found[0]


class Vouchers(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        order = ORDERS[order_in(request, ("created_at", "code"), "-created_at")]
        found = _filtered(request)
        shown = found.with_names().order_by(order)[page.window]
        return Response(envelope("vouchers", [voucher_json(voucher) for voucher in shown], total_of(found)))


def _filtered(request: Request) -> VoucherQuerySet:
    found = Voucher.objects.all()
    if campaign := text_in(request, "campaign"):
        found = found.filter(Q(campaign__name=campaign) | Q(campaign__public_id=campaign))
    if campaign_id := text_in(request, "campaign_id"):
        found = found.filter(campaign__public_id=campaign_id)
    if customer := text_in(request, "customer"):
        found = found.filter(Q(holder__public_id=customer) | Q(holder__source_id=customer))
    if code := text_in(request, "code"):
        found = found.filter(code=code)
    if after := moment_in(request, "created_at[after]", "[created_at][after]"):
        found = found.filter(created_at__gt=after)
    if before := moment_in(request, "created_at[before]", "[created_at][before]"):
        found = found.filter(created_at__lt=before)
    return found


class OneVoucher(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, code: str) -> Response:
        return Response(voucher_json(the_voucher(code)))

    def put(self, request: Request, code: str) -> Response:
        voucher = the_voucher(code)
        return Response(
            voucher_json(vouchers.change(voucher, vouchers.parse_change(request.data), origin=Origin.of(request)))
        )

    def delete(self, request: Request, code: str) -> Response:
        removal.remove(the_voucher(code), origin=Origin.of(request))
        return Response(status=204)


class EnableVoucher(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, code: str) -> Response:
        return Response(
            voucher_json(vouchers.set_active(the_voucher(code), active=self.active, origin=Origin.of(request)))
        )


class DisableVoucher(EnableVoucher):
    active = False
