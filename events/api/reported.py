"""POST /v1/events and /v1/events/batch: what a shop's servers report."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from access import problems, strict_json
from access.authentication import server_caller
from access.endpoints import post_endpoint, told
from access.limits import identifier
from access.problems import Problem, invalid_payload
from events import group_commit
from events.accepting import Outcome, Report
from events.models import Event
from events.reporting import EVENT_BYTES, Origin, read_report

SCOPE = "events:write"
BATCH_BYTES = 2 * 1024 * 1024
BATCH_MOST = 1000


@post_endpoint
def track_one(request: HttpRequest) -> HttpResponse:
    """Accept one event; the answer is sent after the commit, never before."""
    origin = _origin(request, request.META.get("HTTP_IDEMPOTENCY_KEY", ""))
    item = strict_json.read(request, EVENT_BYTES)
    outcome = group_commit.accept([read_report(item, origin)])[0]
    if outcome.problem is not None:
        raise outcome.problem
    return told(accepted(outcome, item, outcome.draft.simple() if outcome.draft else {"object": "customer"}))


@post_endpoint
def track_batch(request: HttpRequest) -> HttpResponse:
    """Accept many events; each has its own result, in the order of the items."""
    origin = _origin(request, "")
    items = _items(request)
    if type(items) is not list or not items:
        raise invalid_payload(f"events must be a list of 1 to {BATCH_MOST} items")
    if len(items) > BATCH_MOST:
        raise problems.too_large(f"A batch takes at most {BATCH_MOST} events")
    read = [_read_or_refused(item, origin) for item in items]
    outcomes = iter(group_commit.accept([report for report in read if isinstance(report, Report)]))
    results = [_result(next(outcomes) if isinstance(report, Report) else report) for report in read]
    return told({"object": "list", "data_ref": "results", "results": results, "total": len(results)})


def accepted(outcome: Outcome, item: dict[str, Any], customer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one accepted event."""
    return {
        "object": "event",
        "id": public_id(outcome),
        "type": item["event"],
        "customer": customer,
        "referral": None,
        "loyalty": None,
        "metadata": outcome.report.properties,
        "duplicate": outcome.is_duplicate,
    }


def public_id(outcome: Outcome) -> str:
    return f"evt_{outcome.event_id.hex}"


def _origin(request: HttpRequest, message_id: str) -> Origin:
    caller = server_caller(request, SCOPE)
    named = identifier(message_id, "Idempotency-Key") if message_id else ""
    return Origin(Event.Source.API, caller.key_id, problems.request_id_of(request), message_id=named)


def _items(request: HttpRequest) -> object:
    """Return what the body lists; an item that cannot be read stands there as the error that says why."""
    try:
        body = strict_json.read(request, BATCH_BYTES)
    except strict_json.NotJSON:
        items = strict_json.parse_each(request.body, "events")
        if items is None:
            raise
        return items
    return body.get("events") if type(body) is dict else None


def _read_or_refused(item: object, origin: Origin) -> Report | Problem:
    if isinstance(item, strict_json.NotJSON):
        return invalid_payload(str(item))
    try:
        return read_report(item, origin)
    except Problem as problem:
        return problem
    except strict_json.TooLarge as error:
        return problems.too_large(str(error))


def _result(outcome: Outcome | Problem) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        return {"status": "rejected", "error": outcome.body()}
    problem = outcome.problem
    if problem is None:
        return {"status": "duplicate" if outcome.is_duplicate else "accepted", "id": public_id(outcome)}
    if problem.status == problems.UNAVAILABLE:
        # Nothing was refused for what it says: the whole request is to be sent again.
        raise problem
    return {"status": "rejected", "error": problem.body()}
