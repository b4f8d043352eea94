"""Customers over REST: found, listed, and written through the one verb that tells the world of it."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import problems
from access.authentication import caller_of
from access.listing import envelope, read_page, shown_on, total_of
from access.strict_json import moment
from customers import leaving, listing, profiles
from customers.finding import found, known_or_gone
from customers.models import Erasure
from customers.profiles import Profile
from events import tracking

PAGE_MOST = 99


class CustomersView(APIView):
    required_scope = "customers"

    def get(self, request: Request) -> Response:
        page = read_page(request, page_most=PAGE_MOST)
        asked = listing.asked_for(request)
        shown, has_more = shown_on(asked, page)
        return Response(envelope("customers", profiles.full_of(shown), total_of(asked), has_more=has_more))

    def post(self, request: Request) -> Response:
        return Response(_written(request, profiles.parse(request.data)))


class CustomerView(APIView):
    required_scope = "customers"

    def get(self, _request: Request, named: str) -> Response:
        return Response(profiles.full(found(named)))

    def put(self, request: Request, named: str) -> Response:
        """Change what is given and nothing else; a null erases, and the shop's own id never changes."""
        said = profiles.parse(request.data, nulls_erase=True)
        return Response(_written(request, said.about(found(named).public_id)))

    def delete(self, request: Request, named: str) -> Response:
        if not leaving.delete(found(named), **_by(request)):
            raise problems.not_found("customer", named)
        return Response(status=204)


class PermanentDeletionView(APIView):
    required_scope = "customers"

    def post(self, request: Request, named: str) -> Response:
        """Erase a customer for good; who was deleted before is still known by our id for her."""
        erasure = leaving.erase(known_or_gone(named), **_by(request))
        if erasure is None:
            raise problems.not_found("customer", named)
        return Response(_erasure_json(erasure))


def _written(request: Request, profile: Profile) -> dict[str, Any]:
    written = tracking.identify(profile, **_by(request)).customer
    return profiles.full(written)


def _by(request: Request) -> dict[str, Any]:
    """Return who asked, by which request, as events tell it."""
    return {"source": "API", "group_id": problems.request_id_of(request), "key_id": caller_of(request).key_id}


def _erasure_json(erasure: Erasure) -> dict[str, Any]:
    counted = ("events", "customer_events", "daily_events", "segments", "orders", "order_events")
    return {
        "id": erasure.public_id,
        "created_at": moment(erasure.created_at),
        "related_object_id": erasure.customer.public_id,
        "related_object": "customer",
        "status": "DONE",
        "data_json": {**{name: erasure.counts.get(name, 0) for name in counted}, "customer": 1},
        # Spelled as clients know it.
        "object": "pernament_deletion",
    }
