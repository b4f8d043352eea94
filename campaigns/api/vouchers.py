"""``/v1/vouchers``: single codes."""

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.listing import envelope, read_page
from access.problems import invalid_query, not_found
from campaigns import pools, terms, vouchers
from campaigns.models import Voucher
from campaigns.querysets import VoucherQuerySet
from campaigns.representation import voucher_json

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
        order = request.query_params.get("order", "-created_at")
        if order not in ORDERS:
            raise invalid_query(f"order must be one of {', '.join(ORDERS)}")
        found = _filtered(request)
        shown = found.with_names().order_by(ORDERS[order])[page.window]
        return Response(envelope("vouchers", [voucher_json(voucher) for voucher in shown], found.count()))


def _filtered(request: Request) -> VoucherQuerySet:
    found = Voucher.objects.all()
    asked = request.query_params
    if "campaign" in asked:
        found = found.filter(Q(campaign__name=asked["campaign"]) | Q(campaign__public_id=asked["campaign"]))
    if "campaign_id" in asked:
        found = found.filter(campaign__public_id=asked["campaign_id"])
    if "customer" in asked:
        found = found.filter(Q(holder__public_id=asked["customer"]) | Q(holder__source_id=asked["customer"]))
    if "code" in asked:
        found = found.filter(code=asked["code"])
    for name, lookup in (("after", "created_at__gt"), ("before", "created_at__lt")):
        given = asked.get(f"created_at[{name}]") or asked.get(f"[created_at][{name}]")
        if given:
            found = found.filter(**{lookup: terms.moment(given, "created_at")})
    return found


class OneVoucher(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, code: str) -> Response:
        return Response(voucher_json(the_voucher(code)))

    def put(self, request: Request, code: str) -> Response:
        voucher = the_voucher(code)
        return Response(voucher_json(vouchers.change(voucher, vouchers.parse_change(request.data))))

    def delete(self, request: Request, code: str) -> Response:
        pools.remove(the_voucher(code))
        return Response(status=204)


class EnableVoucher(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, code: str) -> Response:
        return Response(voucher_json(vouchers.set_active(the_voucher(code), active=self.active)))


class DisableVoucher(EnableVoucher):
    active = False
