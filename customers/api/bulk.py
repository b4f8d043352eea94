"""Customers in bulk: a CSV, a list, or metadata for many. Each is taken whole, answered 202 and worked off later."""

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import limits, uploads
from access.strict_json import BulkJSONParser
from backlog import taking
from backlog.rows import numbered
from customers import sheets


class ImportView(APIView):
    required_scope = "customers"
    parser_classes = [MultiPartParser]

    def post(self, request: Request) -> Response:
        rows = sheets.rows_of(uploads.uploaded(request))
        return taking.take(request, "CUSTOMERS.IMPORT_CSV", rows, scope="customers")


class BulkView(APIView):
    required_scope = "customers"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        given = taking.objects(request, "customers, each with a source_id")
        for line, each in enumerate(given, 1):
            limits.identifier(each.get("source_id"), f"The source_id of customer {line}")
        return taking.take(request, "CUSTOMERS.BULK_UPDATE", numbered(given), scope="customers")


class MetadataView(APIView):
    required_scope = "customers"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        rows, told = taking.same_metadata(request)
        return taking.take(request, "CUSTOMERS.METADATA_UPDATE", rows, scope="customers", asked=told)
