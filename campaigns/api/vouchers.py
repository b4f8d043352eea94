"""``/v1/vouchers``: single codes, of campaigns and without one."""

from dataclasses import replace

from django.db.models import Q
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits
from access.asking import Asking, moment_in, order_in, text_in
from access.filtering import from_query
from access.listing import envelope, read_page, total_of
from access.problems import Problem, invalid_query
from campaigns import bringing, particulars, removal, vouchers
from campaigns.api import fields
from campaigns.api.finding import the_campaign, the_voucher
from campaigns.facts import Origin
from campaigns.models import Campaign, Voucher
from campaigns.querysets import VoucherQuerySet
from campaigns.representation import voucher_json

# Codes are numbered as they are made, so their numbers are the order of their creation.
ORDERS = {"created_at": "id", "id": "id", "code": "code", "updated_at": "updated_at"}
PAGE_MOST = 99
IDS_MOST = 100


class Vouchers(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        page = read_page(request, page_most=PAGE_MOST)
        order = order_in(request, ORDERS, "-created_at")
        sign = "-" if order.startswith("-") else ""
        found = filtered(request)
        shown = found.with_names().order_by(f"{sign}{ORDERS[order.removeprefix('-')]}", f"{sign}id")[page.window]
        return Response(envelope("vouchers", [voucher_json(voucher) for voucher in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        """Make a code that stands for itself, or one of the campaign that is named."""
        return Response(voucher_json(_make(request, None)))


def _make(request: Request, code: str | None) -> Voucher:
    body, origin = limits.mapping(request.data, "The body"), Origin.of(request)
    named = body.get("campaign_id") or body.get("campaign")
    if named is not None:
        return bringing.add(the_campaign(limits.identifier(named, "campaign")), body, code=code, origin=origin)
    said = particulars.parse(body)
    return bringing.create(replace(said, code=code) if code else said, origin=origin)


def filtered(request: Asking) -> VoucherQuerySet:
    found = Voucher.objects.with_what_filters_ask().filter(from_query(request, fields.VOUCHERS))
    if campaign := text_in(request, "campaign"):
        found = found.filter(campaign__in=Campaign.objects.named(campaign))
    if campaign_id := text_in(request, "campaign_id"):
        found = found.filter(campaign__in=Campaign.objects.filter(public_id=campaign_id))
    if customer := text_in(request, "customer"):
        found = found.filter(Q(holder__public_id=customer) | Q(holder__source_id=customer))
    if category := text_in(request, "category"):
        found = found.in_category(category)
    if code := text_in(request, "code"):
        found = found.filter(code=code)
    if ids := _ids(request):
        found = found.filter(id__in=ids)
    return _dated(request, found)


def _ids(request: Asking) -> list[object]:
    """Return the numbers behind the ids that are asked for, in either of the two ways of writing a list."""
    said = [text for name in ("ids", "ids[]") for text in request.GET.getlist(name)]
    ids = [text for part in said for text in part.split(",") if text]
    if len(ids) > IDS_MOST:
        raise invalid_query(f"ids must not name more than {IDS_MOST} vouchers")
    try:
        return [fields.voucher_key(text) for text in ids]
    except ValueError as error:
        raise invalid_query("ids must be ids of vouchers, such as v_0190...") from error


def _dated(request: Asking, found: VoucherQuerySet) -> VoucherQuerySet:
    for field in ("created_at", "updated_at"):
        for word, lookup in (("after", "gt"), ("before", "lt")):
            if at := moment_in(request, f"{field}[{word}]", f"[{field}][{word}]"):
                found = found.filter((f"{field}__{lookup}", at))
    return found


class OneVoucher(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, code: str) -> Response:
        return Response(voucher_json(the_voucher(code)))

    def post(self, request: Request, code: str) -> Response:
        """Make the voucher with this very code."""
        said = request.data.get("code") if isinstance(request.data, dict) else None
        if said not in (None, code):
            details = "The code in the body is another one than in the address."
            raise Problem(400, "invalid_voucher", "The voucher is not valid", details)
        return Response(voucher_json(_make(request, limits.identifier(code, "code"))))

    def put(self, request: Request, code: str) -> Response:
        said = vouchers.parse_change(request.data)
        return Response(voucher_json(vouchers.change(the_voucher(code), said, origin=Origin.of(request))))

    def delete(self, request: Request, code: str) -> Response:
        removal.remove(the_voucher(code), origin=Origin.of(request))
        return Response(status=204)


class EnableVoucher(APIView):
    required_scope = "campaigns"
    active = True

    def post(self, request: Request, code: str) -> Response:
        voucher = vouchers.set_active(the_voucher(code), active=self.active, origin=Origin.of(request))
        return Response(voucher_json(voucher))


class DisableVoucher(EnableVoucher):
    active = False
