"""GET /v1/customers/{id}/activity: what a customer did, and what was done in return."""

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from access.asking import cursor_in, moment_in, order_in, text_in
from access.listing import read_page, shown_on, total_of
from access.problems import invalid_query
from customers.finding import found
from events import timeline
from events.models import Event


class ActivityView(APIView):
    required_scope = "customers"

    def get(self, request: Request, named: str) -> Response:
        customer = found(named)
        events = _asked_for(request, timeline.of(customer))
        shown, has_more = shown_on(events, read_page(request))
        more = timeline.event_id(shown[-1]) if has_more else None
        told = {"data": timeline.told(shown, customer), "has_more": has_more, "more_starting_after": more}
        return Response({"object": "list", "data_ref": "data", **self.counted(events), **told})

    def counted(self, events: QuerySet[Event]) -> dict[str, int]:
        return {}


class ActivitiesView(ActivityView):
    """The same under its earlier name, whose clients expect a total."""

    def counted(self, events: QuerySet[Event]) -> dict[str, int]:
        return {"total": total_of(events)}


def _asked_for(request: Request, events: QuerySet[Event]) -> QuerySet[Event]:
    events = timeline.between(events, moment_in(request, "start_date"), moment_in(request, "end_date"))
    if told_type := text_in(request, "type"):
        events = timeline.of_type(events, told_type)
    events = timeline.about_campaign(events, text_in(request, "campaign_id"), text_in(request, "campaign_type"))
    if category := text_in(request, "category"):
        if category not in {"ACTION", "EFFECT"}:
            raise invalid_query("category must be ACTION or EFFECT")
        events = timeline.in_category(events, category)
    is_ascending = order_in(request, {"created_at"}, "-created_at") == "created_at"
    events = events.order_by("id" if is_ascending else "-id")
    after = cursor_in(request)
    if after is None:
        return events
    return events.filter(id__gt=after) if is_ascending else events.filter(id__lt=after)
