"""``/v1/exports``, and the older addresses by which single kinds of objects are exported."""

from typing import Any

from django.http import HttpResponseBase, StreamingHttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import order_in
from access.authentication import server_caller
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import not_found, request_id_of, unauthorized
from access.strict_json import FastJSONRenderer
from backlog import doorbell
from campaigns.models import Campaign, Voucher
from exports import asking, writing
from exports.asking import By
from exports.models import Export
from exports.tasks import write_exports
from rewards import finding

SCOPE = "exports"


def the_export(public_id: str) -> Export:
    export = Export.objects.filter(public_id=public_id).first() if "\0" not in public_id else None
    if export is None:
        raise not_found("export", public_id)
    return export


def _ordered(request: Request, body: object, about: dict[str, str] | None = None) -> dict[str, Any]:
    export = asking.ask(body, By("API", request_id_of(request)), about)
    doorbell.ring_on_commit(write_exports)
    return asking.as_json(export)


class Exports(APIView):
    required_scope = SCOPE

    def get(self, request: Request) -> Response:
        page = read_page(request)
        order = order_in(request, {"created_at", "status"}, "-created_at")
        found = Export.objects.order_by("id" if order == "created_at" else "-id")
        shown, _ = shown_on(found, page)
        return Response(envelope("exports", [asking.as_json(one) for one in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        return Response(_ordered(request, request.data))


class OneExport(APIView):
    """The record for whoever has a key; the file for whoever has the link."""

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []

    def perform_content_negotiation(self, _request: Request, force: bool = False) -> tuple[Any, str]:
        """Answer whoever asks for CSV as well: the file is not rendered here, and a refusal is JSON."""
        renderer = FastJSONRenderer()
        return renderer, renderer.media_type

    def get(self, request: Request, export_id: str) -> HttpResponseBase:
        if "token" in request.GET:
            return _file(export_id, request.GET["token"], request.headers.get("Accept", ""))
        server_caller(request._request, SCOPE)
        return Response(asking.as_json(the_export(export_id)))

    def delete(self, request: Request, export_id: str) -> Response:
        server_caller(request._request, SCOPE)
        asking.delete(the_export(export_id), By("API", request_id_of(request)))
        return Response(status=204)


def _file(export_id: str, token: str, accepted: str) -> StreamingHttpResponse:
    """Answer with the file; a client that reads plain text alone gets it as such."""
    if not asking.is_token_of(export_id, token):
        raise unauthorized("The link is not valid, or no longer")
    export = the_export(export_id)
    if export.status != Export.Status.DONE:
        raise not_found("export", export_id)
    kind = "plain" if accepted.startswith("text/plain") else "csv"
    answer = StreamingHttpResponse(writing.file_of(export), content_type=f"text/{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{export.exported_object}-{export.public_id}.csv"'
    return answer


class OrdersExport(APIView):
    required_scope = SCOPE

    def post(self, request: Request) -> Response:
        given = request.data if isinstance(request.data, dict) else {}
        return Response(_ordered(request, {"parameters": given.get("parameters"), "exported_object": "order"}))


class VoucherTransactionsExport(APIView):
    required_scope = SCOPE

    def post(self, request: Request, code: str) -> Response:
        voucher = Voucher.objects.named(code).first()
        if voucher is None:
            raise not_found("voucher", code)
        return Response(_transactions(request, {"voucher": voucher.code}))


class CampaignTransactionsExport(APIView):
    required_scope = SCOPE

    def post(self, request: Request, name: str) -> Response:
        campaign = Campaign.objects.named(name).first()
        if campaign is None:
            raise not_found("campaign", name)
        return Response(_transactions(request, {"campaign": campaign.public_id}))


class LoyaltyTransactionsExport(APIView):
    """What moved in a loyalty program, or on one card of it."""

    required_scope = SCOPE

    def post(self, request: Request, name: str | None = None, member: str | None = None) -> Response:
        program = finding.the_program(name) if name is not None else None
        if member is not None:
            return Response(_transactions(request, {"voucher": finding.the_card(member, program).code}))
        return Response(_transactions(request, {"campaign": program.public_id if program else ""}))


class PointsExpirationExport(APIView):
    """Which points of a loyalty program lapse on which day."""

    required_scope = SCOPE

    def post(self, request: Request, name: str) -> Response:
        given = request.data if isinstance(request.data, dict) else {}
        about = {"campaign": finding.the_program(name).public_id}
        asked = {"parameters": given.get("parameters"), "exported_object": "points_expiration"}
        return Response(_ordered(request, asked, about))


def _transactions(request: Request, about: dict[str, str]) -> dict[str, Any]:
    given = request.data if isinstance(request.data, dict) else {}
    body = {"parameters": given.get("parameters"), "exported_object": "voucher_transactions"}
    told = _ordered(request, body, about)
    # Clients read these parameters whole, whatever of them was asked for.
    return {**told, "parameters": {"order": "created_at", "filters": {}, **told["parameters"]}}
