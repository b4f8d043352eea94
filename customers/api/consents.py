"""What customers allow: the consents there are, and one customer's own, told by the shop or by its pages."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import consenting
from customers.consenting import Proof
from customers.finding import found


class ConsentsView(APIView):
    required_scope = "customers"

    def get(self, _request: Request) -> Response:
        return Response(consents_json())


class CustomerConsentsView(APIView):
    required_scope = "customers"

    def put(self, request: Request, named: str) -> Response:
        said = consenting.parse(request.data)
        consenting.set_consents(found(named), said, Proof("api", request.META.get("REMOTE_ADDR")))
        return Response({})


def consents_json() -> dict[str, Any]:
    """Return the consents in one group, as clients expect them."""
    consents = consenting.catalogue()
    group = {
        "id": "cnstgr_channels",
        "name": "Channels",
        "description": "By which ways the shop may write to the customer.",
        "consents": [consent["id"] for consent in consents],
        "created_at": consenting.SINCE,
        "object": "consent_group",
    }
    return {"groups": _listed([group]), "consents": _listed(consents)}


def _listed(items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "total": len(items), "data_ref": "data", "data": items}
