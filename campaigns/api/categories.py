"""``/v1/categories``: what campaigns and codes are sorted by."""

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.listing import envelope
from campaigns import categories
from campaigns.models import Category

MOST = 1_000


class Categories(APIView):
    required_scope = "campaigns"

    def get(self, request: Request) -> Response:
        """Tell all categories, which are few; the list has no pages."""
        told = [categories.as_json(category) for category in Category.objects.all()[:MOST]]
        return Response(envelope("data", told, len(told)))

    def post(self, request: Request) -> Response:
        return Response(categories.as_json(categories.create(categories.parse(request.data))))


class OneCategory(APIView):
    required_scope = "campaigns"

    def get(self, request: Request, category_id: str) -> Response:
        return Response(categories.as_json(categories.the_category(category_id)))

    def put(self, request: Request, category_id: str) -> Response:
        said = categories.parse(request.data)
        return Response(categories.as_json(categories.change(categories.the_category(category_id), said)))

    def delete(self, request: Request, category_id: str) -> Response:
        categories.delete(categories.the_category(category_id))
        return Response(status=204)
