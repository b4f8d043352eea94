"""GET /v1/customers/{id}/activity: what a customer did, and what was done in return."""

import uuid

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import moment_in, order_in, text_in
from access.listing import read_page
from access.problems import invalid_query, not_found
from customers import profiles
from customers.models import Customer
from events import timeline
from events.models import Event


class ActivityView(APIView):
    required_scope = "customers"

    def get(self, request: Request, named: str) -> Response:
        customer = Customer.objects.named(named)
        if customer is None:
            raise not_found("customer", named)
        page = read_page(request)
        found = list(_asked_for(request, timeline.of(customer))[: page.limit + 1])
        shown, has_more = found[: page.limit], len(found) > page.limit
        who = profiles.simple(customer)
        data = [timeline.as_json(event, who) for event in shown]
        more = timeline.event_id(shown[-1]) if has_more else None
        return Response(
            {"object": "list", "data_ref": "data", "data": data, "has_more": has_more, "more_starting_after": more}
        )


def _asked_for(request: Request, events: QuerySet[Event]) -> QuerySet[Event]:
    events = timeline.between(events, moment_in(request, "start_date"), moment_in(request, "end_date"))
    if told_type := text_in(request, "type"):
        events = timeline.of_type(events, told_type)
    if category := text_in(request, "category"):
        if category not in {"ACTION", "EFFECT"}:
            raise invalid_query("category must be ACTION or EFFECT")
        events = timeline.in_category(events, category)
    is_ascending = order_in(request, {"created_at"}, "-created_at") == "created_at"
    events = events.order_by("id" if is_ascending else "-id")
    after = _cursor(request)
    if after is None:
        return events
    return events.filter(id__gt=after) if is_ascending else events.filter(id__lt=after)


def _cursor(request: Request) -> uuid.UUID | None:
    given = text_in(request, "starting_after_id")
    if given is None:
        return None
    try:
        return uuid.UUID(hex=given.rpartition("_")[2])
    except ValueError as error:
        raise invalid_query("starting_after_id must be the id of an event") from error
