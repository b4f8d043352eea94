"""``/v1/orders``."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import filtering
from access.asking import order_in
from access.filtering import Column, Kind
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import request_id_of
from access.strict_json import BulkJSONParser
from backlog import taking
from backlog.rows import numbered
from orders import placing, reading, saying
from orders.models import Order
from orders.placing import Told

SORTABLE = {"created_at", "updated_at"}
IMPORTED_MOST = 2_000
# A slice keeps its customers locked, so it is short.
PER_SLICE = 100
COLUMNS = {
    "id": Column("public_id"),
    "source_id": Column("source_id"),
    "status": Column("status"),
    "customer_id": Column("customer__public_id"),
    **{name: Column(name, Kind.NUMBER) for name in ("amount", "total_amount", "discount_amount")},
    "created_at": Column("created_at", Kind.MOMENT),
    "updated_at": Column("updated_at", Kind.MOMENT),
    "metadata": Column("metadata", Kind.METADATA),
}


class Orders(APIView):
    required_scope = "orders"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = Order.objects.filter(filtering.from_query(request, COLUMNS)).with_names()
        order = order_in(request, SORTABLE, "-created_at")
        found = found.order_by(order, "-id" if order.startswith("-") else "id")
        shown, _ = shown_on(found, page)
        return Response(envelope("orders", reading.told(shown), total_of(found)))

    def post(self, request: Request) -> Response:
        order = placing.upsert(saying.parse(request.data), told=Told("API", request_id_of(request)))
        return Response(reading.told([order])[0])


class OneOrder(APIView):
    required_scope = "orders"

    def get(self, _request: Request, named: str) -> Response:
        return Response(reading.told([reading.the_order(named)])[0])

    def put(self, request: Request, named: str) -> Response:
        """Change what is given and nothing else; the shop's own id never changes."""
        known, said = reading.the_order(named), saying.parse(request.data)
        order = placing.upsert(said, known=known, told=Told("API", request_id_of(request)))
        return Response(reading.told([order])[0])


class ImportOrders(APIView):
    required_scope = "orders"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        rows = numbered(taking.objects(request, "orders", IMPORTED_MOST))
        answer = taking.take(request, "ORDERS.IMPORT", rows, scope="orders", per_slice=PER_SLICE)
        # Of all bulk calls this one is answered so.
        answer.status_code = 200
        return answer
