"""``/v1/products`` and ``/v1/skus``."""

from typing import Any

from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import filtering, uploads
from access.asking import moment_in, order_in
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import not_found, request_id_of
from access.strict_json import BulkJSONParser
from backlog import sheets, taking
from backlog.rows import Row, numbered
from orders import collecting, goods
from orders.goods import By
from orders.models import Product, Sku
from orders.representation import product_json, product_with_skus, sku_json

SORTABLE = {"created_at", "updated_at", "name"}
BULK_MOST = 10_000
# So many variants come along with their product; the list of variants has pages.
SHOWN_MOST = 100


def the_product(named: str) -> Product:
    found = sorted(Product.objects.named(named), key=lambda product: product.public_id != named)
    if not found:
        raise not_found("product", named)
    product: Product = found[0]
    return product


def the_sku(named: str, product: Product | None = None) -> Sku:
    skus = Sku.objects.named(named).select_related("product")
    found = list(skus.filter(product=product) if product else skus)
    if not found:
        raise not_found("sku", named)
    sku: Sku = found[0]
    return sku


def listed(request: Request, rows: Any, data_ref: str, tell: Any) -> Response:
    """Answer with a page of goods, in the order asked for."""
    page = read_page(request)
    start, end = moment_in(request, "start_date"), moment_in(request, "end_date")
    rows = rows.filter(created_at__gte=start) if start else rows
    rows = rows.filter(created_at__lt=end) if end else rows
    rows = rows.order_by(order_in(request, SORTABLE, "-created_at"), "-id")
    shown, _ = shown_on(rows, page)
    return Response(envelope(data_ref, [tell(row) for row in shown], total_of(rows)))


class Products(APIView):
    required_scope = "products"

    def get(self, request: Request) -> Response:
        found = Product.objects.filter(filtering.from_query(request, collecting.COLUMNS))
        return listed(request, found, "products", product_json)

    def post(self, request: Request) -> Response:
        return Response(product_json(goods.save_product(goods.parse_product(request.data), _by(request))))


class OneProduct(APIView):
    required_scope = "products"

    def get(self, _request: Request, named: str) -> Response:
        product = the_product(named)
        skus = Sku.objects.filter(product=product).select_related("product").order_by("id")
        return Response(product_with_skus(product, list(skus[:SHOWN_MOST]), total_of(skus)))

    def put(self, request: Request, named: str) -> Response:
        said = goods.parse_product(request.data)
        return Response(product_json(goods.save_product(said, _by(request), the_product(named))))

    def delete(self, request: Request, named: str) -> Response:
        goods.delete_product(the_product(named), _by(request))
        return Response(status=204)


class ProductSkus(APIView):
    required_scope = "products"

    def get(self, request: Request, named: str) -> Response:
        skus = Sku.objects.filter(product=the_product(named)).select_related("product")
        page = read_page(request)
        shown, _ = shown_on(skus.order_by("-id"), page)
        return Response(envelope("skus", [sku_json(sku) for sku in shown], total_of(skus)))

    def post(self, request: Request, named: str) -> Response:
        said = goods.parse_sku(request.data)
        return Response(sku_json(goods.save_sku(the_product(named), said, _by(request))))


class OneProductSku(APIView):
    required_scope = "products"

    def put(self, request: Request, named: str, sku: str) -> Response:
        product = the_product(named)
        known = the_sku(sku, product)
        return Response(sku_json(goods.save_sku(product, goods.parse_sku(request.data), _by(request), known)))

    def delete(self, request: Request, named: str, sku: str) -> Response:
        goods.delete_sku(the_sku(sku, the_product(named)), _by(request))
        return Response(status=204)


class OneSku(APIView):
    required_scope = "products"

    def get(self, _request: Request, named: str) -> Response:
        return Response(sku_json(the_sku(named)))


class ProductsInBulk(APIView):
    required_scope = "products"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        rows = numbered(taking.objects(request, "products", BULK_MOST))
        return taking.take(request, "PRODUCTS.BULK_UPDATE", rows, scope="products")


class ProductMetadata(APIView):
    required_scope = "products"
    parser_classes = [BulkJSONParser]

    def post(self, request: Request) -> Response:
        rows, told = taking.same_metadata(request)
        return taking.take(request, "PRODUCTS.METADATA_UPDATE", rows, scope="products", asked=told)


class ImportProducts(APIView):
    required_scope = "products"
    parser_classes = [MultiPartParser]
    type = "PRODUCTS.IMPORT_CSV"

    def post(self, request: Request) -> Response:
        rows = (Row(line.number, line.cells) for line in sheets.read(uploads.uploaded(request)))
        return taking.take(request, self.type, rows, scope="products")


class ImportSkus(ImportProducts):
    type = "SKUS.IMPORT_CSV"


def _by(request: Request) -> By:
    return By("API", request_id_of(request))
