"""Codes in bulk: lists and files that come in, and metadata for many. Each is answered 202 and worked off later."""

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits, project, uploads
from access.authentication import caller_of
from access.problems import invalid_payload
from access.strict_json import BulkJSONParser
from backlog import taking
from backlog.rows import Row, numbered
from campaigns import importing, sheets
from campaigns.api.finding import the_campaign
from campaigns.facts import Origin
from campaigns.models import Campaign


def _listed(request: Request) -> list[dict[str, Any]]:
    rows = request.data
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise invalid_payload('The body must be a list of vouchers: [{"code": "..."}]')
    return rows


def _rows_of_file(request: Request) -> list[Row]:
    content = uploads.uploaded(request).read()
    return [Row(line, said) for line, said in sheets.read(content, project.current().currency)]


def _import(request: Request, kind: str, rows: list[Row], campaign: Campaign | None = None) -> Response:
    key_id = caller_of(request).key_id
    action = importing.order(kind, rows, origin=Origin.of(request), campaign=campaign, key_id=key_id)
    return taking.taken(action)


class ImportIntoCampaign(APIView):
    required_scope = "campaigns"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        return _import(request, "CAMPAIGN.VOUCHERS_IMPORT", list(numbered(_listed(request))), campaign)


class ImportCSVIntoCampaign(APIView):
    required_scope = "campaigns"
    parser_classes = [MultiPartParser]

    def post(self, request: Request, name: str) -> Response:
        campaign = the_campaign(name)
        return _import(request, "CAMPAIGN.VOUCHERS_IMPORT_CSV", _rows_of_file(request), campaign)


class Import(APIView):
    required_scope = "campaigns"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        return _import(request, "VOUCHERS.IMPORT", list(numbered(_listed(request))))


class ImportCSV(APIView):
    required_scope = "campaigns"
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        return _import(request, "VOUCHERS.IMPORT_CSV", _rows_of_file(request))


class UpdateMany(APIView):
    """Metadata for each of many codes."""

    required_scope = "campaigns"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        rows = _listed(request)
        for line, row in enumerate(rows, 1):
            limits.identifier(row.get("code"), f"The code of voucher {line}")
            limits.metadata({} if row.get("metadata") is None else row["metadata"], f"The metadata of voucher {line}")
        said = [{"code": row["code"], "metadata": row.get("metadata") or {}} for row in rows]
        return _update(request, "VOUCHERS.BULK_UPDATE", said)


class MetadataForMany(APIView):
    """The same metadata for many codes."""

    required_scope = "campaigns"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        given = limits.mapping(request.data, "The body")
        codes, metadata = given.get("codes"), limits.metadata(given.get("metadata"), "metadata")
        if not isinstance(codes, list) or not codes:
            raise invalid_payload("codes must be a list of codes")
        said = [{"code": limits.identifier(code, "Each of codes"), "metadata": metadata} for code in codes]
        return _update(request, "VOUCHERS.METADATA_UPDATE", said)


def _update(request: Request, kind: str, said: list[dict[str, Any]]) -> Response:
    if len(said) > importing.MOST_ROWS:
        raise invalid_payload(f"At most {importing.MOST_ROWS:,} codes can be changed at once")
    return taking.take(request, kind, numbered(said), scope="campaigns")
