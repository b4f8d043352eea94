"""Customers in bulk: a CSV, a list, or metadata for many. Each is taken whole, answered 202 and worked off later."""

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits, uploads
from access.authentication import caller_of
from access.problems import invalid_payload, request_id_of
from access.strict_json import BulkJSONParser
from backlog import asking, doorbell
from backlog.rows import numbered
from backlog.tasks import work_off
from customers import sheets


class ImportView(APIView):
    required_scope = "customers"
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        rows = sheets.rows_of(uploads.uploaded(request))
        return _ordered(request, "CUSTOMERS.IMPORT_CSV", rows)


class BulkView(APIView):
    required_scope = "customers"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        given = request.data
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            raise invalid_payload("The body must be a list of customers, each with a source_id")
        for line, each in enumerate(given, 1):
            limits.identifier(each.get("source_id"), f"The source_id of customer {line}")
        return _ordered(request, "CUSTOMERS.BULK_UPDATE", numbered(given))


class MetadataView(APIView):
    required_scope = "customers"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        given = limits.mapping(request.data, "The body")
        source_ids, metadata = given.get("source_ids"), limits.metadata(given.get("metadata"), "metadata")
        if not isinstance(source_ids, list):
            raise invalid_payload("source_ids must be a list of ids")
        for source_id in source_ids:
            limits.identifier(source_id, "Each of source_ids")
        return _ordered(request, "CUSTOMERS.METADATA_UPDATE", numbered(source_ids), {"metadata": metadata})


def _ordered(request: Request, type: str, rows: Any, asked: dict[str, Any] | None = None) -> Response:
    group_id, key_id = request_id_of(request), caller_of(request).key_id
    action = asking.ask(type, rows, scope="customers", asked=asked, group_id=group_id, key_id=key_id)
    doorbell.ring_on_commit(work_off)
    return Response({"async_action_id": action.public_id}, status=202)
