"""Segments over REST: made, listed, changed, deleted; tried out before they are saved, and explained afterwards."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access import filtering
from access.asking import order_in
from access.filtering import Column, Kind
from access.listing import envelope, read_page, total_of
from access.models import AuditEntry
from access.problems import invalid_payload, invalid_query, not_found
from customers.models import Customer
from segments import definition
from segments.definition import By
from segments.membership.belonging import segments_of
from segments.models import Segment
from segments.telling import explanation, preview, strangers
from segments.telling.representation import as_json, instant, simple

SORTABLE = {"created_at", "updated_at", "name"}
COLUMNS = {
    "id": Column("public_id"),
    "name": Column("name"),
    "type": Column("type"),
    "created_at": Column("created_at", Kind.MOMENT),
}


class SegmentsView(APIView):
    required_scope = "segments"

    def get(self, request: Request) -> Response:
        page = read_page(request)
        order = order_in(request, SORTABLE, "-created_at")
        found = Segment.objects.filter(filtering.from_query(request, COLUMNS))
        shown = found.order_by(order, "-id" if order.startswith("-") else "id")[page.window]
        return Response(envelope("data", [as_json(each) for each in shown], total_of(found)))

    def post(self, request: Request) -> Response:
        given = _fields(request, {"name", "type", "filter", "customers", "description"})
        segment = definition.create(
            _required(given, "name"),
            given.get("type") or Segment.Type.AUTO_UPDATE,
            given.get("filter"),
            _customer_ids(given.get("customers")),
            given.get("description") or "",
            by=_by(request),
        )
        return Response(as_json(segment))


class SegmentView(APIView):
    required_scope = "segments"

    def get(self, _request: Request, public_id: str) -> Response:
        return Response(as_json(_segment(public_id)))

    def put(self, request: Request, public_id: str) -> Response:
        segment = _segment(public_id)
        given = _fields(request, {"id", "object", "name", "type", "filter", "description", "apply_quietly"})
        _require_changeable(segment, given.get("type") or segment.type)
        by = _by(request)
        if given.get("type") == Segment.Type.AUTO_UPDATE:
            definition.activate(segment, by=by)
        changed = definition.change(
            segment,
            name=given.get("name"),
            filter=given.get("filter"),
            description=given.get("description"),
            apply_quietly=given.get("apply_quietly") is True,
            by=by,
        )
        return Response(as_json(changed))

    def delete(self, request: Request, public_id: str) -> Response:
        definition.delete(_segment(public_id), by=_by(request))
        return Response(status=204)


class PreviewView(APIView):
    required_scope = "segments"

    def post(self, request: Request) -> Response:
        filter = _required(_fields(request, {"filter"}), "filter")
        definition.read_filter(filter)
        return Response(preview.preview(filter))


class ImpactView(APIView):
    required_scope = "segments"

    def post(self, request: Request, public_id: str) -> Response:
        segment = _segment(public_id)
        filter = _required(_fields(request, {"filter"}), "filter")
        definition.read_filter(filter)
        return Response(preview.impact(segment, filter))


class ExplainView(APIView):
    required_scope = "segments"

    def get(self, request: Request, public_id: str) -> Response:
        segment = _segment(public_id)
        named = request.GET.get("customer")
        if not named:
            raise invalid_query("customer must name a customer")
        return Response(explanation.explain(segment, _customer(named)))


class ActivitiesView(APIView):
    required_scope = "segments"

    def get(self, request: Request, public_id: str) -> Response:
        segment = _segment(public_id)
        page = read_page(request)
        noted = AuditEntry.objects.filter(object_type="segment", object_id=segment.public_id).order_by("-id")
        total = total_of(noted)
        shown = [_activity(entry) for entry in noted[page.window]]
        return Response(envelope("data", shown, total, has_more=page.offset + page.limit < total))


class CustomerSegmentsView(APIView):
    required_scope = "customers"

    def get(self, request: Request, named: str) -> Response:
        """Tell a customer's segments; of somebody unknown, those that she would belong to."""
        page = read_page(request, default_limit=100)
        customer = Customer.objects.named(named) if "\0" not in named else None
        if customer is None:
            meant = strangers.segments_of(named)
            return Response(envelope("data", [simple(segment) for segment in meant[page.window]], len(meant)))
        found = segments_of(customer)
        shown = [simple(segment) for segment in found.order_by("-id")[page.window]]
        return Response(envelope("data", shown, total_of(found)))


def _by(request: Request) -> By:
    caller: Any = request.auth
    return By(key_id=caller.key_id)


def _segment(public_id: str) -> Segment:
    segment = Segment.objects.filter(public_id=public_id).first() if "\0" not in public_id else None
    if segment is None:
        raise not_found("segment", public_id)
    return segment


def _customer(named: str) -> Customer:
    customer = Customer.objects.named(named) if "\0" not in named else None
    if not isinstance(customer, Customer):
        raise not_found("customer", named)
    return customer


def _fields(request: Request, known: set[str]) -> dict[str, Any]:
    given = request.data
    if not isinstance(given, dict):
        raise invalid_payload("the body is an object")
    unknown = set(given) - known
    if unknown:
        raise invalid_payload(f"there is no field {min(unknown)}; known are {', '.join(sorted(known))}")
    return given


def _required(given: dict[str, Any], name: str) -> Any:
    if given.get(name) is None:
        raise invalid_payload(f"{name} is required")
    return given[name]


def _require_changeable(segment: Segment, type: str) -> None:
    if segment.type == Segment.Type.STATIC:
        raise invalid_payload("a static segment does not change")
    if type not in (segment.type, Segment.Type.AUTO_UPDATE):
        raise invalid_payload("the type of a segment does not change, but a passive one may become auto-update")


def _customer_ids(given: object) -> list[str]:
    """Return the ids in a list of ids, or of objects with ids, as a customer's short form has them."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise invalid_payload("customers is a list of ids")
    ids: list[Any] = [each.get("id") if isinstance(each, dict) else each for each in given]
    if not all(isinstance(each, str) and each and "\0" not in each for each in ids):
        raise invalid_payload("customers is a list of ids")
    return ids


def _activity(entry: AuditEntry) -> dict[str, Any]:
    return {
        "id": f"act_{entry.pk}",
        "type": f"segment.{entry.verb}",
        "created_at": instant(entry.at),
        "data": {"segment": {"id": entry.object_id, "object": "segment"}, "summary": entry.summary},
        "object": "activity",
    }
