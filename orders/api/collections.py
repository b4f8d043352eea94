"""``/v1/product-collections``."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import order_in
from access.listing import envelope, read_page, shown_on, total_of
from access.problems import not_found
from orders import collecting
from orders.models import ProductCollection
from orders.representation import collection_json, product_json


def the_collection(named: str) -> ProductCollection:
    found = ProductCollection.objects.with_goods().filter(public_id=named).first() if "\0" not in named else None
    if found is None:
        raise not_found("products_collection", named)
    collection: ProductCollection = found
    return collection


class Collections(APIView):
    required_scope = "products"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        found = ProductCollection.objects.with_goods().order_by(
            order_in(request, {"created_at", "updated_at"}, "-created_at"), "-id"
        )
        shown, _ = shown_on(found, page)
        return Response(envelope("data", [collection_json(one) for one in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        return Response(collection_json(collecting.create(request.data)))


class OneCollection(APIView):
    required_scope = "products"

    def get(self, _request: Request, named: str) -> Response:
        return Response(collection_json(the_collection(named)))

    def put(self, request: Request, named: str) -> Response:
        return Response(collection_json(collecting.change(the_collection(named), request.data)))

    def delete(self, _request: Request, named: str) -> Response:
        collecting.delete(the_collection(named))
        return Response(status=204)


class CollectedProducts(APIView):
    required_scope = "products"

    def get(self, request: Request, named: str) -> Response:
        page = read_page(request)
        found = collecting.products_of(the_collection(named)).order_by("-id")
        shown, _ = shown_on(found, page)
        return Response(envelope("data", [product_json(product) for product in shown], total_of(found)))
